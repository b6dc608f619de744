"""``If-Match``: nobody changes or deletes what somebody else made another thing meanwhile."""

import pytest

from tests.conftest import Person
from tests.webapp.api.asking import GOOD, fields_of


def test_a_change_is_refused_where_somebody_else_made_one_meanwhile(ada: Person) -> None:
    made = ada.api("POST", "/experiments", json=GOOD).json
    trial = made["trials"][0]["id"]
    comment = ada.api("POST", f"/experiments/{made['id']}/comments", json={"body": "A word"}).json["id"]
    layout = ada.api("POST", "/layouts", json={"name": "Mine"}).json["id"]
    tag = ada.api("GET", "/tags").json["tags"][0]["id"]
    pair = [made["id"], ada.api("POST", "/experiments", json=GOOD).json["id"]]
    comparison = ada.api("POST", "/comparisons", json={"name": "Mine", "ids": pair}).json["id"]
    webhook = ada.api("POST", "/webhooks", json={"url": "https://example.com/hook"}).json["id"]
    for path, one, other in (
        (f"/experiments/{made['id']}", {"title": "One's"}, {"title": "Another's"}),
        (f"/trials/{trial}", {"priority": "high"}, {"priority": "low"}),
        (f"/comments/{comment}", {"body": "One's"}, {"body": "Another's"}),
        (f"/layouts/{layout}", {"name": "One's"}, {"name": "Another's"}),
        (f"/tags/{tag}", {"name": "one"}, {"name": "another"}),
        (f"/comparisons/{comparison}", {"name": "One's"}, {"name": "Another's"}),
        (f"/webhooks/{webhook}", {"active": False}, {"active": True}),
    ):
        read = ada.api("GET", path).headers["ETag"]
        changed = ada.api("PATCH", path, json=one, headers={"If-Match": read})
        assert (changed.status_code, changed.headers["ETag"] != read) == (200, True)
        late = ada.api("PATCH", path, json=other, headers={"If-Match": read})
        assert (late.status_code, "changed since you read it" in late.json["detail"]) == (412, True)
        assert ada.api("GET", path).headers["ETag"] == changed.headers["ETag"]
        if not path.startswith("/trials"):
            assert ada.api("DELETE", path, headers={"If-Match": read}).status_code == 412
        packed = ada.api("GET", path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
        assert ada.api("PATCH", path, json=one, headers={"If-Match": packed}).status_code == 200
        assert fields_of(ada.api("PATCH", path, json=one, headers={"If-Match": "mine"})) == ["If-Match"]
        assert ada.api("PATCH", path, json=other).status_code == 200  # who does not ask is not held up


@pytest.mark.parametrize("path", ["/layouts", "/comparisons", "/webhooks"])
def test_what_is_as_it_was_read_is_deleted(ada: Person, path: str) -> None:
    pair = [ada.api("POST", "/experiments", json=GOOD).json["id"] for _ in range(2)]
    body = {"/webhooks": {"url": "https://example.com/hook"}, "/comparisons": {"name": "Mine", "ids": pair}}
    one = f"{path}/{ada.api('POST', path, json=body.get(path, {'name': 'Mine'})).json['id']}"
    read = ada.api("GET", one).headers["ETag"]
    assert ada.api("DELETE", one, headers={"If-Match": read}).status_code == 204
