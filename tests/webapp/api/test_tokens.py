"""Tokens: what each may do, for how long, and where it was used."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import DIGITS, Person, Store
from webapp.account.tokens import MOST_TOKENS
from webapp.models import ApiToken, Scope, now

EXPERIMENT = {"title": "One", "spec": DIGITS}


def issued(person: Person, scopes: list[str], **rest: Any) -> str:
    """The text of a new token with these scopes."""
    answer = person.api("POST", "/tokens", json={"scopes": scopes, **rest})
    assert answer.status_code == 201, answer.text
    return str(answer.json["token"])


def ask(app: Flask, token: str, method: str, path: str, **rest: Any) -> Any:
    """A request with a token."""
    return app.test_client().open(f"/api/v1{path}", method=method, headers={"Authorization": f"Bearer {token}"}, **rest)


def wrong(answer: Any) -> list[str]:
    """The fields that a 422 names."""
    assert answer.status_code == 422, answer.text
    return [one["field"] for one in answer.json["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "scope", "status"),
    [
        ("GET", "/experiments", None, "read", 200),
        ("POST", "/specs/validate", {"spec": DIGITS}, "read", 200),
        ("POST", "/experiments", EXPERIMENT, "train", 201),
        ("POST", "/trials/99/actions", {"action": "stop"}, "train", 404),
        ("POST", "/layouts", {"name": "Mine"}, "write", 201),
        ("PATCH", "/me", {"name": "Ada"}, "account", 200),
        ("GET", "/tokens", None, "account", 200),
    ],
)
def test_a_token_does_what_its_scope_says_and_nothing_else(
    app: Flask, ada: Person, method: str, path: str, body: Any, scope: str, status: int
) -> None:
    others = [one.value for one in Scope if one != scope]
    assert ask(app, issued(ada, [scope]), method, path, json=body).status_code == status
    refused = ask(app, issued(ada, others), method, path, json=body)
    assert refused.status_code == 403
    assert f"scope “{scope}”" in refused.json["detail"]
    assert f'error="insufficient_scope", scope="{scope}"' in refused.headers["WWW-Authenticate"]


def test_a_token_beside_a_login_may_no_more_than_alone(app: Flask, ada: Person, grace: Person) -> None:
    """A program that shares a browser's cookies is who its token says."""
    for token, status in ((issued(grace, ["read"]), 403), ("descent_nonsense", 401)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = ada.browser.post("/api/v1/layouts", headers=headers, json={"name": "Mine"})
        assert answer.status_code == status, answer.text
    headers = {"Authorization": f"Bearer {issued(grace, ['read'])}"}
    assert ada.browser.get("/api/v1/me", headers=headers).json["person"]["username"] == "grace"
    assert ada.browser.get("/api/v1/me").json["person"]["username"] == "ada"


def test_the_document_says_which_scope_each_operation_needs(app: Flask, ada: Person) -> None:
    paths = ada.api("GET", "/openapi.json").json["paths"]
    assert paths["/api/v1/experiments"]["post"]["security"] == [{"bearer": ["train"]}, {"session": []}]
    assert paths["/api/v1/experiments"]["get"]["security"] == [{"bearer": ["read"]}, {"session": []}]
    assert paths["/api/v1/openapi.json"]["get"]["security"] == [{}]


def test_an_expired_token_is_refused_with_a_sentence(app: Flask, ada: Person, store: Store) -> None:
    token = issued(ada, ["read"], expires_in_days=1)
    assert ask(app, token, "GET", "/me").status_code == 200
    row = store.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
    row.expires_at = now() - timedelta(seconds=1)
    store.commit()
    refused = ask(app, token, "GET", "/me")
    assert (refused.status_code, "This token expired on" in refused.json["detail"]) == (401, True)
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_tokens_are_good_for_ninety_days_unless_another_time_is_chosen(ada: Person, store: Store) -> None:
    for days, sent in ((90, {}), (7, {"expires_in_days": 7}), (None, {"expires_in_days": None})):
        made = ada.api("POST", "/tokens", json={"scopes": ["read"], **sent}).json
        found = store.get_one(ApiToken, made["id"]).expires_at
        assert found is None if days is None else abs(found - now() - timedelta(days=days)) < timedelta(minutes=1)
    assert wrong(ada.api("POST", "/tokens", json={"scopes": ["read"], "expires_in_days": 0})) == ["expires_in_days"]


def test_a_token_issues_none_that_may_more_or_lasts_longer_than_itself(app: Flask, ada: Person) -> None:
    narrow = issued(ada, ["read", "account"], expires_in_days=10)
    for body, field in (
        ({"scopes": ["write"], "expires_in_days": 5}, "scopes"),
        ({"scopes": ["read"], "expires_in_days": 11}, "expires_in_days"),
        ({"scopes": ["read"], "expires_in_days": None}, "expires_in_days"),
        ({"scopes": [], "expires_in_days": 5}, "scopes"),
        ({"scopes": ["everything"], "expires_in_days": 5}, "scopes"),
    ):
        assert wrong(ask(app, narrow, "POST", "/tokens", json=body)) == [field]
    assert ask(app, narrow, "POST", "/tokens", json={"scopes": ["read"], "expires_in_days": 5}).status_code == 201


def test_last_use_is_told_with_the_address(app: Flask, ada: Person) -> None:
    token = issued(ada, ["account"])
    (mine,) = [one for one in ada.api("GET", "/tokens").json["tokens"] if one["scopes"] == ["account"]]
    assert (mine["last_used_at"], mine["last_used_from"]) == (None, None)
    header = {"Authorization": f"Bearer {token}"}
    app.test_client().get("/api/v1/tokens", headers=header, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    used = ada.api("GET", f"/tokens/{mine['id']}").json
    assert used["last_used_at"] >= used["created_at"]
    assert used["last_used_from"] == "192.0.2.7"
    assert "192.0.2.7" in ada.browser.get("/account").text


def test_a_token_is_revoked_by_its_owner_alone_and_can_revoke_itself(app: Flask, ada: Person, grace: Person) -> None:
    made = ada.api("POST", "/tokens", json={"scopes": ["account"]}).json
    assert grace.api("DELETE", f"/tokens/{made['id']}").status_code == 404
    assert ask(app, made["token"], "DELETE", f"/tokens/{made['id']}").status_code == 204
    assert ask(app, made["token"], "GET", "/tokens").status_code == 401


def test_beyond_the_api_a_token_only_reads(app: Flask, ada: Person) -> None:
    reading, writing = issued(ada, ["read"]), issued(ada, ["write"])
    assert ada.api("POST", "/experiments", json=EXPERIMENT).status_code == 201

    def bare(token: str, method: str, path: str) -> int:
        header = {"Authorization": f"Bearer {token}"}
        return app.test_client().open(path, method=method, headers=header).status_code

    assert bare(reading, "GET", "/experiments/1") == 200
    assert bare(writing, "GET", "/experiments/1") == 302
    assert bare(ada.token, "POST", "/experiments/1/delete") == 302
    assert ada.api("GET", "/experiments/1").status_code == 200


def test_there_are_at_most_so_many_tokens(ada: Person) -> None:
    body = {"scopes": ["read"]}
    statuses = [ada.api("POST", "/tokens", json=body).status_code for _ in range(MOST_TOKENS)]
    assert statuses == [201] * (MOST_TOKENS - 1) + [422]


def test_the_page_issues_with_scopes_and_lifetime(ada: Person, store: Store) -> None:
    form = {"label": "laptop", "scopes": ["read", "train"], "days": "30"}
    page = ada.browser.post("/account/tokens", data=form).text
    assert "it is not shown again" in page
    made = store.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
    assert made.kept_scopes == "read train"
    assert abs(made.expires_at - now() - timedelta(days=30)) < timedelta(minutes=1)
    assert "Choose at least one." in ada.browser.post("/account/tokens", data={"label": "x", "days": "30"}).text
