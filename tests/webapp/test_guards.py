"""What holds for every route at once: tokens against forged forms, headers against what browsers may be made to do."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD, Person, Store
from tests.webapp.hostile.odd import PATHS
from tests.webapp.hostile.surface import FORMS, ways
from webapp.app import create_app
from webapp.models import Artifact, Model, db
from webapp.settings import Settings

IDS: dict[str, object] = dict.fromkeys(
    (
        "experiment_id",
        "trial_id",
        "comment_id",
        "artifact_id",
        "layout_id",
        "dataset_id",
        "token_id",
        "person_id",
        "tag_id",
        "comparison_id",
        "notification_id",
        "webhook_id",
        "delivery_id",
        "user_id",
        "login_id",
        "invitation_id",
    ),
    1,
) | {
    "name": "a",
    "secret": "a",
    "comparison_key": "a",
    "what": "disable",
    "filename": "css/descent.css",
    "version": "x",
}
NO_SESSION_NEEDED = {
    "auth.login",
    "auth.code",
    "auth.register",
    "auth.invited",
    "auth.forgotten",
    "auth.reset",
    "auth.confirm_address",
}


@pytest.fixture
def guarded(app: Flask, settings: Settings, ada: Person) -> Flask:
    """The same instance with the check of tokens, as it really is; Ada is logged in, one of each thing is hers."""
    made = create_app(settings)
    ada.browser.post("/experiments/new", data={})
    body = {"title": "Mine", "spec": {"data": {"kind": "digits"}, "network": {"kind": "softmax"}}}
    assert ada.api("POST", "/experiments", json=body).status_code == 201
    assert ada.api("POST", "/experiments/1/comments", json={"body": "A word"}).status_code == 201
    assert ada.api("POST", "/layouts", json={"name": "Mine"}).status_code == 201
    assert ada.api("POST", "/experiments", json=body).status_code == 201
    assert ada.api("POST", "/comparisons", json={"name": "Mine", "ids": [1, 2]}).status_code == 201
    return made


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    store.rollback()
    tables = Model.metadata.sorted_tables
    return {table.name: store.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_no_route_changes_anything_without_a_token(guarded: Flask, ada: Person, store: Store) -> None:
    cookie = ada.browser.get_cookie(guarded.config["SESSION_COOKIE_NAME"])
    assert cookie
    before, asked = rows(store), 0
    for way in ways(guarded):
        if way.method == "GET":
            continue
        browser = guarded.test_client()
        if way.endpoint not in NO_SESSION_NEEDED:
            browser.set_cookie(guarded.config["SESSION_COOKIE_NAME"], cookie.value)
        form = dict.fromkeys(FORMS.get(way.endpoint, ()), "a word") | {"login": "ada", "current": PASSWORD}
        for token in ({}, {"csrf_token": "wrong"}):
            rest: dict[str, Any] = {"data": {**form, **token}} if way.endpoint in FORMS else {"json": token}
            answer = browser.open(way.path(guarded, IDS), method=way.method, **rest)
            assert (answer.status_code, way.endpoint) == (400, way.endpoint)
            asked += 1
    assert asked > 60
    assert rows(store) == before


def kinds_of_answers(guarded: Flask, ada: Person) -> Iterator[tuple[str, TestResponse]]:
    """An answer of each kind."""
    yield "page", ada.browser.get("/experiments")
    yield "page of a stranger", guarded.test_client().get("/login")
    yield "redirect", guarded.test_client().get("/experiments")
    yield "not found", ada.browser.get("/nowhere")
    yield "wrong method", ada.browser.put("/experiments")
    yield "form without token", guarded.test_client().post("/login", data={})
    yield "form with mistakes", ada.browser.post("/datasets", data={})
    yield "fragment", ada.browser.get("/experiments/1/comments")
    yield "too large", ada.browser.post("/experiments/1/edit", data={"title": "x" * (17 << 20)})
    yield "problem document", ada.api("GET", "/experiments/99")
    yield "refused token", guarded.test_client().get("/api/v1/experiments")
    yield "JSON", ada.api("GET", "/experiments/1")
    yield "OpenAPI", guarded.test_client().get("/api/v1/openapi.json")
    yield "made", ada.api("POST", "/experiments/1/comments", json={"body": "Another"})
    yield "deleted", ada.api("DELETE", "/layouts/1")
    yield "download", ada.api("GET", "/trials/1/export?format=csv")
    yield "archive", ada.api("GET", "/experiments/1/export")
    yield "stylesheet", guarded.test_client().get("/static/css/descent.css")
    yield "script", guarded.test_client().get("/static/js/app.js")
    yield "not changed", guarded.test_client().get("/static/js/app.js", headers={"If-None-Match": "*"})
    yield "part of a file", guarded.test_client().get("/static/js/app.js", headers={"Range": "bytes=0-9"})
    yield "no such file", guarded.test_client().get("/static/none.js")
    yield "stream", ada.api("GET", "/trials/1/events")
    yield "snapshot", ada.browser.get("/live/snapshot?trials=1")
    yield "health", guarded.test_client().get("/healthz")
    yield "options", ada.browser.options("/experiments")


def test_every_kind_of_answer_carries_the_headers(guarded: Flask, ada: Person) -> None:
    for kind, answer in kinds_of_answers(guarded, ada):
        headers = answer.headers
        policy = headers.get("Content-Security-Policy", "")
        assert "script-src 'self';" in policy, kind
        assert "frame-ancestors 'none'" in policy, kind
        assert headers["X-Content-Type-Options"] == "nosniff", kind
        assert headers["X-Frame-Options"] == "DENY", kind
        assert headers["Referrer-Policy"] == "same-origin", kind
        assert answer.status_code < 500, kind
        answer.close()


def test_an_unexpected_error_carries_the_headers_and_no_traceback(app: Flask, ada: Person) -> None:
    with app.app_context():
        db.metadata.tables["tags"].drop(db.engine)
    answer = ada.browser.get("/tags")
    assert answer.status_code == 500
    assert "Content-Security-Policy" in answer.headers
    assert "Something went wrong on our side" in answer.text
    assert "Traceback" not in answer.text
    assert "tags" not in answer.text.split("<main")[1].split("</main>")[0]


def test_an_artifact_leads_nowhere_else(ada: Person, guarded: Flask, store: Store, settings: Settings) -> None:
    (settings.var / "secret_key").write_text("the secret")
    for step, key in enumerate([*PATHS, "trial-1/../../secret_key", ".", "", "trial-1/filters/../../../secret_key"]):
        facts = {"media_type": "image/png", "sha256": "0", "size_bytes": 1, "attempt": 1}
        store.add(Artifact(trial_id=1, kind="filters", name="a", step=step, path=key, **facts))
        store.commit()
        answer = ada.browser.get(f"/artifacts/{step + 1}")
        assert (answer.status_code, "the secret" in answer.text) == (404, False), key


def test_static_addresses_and_exports_lead_nowhere_else(ada: Person, guarded: Flask) -> None:
    for path in PATHS:
        for address in (f"/static/{path}", f"/modules/{path}", f"/api/v1/trials/1/export?format={path}"):
            answer = ada.browser.get(address)
            assert answer.status_code in (301, 308, 400, 404, 422), address
            assert b"root:" not in answer.data


def test_a_spec_reads_nothing_outside_of_the_data_folders(ada: Person, guarded: Flask) -> None:
    for path in (*PATHS[:6], "~/.ssh/id_rsa", "uploads", "."):
        for kind in ("csv", "npz", "image_folder"):
            spec = {"data": {"kind": kind, "path": path}, "network": {"kind": "mlp"}}
            answer = ada.api("POST", "/experiments", json={"title": "Out", "spec": spec})
            assert answer.status_code == 422, (kind, path)
            assert answer.json["errors"][0]["field"].startswith("spec.data"), answer.text


def test_pages_take_no_json_and_no_nul(ada: Person) -> None:
    for body in (b"NaN", b"[" * 100_000, b"[]", b'{"name": "x"}'):
        answer = ada.browser.post("/account/profile", data=body, content_type="application/json")
        assert (answer.status_code, "takes forms, not JSON" in answer.text) == (415, True)
    answer = ada.browser.post("/account/profile", data={"name": "a\x00b", "email": "ada@example.com", "about": ""})
    assert (answer.status_code, "The field name holds the character NUL" in answer.text) == (422, True)
    refused = ada.api("GET", "/experiments?search=%00")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "search")
