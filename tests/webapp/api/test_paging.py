"""Lists come in pages that nothing moves, and every answer says how much is left of a minute's allowance."""

import base64
import json
import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask

from tests.conftest import DIGITS, Person, Store
from webapp.api.description import described
from webapp.api.paging import Listing, list_mark
from webapp.app import create_app
from webapp.models import (
    Artifact,
    Experiment,
    Login,
    LogLine,
    Notification,
    Role,
    Visit,
    WebhookDelivery,
    db,
    now,
)
from webapp.settings import Settings

UNPAGED = {"/api/v1/experiments/columns"}  # lists of names, each at most some hundred
EXPERIMENT: dict[str, Any] = {"title": "One", "spec": {**DIGITS, "trials": 3}}


def pages(person: Person, path: str, name: str, limit: int, **query: Any) -> Iterator[list[Any]]:
    """All pages of a list, each by the address that the one before gave."""
    answer = person.api("GET", path, query_string={"limit": limit, **query})
    while True:
        assert answer.status_code == 200, answer.text
        yield answer.json[name]
        if answer.json["next_cursor"] is None:
            assert "Link" not in answer.headers
            return
        address, _, relation = answer.headers["Link"].partition("; ")
        assert relation == 'rel="next"'
        answer = person.api("GET", address.strip("<>").removeprefix("/api/v1"))


