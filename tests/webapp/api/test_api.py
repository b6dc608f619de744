"""The API: what programs send and get, and how mistakes are told."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
import redis
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import DIGITS, Person, Store
from tests.webapp.api.asking import GOOD, fields_of
from webapp.models import Experiment, OutboxMessage, Trial, User
from webapp.store import curves, histograms, live


def test_a_good_experiment_is_made_with_its_trials(ada: Person) -> None:
    answer = ada.api("POST", "/experiments", json={**GOOD, "spec": {**DIGITS, "trials": 3, "seed": 5}})
    assert answer.status_code == 201
    assert [trial["seed"] for trial in answer.json["trials"]] == [5, 6, 7]
    shown = ada.api("GET", f"/experiments/{answer.json['id']}").json
    assert (shown["title"], shown["owner"], shown["tags"], shown["state"]) == ("One", "ada", ["baseline"], "queued")
    assert shown["spec"]["optimizer"].items() >= {"kind": "momentum", "lr": 0.01, "momentum": 0.9}.items()
    assert answer.headers["Location"].endswith(f"/api/v1/experiments/{answer.json['id']}")


def test_its_trials_are_with_the_broker(ada: Person, client_of_redis: Any, store: Store) -> None:
    ada.api("POST", "/experiments", json={**GOOD, "spec": {**DIGITS, "trials": 2}})
    assert client_of_redis.llen("cpu") == 2
    assert not store.scalars(select(OutboxMessage)).all()


BAD_SPECS: list[tuple[Any, str]] = [
    ({"data": {"kind": "digits"}}, "spec.network"),
    ({**DIGITS, "epochs": 0}, "spec.epochs"),
    ({**DIGITS, "epochs": 10**9}, "spec.epochs"),
    ({**DIGITS, "epochs": "many"}, "spec.epochs"),
    ({**DIGITS, "batch_size": -1}, "spec.batch_size"),
    ({**DIGITS, "seed": 1.5}, "spec.seed"),
    ({**DIGITS, "trials": 1000}, "spec.trials"),
    ({**DIGITS, "optimizer": {"kind": "sgd", "lr": 1e9}}, "spec.optimizer.lr"),
    ({**DIGITS, "optimizer": {"kind": "none"}}, "spec.optimizer.kind"),
    ({**DIGITS, "optimizer": "sgd"}, "spec.optimizer"),
    ({**DIGITS, "optimizer": {"kind": "momentum", "momentum": 1}}, "spec.optimizer.momentum"),
    ({**DIGITS, "schedule": {"kind": "step", "every_epochs": 0}}, "spec.schedule.every_epochs"),
    ({**DIGITS, "regularisation": [{"kind": "l2", "strength": "much"}]}, "spec.regularisation.0.strength"),
    ({**DIGITS, "network": {"kind": "mlp", "hidden": "wide"}}, "spec.network.hidden"),
    (
        {**DIGITS, "network": {"kind": "layers", "layers": [{"kind": "conv", "stride": 0}]}},
        "spec.network.layers.0.stride",
    ),
    ({**DIGITS, "data": {"kind": "imagenet"}}, "spec.data.kind"),
    ({**DIGITS, "data": {"kind": "digits", "train_size": 0}}, "spec.data.train_size"),
    ({**DIGITS, "monitor": {"every_steps": None}}, "spec.monitor.every_steps"),
    ({**DIGITS, "start": {"trial": 4711}}, "spec.start.trial"),
    ({**DIGITS, "weight_average": 1.5}, "spec.weight_average"),
    ({**DIGITS, "loss": {"kind": "squared_error"}}, "spec.loss.kind"),
    ({**DIGITS, "surprise": 1}, "spec.surprise"),
    ({**DIGITS, "network": {"kind": "layers", "layers": [{"kind": "relu"}] * 300}}, "spec.network.layers"),
    ([], "spec"),
    ("spec", "spec"),
    (None, "spec"),
]


@pytest.mark.parametrize(("spec", "field"), BAD_SPECS, ids=[field for _, field in BAD_SPECS])
def test_a_bad_spec_is_answered_with_the_field(ada: Person, store: Store, spec: Any, field: str) -> None:
    answer = ada.api("POST", "/experiments", json={"title": "Bad", "spec": spec})
    assert fields_of(answer) == [field]
    assert store.scalar(select(func.count(Experiment.id))) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**GOOD, "title": ""}, "title"),
        ({**GOOD, "title": "  "}, "title"),
        ({**GOOD, "title": "x" * 201}, "title"),
        ({**GOOD, "title": 5}, "title"),
        ({**GOOD, "title": "a\x00b"}, "title"),
        ({"spec": DIGITS}, "title"),
        ({**GOOD, "description": "x" * 20_001}, "description"),
        ({**GOOD, "tags": ["two words"]}, "tags"),
        ({**GOOD, "tags": ["x" * 41]}, "tags"),
        ({**GOOD, "tags": [f"t{n}" for n in range(21)]}, "tags"),
        ({**GOOD, "tags": "baseline"}, "tags"),
        ({**GOOD, "owner": "grace"}, "owner"),
    ],
)
def test_a_bad_body_is_answered_with_the_field(ada: Person, body: Any, field: str) -> None:
    assert field in fields_of(ada.api("POST", "/experiments", json=body))


def test_every_field_that_is_wrong_is_named(ada: Person) -> None:
    spec = {**DIGITS, "epochs": 0}
    bad = {"title": " ", "description": "x" * 20_001, "tags": ["two words"], "visibility": "secret", "spec": spec}
    named = fields_of(ada.api("POST", "/experiments", json=bad))
    assert named == ["title", "description", "tags", "visibility", "spec.epochs"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"nonsense", b"\xff\xfe", b'{"title": NaN}', b"[" * 100_000])
def test_what_is_no_json_object_is_told(ada: Person, content: bytes) -> None:
    assert fields_of(ada.api("POST", "/experiments", data=content)) == ["body"]


def test_json_is_taken_as_curl_sends_it_unasked(ada: Person) -> None:
    answer = ada.api("POST", "/experiments", data=orjson.dumps(GOOD), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 201


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data; boundary=x"])
def test_a_body_that_says_to_be_no_json_is_refused(ada: Person, media: str) -> None:
    answer = ada.api("POST", "/experiments", data=orjson.dumps(GOOD), content_type=media)
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")
    assert f"application/json; yours says {media.partition(';')[0]}" in answer.json["detail"]


@pytest.mark.parametrize(
    "media", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json", None]
)
def test_a_body_that_says_to_be_json_or_nothing_is_read(ada: Person, media: str | None) -> None:
    assert ada.api("POST", "/experiments", data=orjson.dumps(GOOD), content_type=media).status_code == 201


def test_a_comment_is_previewed(ada: Person) -> None:
    answer = ada.api("POST", "/comments/preview", json={"body": "**Good** <script>alert(1)</script>"})
    assert answer.json == {"body_html": "<p><strong>Good</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"}
    assert fields_of(ada.api("POST", "/comments/preview", json={"body": "x" * 20_001})) == ["body"]


def test_ten_megabytes_are_answered_with_the_field(ada: Person) -> None:
    large = "x" * (10 * 1024 * 1024)
    assert fields_of(ada.api("POST", "/experiments", json={**GOOD, "description": large})) == ["description"]
    assert fields_of(
        ada.api("POST", "/experiments", json={**GOOD, "spec": {**DIGITS, "optimizer": {"kind": large}}})
    ) == ["spec.optimizer.kind"]
    (named,) = fields_of(ada.api("POST", "/experiments", json={**GOOD, large: 1}))
    assert named.startswith("xxx")


def test_more_than_the_limit_is_refused(ada: Person) -> None:
    answer = ada.api("POST", "/experiments", data=b"x" * (17 * 1024 * 1024))
    assert answer.status_code == 413
    assert "16 MiB" in answer.json["detail"]


def test_experiments_are_listed_page_by_page(ada: Person) -> None:
    for number in range(5):
        ada.api("POST", "/experiments", json={**GOOD, "title": f"Number {number}"})
    titles, cursor = [], ""
    while cursor is not None:
        page = ada.api("GET", "/experiments", query_string={"limit": 2, "cursor": cursor}).json
        titles += [experiment["title"] for experiment in page["experiments"]]
        cursor = page["next_cursor"]
    assert titles == [f"Number {n}" for n in (4, 3, 2, 1, 0)]


def test_experiments_are_sorted_by_result_and_those_without_come_last(ada: Person, store: Store) -> None:
    for title, accuracy in (("low", 0.5), ("none", None), ("high", 0.9), ("middle", 0.7)):
        made = ada.api("POST", "/experiments", json={**GOOD, "title": title}).json
        trial = store.get_one(Trial, made["trials"][0]["id"])
        trial.results = {} if accuracy is None else {"validation/accuracy": {"last": accuracy, "best": accuracy}}
        store.commit()
    titles, cursor = [], ""
    while cursor is not None:
        query = {"sort": "validation/accuracy", "limit": 1, "cursor": cursor}
        page = ada.api("GET", "/experiments", query_string=query).json
        titles += [experiment["title"] for experiment in page["experiments"]]
        cursor = page["next_cursor"]
    assert titles == ["high", "middle", "low", "none"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("tag:baseline", ["B", "A"]),
        ("tag:other", ["C"]),
        ("owner:me", ["B", "A"]),
        ("owner:grace", ["C"]),
        ("state:queued", ["C", "B", "A"]),
        ("state:failed", []),
        ("needle", ["B"]),
        ("NEEDLE tag:baseline", ["B"]),
        ("100%", []),
        ("'; DROP TABLE users; --", []),
    ],
)
def test_searching(ada: Person, grace: Person, q: str, expected: list[str]) -> None:
    ada.api("POST", "/experiments", json={**GOOD, "title": "A"})
    ada.api("POST", "/experiments", json={**GOOD, "title": "B", "description": "a needle"})
    grace.api("POST", "/experiments", json={**GOOD, "title": "C", "tags": ["other"]})
    found = ada.api("GET", "/experiments", query_string={"search": q}).json["experiments"]
    assert [experiment["title"] for experiment in found] == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "colour"}, "sort"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"search": "state:asleep"}, "search"),
        ({"search": "tag:"}, "search"),
        ({"search": "\x00"}, "search"),
    ],
)
def test_a_bad_query_is_answered_with_the_field(ada: Person, query: dict[str, str], field: str) -> None:
    assert fields_of(ada.api("GET", "/experiments", query_string=query)) == [field]


@pytest.mark.parametrize("cursor", ["nonsense", "WyJ4IiwgMV0="])
def test_there_is_no_page_behind_a_cursor_that_no_list_gave(ada: Person, cursor: str) -> None:
    assert fields_of(ada.api("GET", "/experiments", query_string={"cursor": cursor}), 404) == ["cursor"]


def test_what_is_left_out_of_a_patch_stays(ada: Person) -> None:
    made = ada.api("POST", "/experiments", json=GOOD).json["id"]
    changed = ada.api("PATCH", f"/experiments/{made}", json={"tags": ["b", "a"], "archived": True}).json
    assert (changed["title"], changed["tags"], changed["archived"]) == ("One", ["a", "b"], True)
    assert fields_of(ada.api("PATCH", f"/experiments/{made}", json={"title": ""})) == ["title"]
    assert fields_of(ada.api("PATCH", f"/experiments/{made}", json={"spec": {}})) == ["spec"]


def test_a_queued_trial_is_stopped_at_once(ada: Person) -> None:
    trial = ada.api("POST", "/experiments", json=GOOD).json["trials"][0]["id"]
    assert ada.api("POST", f"/trials/{trial}/actions", json={"action": "stop"}).json["state"] == "cancelled"
    assert ada.api("POST", f"/trials/{trial}/actions", json={"action": "stop"}).status_code == 202  # safe to say twice
    assert fields_of(ada.api("POST", f"/trials/{trial}/actions", json={"action": "explode"})) == ["action"]


def test_comments_by_the_api(ada: Person) -> None:
    path = f"/experiments/{ada.api('POST', '/experiments', json=GOOD).json['id']}/comments"
    made = ada.api("POST", path, json={"body": "**Good**", "tags": ["insight"]})
    assert made.status_code == 201
    assert made.json["body_html"] == "<p><strong>Good</strong></p>\n"
    assert ada.api("GET", path).json["comments"] == [made.json]
    assert fields_of(ada.api("POST", path, json={"body": " "})) == ["body"]
    assert fields_of(ada.api("POST", path, json={"body": "x" * 20_001})) == ["body"]


@pytest.mark.parametrize(
    "path",
    [
        "/experiments/99",
        "/trials/99",
        "/trials/99/curves",
        "/trials/99/pictures",
        "/trials/99/histograms",
        "/experiments/99/comments",
    ],
)
def test_what_is_not_there_is_a_problem_document(ada: Person, path: str) -> None:
    answer = ada.api("GET", path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_every_declared_part_is_listed_with_its_schema(ada: Person) -> None:
    body = ada.api("GET", "/parts").json
    kinds = {(part["family"], part["kind"]) for part in body["parts"]}
    assert {("data", "mnist"), ("network", "lenet5"), ("layer", "conv"), ("optimizer", "adam"), ("schedule", "inverse_time"),
            ("loss", "svm"), ("initialisation", "he_normal"), ("regularisation", "l2"), ("preprocessing", "scale")} <= kinds  # fmt: skip
    adam = next(part for part in body["parts"] if part["kind"] == "adam")
    assert adam["schema"]["properties"]["lr"]["maximum"] == 10
    assert "Kingma" in adam["description"]


def test_deleting_takes_everything_away(
    ada: Person, trained: int, store: Store, submit: Callable[..., Experiment]
) -> None:
    experiment = store.get_one(Trial, trained).experiment_id
    ada.api("POST", f"/experiments/{experiment}/comments", json={"body": "gone soon"})
    assert ada.api("DELETE", f"/experiments/{experiment}").status_code == 204
    for model in (Trial, Experiment):
        assert store.scalars(select(model)).all() == []
    assert curves.keys(store, trained) == []
    assert histograms.keys(store, trained) == []
    assert [user.username for user in store.scalars(select(User))] == ["ada"]


def test_no_id_is_given_again_after_the_newest_was_deleted(ada: Person, grace: Person) -> None:
    """A worker that still holds the old trial, a promise to delete its files or a page that shows it would take the new one for it."""
    old = ada.api("POST", "/experiments", json=GOOD).json
    assert ada.api("DELETE", f"/experiments/{old['id']}").status_code == 204
    new = grace.api("POST", "/experiments", json=GOOD).json
    assert (new["id"], new["trials"][0]["id"]) == (old["id"] + 1, old["trials"][-1]["id"] + 1)


def test_the_live_points_of_a_deleted_trial_are_gone(ada: Person, client_of_redis: redis.Redis) -> None:
    made = ada.api("POST", "/experiments", json=GOOD).json
    trial = made["trials"][0]["id"]
    live.publish(client_of_redis, trial, "log", {"message": "private"})
    assert ada.api("DELETE", f"/experiments/{made['id']}").status_code == 204
    assert live.entries(client_of_redis, trial) == []


def test_comments_are_changed_hidden_and_deleted_by_whom_they_concern(ada: Person, grace: Person) -> None:
    path = f"/experiments/{ada.api('POST', '/experiments', json=GOOD).json['id']}/comments"
    one = f"/comments/{grace.api('POST', path, json={'body': 'A word'}).json['id']}"
    assert ada.api("PATCH", one, json={"body": "Put into her mouth"}).status_code == 403
    assert grace.api("POST", f"{one}/moderation", json={"disabled": True}).status_code == 403
    assert grace.api("PATCH", one, json={"body": "Another", "tags": ["x"]}).json["body"] == "Another"
    assert fields_of(grace.api("PATCH", one, json={"body": ""})) == ["body"]
    assert ada.api("POST", f"{one}/moderation", json={"disabled": True}).json["disabled"]
    assert grace.api("PATCH", one, json={"body": "Once more"}).status_code == 403
    assert ada.api("DELETE", one).status_code == 403
    assert grace.api("DELETE", one).status_code == 204
    gone = grace.api("GET", one).json
    assert (gone["deleted"], gone["body"], gone["body_html"]) == (True, None, None)
    assert {grace.api("PATCH", one, json={"body": "More"}).status_code, grace.api("DELETE", one).status_code} == {403}


def test_a_spec_is_looked_at_without_being_submitted(ada: Person, store: Store) -> None:
    good = ada.api("POST", "/specs/validate", json={"spec": DIGITS}).json
    assert (good["valid"], good["errors"], good["spec"]["batch_size"]) == (True, [], 64)
    assert good["description"]["parameters"] == 650
    again = ada.api("POST", "/specs/validate", json={"yaml": good["yaml"]}).json
    assert again["spec"] == good["spec"]
    bad = ada.api("POST", "/specs/validate", json={"spec": {**DIGITS, "epochs": 0, "surprise": 1}}).json
    assert (bad["valid"], {one["field"] for one in bad["errors"]}) == (False, {"epochs", "surprise"})
    missing = ada.api("POST", "/specs/validate", json={"spec": {**DIGITS, "start": {"trial": 4711}}}).json
    assert (missing["valid"], missing["errors"][0]["pointer"]) == (False, "#/start/trial")
    assert fields_of(ada.api("POST", "/specs/validate", json={"yaml": "a: ["})) == ["yaml"]
    assert fields_of(ada.api("POST", "/specs/validate", json={})) == ["spec"]
    assert store.scalar(select(func.count(Experiment.id))) == 0


def test_what_the_pages_show_besides_is_read_by_programs(ada: Person, trained: int, grace: Person) -> None:
    assert ada.api("GET", "/me").json["person"]["username"] == "ada"
    assert [one["username"] for one in ada.api("GET", "/people?beginning=GR").json["people"]] == ["grace"]
    assert ada.api("GET", f"/people/{grace.id}").json["username"] == "grace"
    assert ada.api("GET", "/status").json["trials"]["running"] == 1
    assert {one["name"] for one in ada.api("GET", "/queues").json["queues"]} >= {"cpu", "gpu"}
    assert ada.api("GET", "/workers").json["workers"] == []
    assert ada.api("GET", "/recipes").json["recipes"][0]["spec"]["data"]["kind"] == "digits"
    assert "optimizer.kind" in ada.api("GET", "/experiments/columns").json["fields"]
    offers = ada.api("GET", "/experiments/completions?text=optimizer.k").json
    assert (offers["start"], offers["items"][0]["text"]) == (0, "optimizer.kind")
    assert len(ada.api("GET", f"/sparklines?trials={trained},99").json[str(trained)]) > 10
    for wrong in ("x", f"{trained},abc"):
        assert fields_of(ada.api("GET", f"/sparklines?trials={wrong}")) == ["trials"]


def test_what_was_deleted_is_gone_for_every_method(app: Flask, ada: Person) -> None:
    made = {
        "experiments": ada.api("POST", "/experiments", json=GOOD).json["id"],
        "layouts": ada.api("POST", "/layouts", json={"name": "Mine"}).json["id"],
        "tokens": ada.api("POST", "/tokens", json={"scopes": ["read"]}).json["id"],
    }
    made["tags"] = ada.api("POST", "/tags", json={"name": "mine"}).json["id"]
    made["webhooks"] = ada.api("POST", "/webhooks", json={"url": "https://example.com/hook"}).json["id"]
    pair = [made["experiments"], ada.api("POST", "/experiments", json=GOOD).json["id"]]
    made["comparisons"] = ada.api("POST", "/comparisons", json={"name": "Mine", "ids": pair}).json["id"]
    for kind, number in reversed(made.items()):
        assert ada.api("DELETE", f"/{kind}/{number}").status_code == 204
        patched = [ada.api("PATCH", f"/{kind}/{number}", json={}).status_code] if kind != "tokens" else []
        read, deleted = (ada.api(method, f"/{kind}/{number}").status_code for method in ("GET", "DELETE"))
        assert {read, deleted, *patched} == {404}, kind