@pytest.fixture
def full(ada: Person, store: Store, submit: Callable[..., Experiment]) -> int:
    """An experiment with several of all that is listed; its trial has the same id."""
    experiment = submit(ada, spec=EXPERIMENT["spec"])
    numbers = [experiment.id, *(submit(ada).id for _ in range(3))]
    ada.user.role = Role.ADMINISTRATOR
    store.commit()
    webhook = ada.api("POST", "/webhooks", json={"url": "https://example.com/hook"}).json["id"]
    for number in range(5):
        ada.api("POST", f"/experiments/{experiment.id}/comments", json={"body": f"Word {number}"})
        ada.api("POST", "/layouts", json={"name": f"Layout {number}"})
        ada.api("POST", "/tokens", json={"scopes": ["read"]})
        facts = {"media_type": "image/png", "sha256": "0", "size_bytes": 1, "attempt": 1, "path": f"{number}.png"}
        store.add(Artifact(trial_id=1, kind="filters", name=f"n{number}", step=number // 2, **facts))
        store.add(Artifact(trial_id=1, kind=("best", "checkpoint")[number % 2], name="w", step=number, **facts))
        store.add(LogLine(trial_id=1, attempt=1, message=f"line {number}"))
        store.add(WebhookDelivery(webhook_id=webhook))
        store.add(Notification(user_id=ada.id, kind="ended", source=f"trial {number}", experiment_id=1, trial_id=1))
        store.add(Login(user_id=ada.id, last_used_at=None if number < 2 else now() - timedelta(hours=number)))
        ada.api("POST", "/webhooks", json={"url": f"https://example.com/hook{number}"})
        ada.api("POST", "/tags", json={"name": f"tag{number}"})
        ada.api("POST", "/invitations", json={})
        ada.api("POST", "/comparisons", json={"name": f"Comparison {number}", "ids": numbers[:2]})
    for number in numbers:
        ada.api("PUT", f"/experiments/{number}/star")
        store.add(Visit(user_id=ada.id, experiment_id=number))
    store.commit()
    return experiment.id


LISTS = [
    ("/experiments/1/comments", "comments"),
    ("/experiments/1/trials", "trials"),
    ("/layouts", "layouts"),
    ("/tokens", "tokens"),
    ("/trials/1/pictures", "pictures"),
    ("/trials/1/checkpoints", "checkpoints"),
    ("/trials/1/log", "lines"),
    ("/trials/1/log?order=newest", "lines"),
    ("/recipes", "recipes"),
    ("/parts", "parts"),
    ("/queues", "queues"),
    ("/people", "people"),
    ("/accounts", "accounts"),
    ("/accounts/1/logins", "logins"),
    ("/account/logins", "logins"),
    ("/audit", "entries"),
    ("/comparisons", "comparisons"),
    ("/invitations", "invitations"),
    ("/notifications", "notifications"),
    ("/recent", "experiments"),
    ("/stars", "experiments"),
    ("/tags", "tags"),
    ("/tags?q=t", "tags"),
    ("/webhooks", "webhooks"),
    ("/webhooks/1/deliveries", "deliveries"),
]


def test_pages_together_are_the_list(ada: Person, person: Callable[..., Person], full: int) -> None:
    person("grace")
    person("alan")
    for path, name in LISTS:
        check_pages(ada, path, name)


def check_pages(ada: Person, path: str, name: str) -> None:
    """That the pages of a list, one after the other, are the list."""
    whole = ada.api("GET", path).json[name]
    assert len(whole) > 1
    limit = 20 if name == "parts" else 2
    address, _, query = path.partition("?")
    found = list(pages(ada, address, name, limit, **dict(parse_qsl(query))))
    assert [one for page in found for one in page] == whole
    assert all(len(page) == limit for page in found[:-1])


def test_what_is_added_or_deleted_meanwhile_moves_nothing(ada: Person, full: int) -> None:
    path = f"/experiments/{full}/comments"
    first = ada.api("GET", path, query_string={"limit": 3}).json
    expected = [one["body"] for one in ada.api("GET", path).json["comments"]][3:]
    ada.api("POST", path, json={"body": "Later"})
    rest = ada.api("GET", path, query_string={"cursor": first["next_cursor"]}).json
    assert [one["body"] for one in rest["comments"]] == [*expected, "Later"]
    whole = [one["id"] for one in ada.api("GET", "/experiments").json["experiments"]]
    newest = ada.api("GET", "/experiments", query_string={"limit": 1}).json
    ada.api("POST", "/experiments", json={**EXPERIMENT, "title": "Newer"})
    rest = ada.api("GET", "/experiments", query_string={"cursor": newest["next_cursor"]}).json
    assert [one["id"] for one in rest["experiments"]] == whole[1:]


def made_up(*key: Any) -> str:
    """A cursor that no list has given."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def test_every_list_has_cursors_and_refuses_bad_ones(app: Flask, ada: Person, full: int) -> None:
    foreign = ada.api("GET", "/layouts", query_string={"limit": 1}).json["next_cursor"]
    asked = 0
    for rule in app.url_map.iter_rules():
        said = described(rule.endpoint)
        if said is None or not isinstance(said.answer, Listing):
            continue
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **dict.fromkeys(rule.arguments, 1)).removeprefix("/api/v1")
        first = ada.api("GET", path, query_string={"limit": 1}).json
        cursors = ["nonsense", "W10=", "WzEsMl0=", "bnVsbA==", "é", foreign if path != "/layouts" else "x"]
        with app.test_request_context(f"/api/v1{path}"):
            mark = list_mark()
        cursors += [made_up(mark, *[beyond] * width) for beyond in (10**400, math.inf) for width in (1, 2, 3)]
        for query in (*({"cursor": one} for one in cursors), {"limit": 0}, {"limit": 10**9}, {"limit": "x"}):
            answer = ada.api("GET", path, query_string=query)
            assert answer.status_code == (404 if "cursor" in query else 422), (path, query, answer.text[:200])
            assert answer.json["errors"][0]["field"] in query
        assert "next_cursor" in first
        asked += 1
    assert asked >= 25
    unpaged = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if (said := described(rule.endpoint))
        and said.summary.startswith("List")
        and not isinstance(said.answer, Listing)
    ]
    assert set(unpaged) <= UNPAGED, "a list without pages; see Listing in webapp/api/paging.py"


def test_a_parameter_that_there_is_not_is_told(ada: Person) -> None:
    answer = ada.api("GET", "/experiments?serach=adam")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "serach")
    assert "search" in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=",
        "limit=1_0",
        "limit=+5",
        "limit=%205",
        "limit=\u0661",
        "limit=5&limit=6",
        "archived=",
        "search=a&search=b",
    ],
)
def test_a_parameter_is_as_the_document_says_and_given_once(ada: Person, query: str) -> None:
    answer = ada.api("GET", f"/experiments?{query}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, query.partition("=")[0])


def test_a_cursor_is_of_one_list_and_its_order(ada: Person, full: int) -> None:
    """Else what comes before it in the other order would be left out."""
    for path, given, other in (
        ("/experiments", {"sort": "title"}, {"sort": "-title"}),
        ("/experiments", {}, {"archived": "1"}),
        (f"/trials/{full}/log", {"order": "oldest"}, {"order": "newest"}),
    ):
        cursor = ada.api("GET", path, query_string={**given, "limit": 1}).json["next_cursor"]
        assert ada.api("GET", path, query_string={**given, "cursor": cursor}).status_code == 200
        refused = ada.api("GET", path, query_string={**other, "cursor": cursor})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (404, "cursor")


def test_what_must_be_given_is_said_to_be_required(ada: Person) -> None:
    paths = ada.api("GET", "/openapi.json").json["paths"]
    asked = 0
    for path, methods in paths.items():
        for one in methods.get("get", {}).get("parameters", ()):
            if one["in"] == "query" and one.get("required"):
                refused = ada.api("GET", path.removeprefix("/api/v1"))
                assert refused.status_code == 422, path
                asked += 1
    assert asked == 6


def test_a_minutes_allowance_is_told_and_kept(
    settings: Settings, client_of_redis: Any, store: Store, app: Flask
) -> None:
    small = create_app(settings.model_copy(update={"api_per_minute": 14}), WTF_CSRF_ENABLED=False)
    ada, grace = Person(small, store, "ada", Role.MEMBER), Person(small, store, "grace", Role.MEMBER)
    first = ada.api("GET", "/experiments")
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("14", "13")
    assert 0 < int(first.headers["RateLimit-Reset"]) <= 60
    assert ada.api("POST", "/experiments", json=EXPERIMENT).headers["RateLimit-Remaining"] == "12"
    assert ada.api("GET", "/trials/1/export").headers["RateLimit-Remaining"] == "2"  # an export counts for ten
    refused = ada.api("GET", "/trials/1/export")
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert ada.browser.get("/api/v1/experiments").status_code == 200  # the browser has an allowance of its own
    assert grace.api("GET", "/experiments").status_code == 200
    ways = (
        ("GET", "/nowhere", 404),
        ("DELETE", "/me", 405),
        ("GET", "/experiments?x=1", 422),
        ("GET", "/accounts", 403),
    )
    for left, (method, path, status) in zip((12, 11, 10, 9), ways, strict=True):  # whatever is answered counts
        answer = grace.api(method, path)
        assert (answer.status_code, answer.headers["RateLimit-Remaining"]) == (status, str(left)), path
    assert ada.api("GET", "/nowhere").status_code == 429
    with small.app_context():
        db.engine.dispose()
