"""Registering, logging in and out, and what keeps strangers away from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import PASSWORD, Person, Store, csrf_of
from webapp.app import create_app
from webapp.models import Role, User, db
from webapp.settings import Settings


def register(
    browser: FlaskClient, username: str = "ada", email: str = "ada@example.com", password: str = PASSWORD
) -> Any:
    return browser.post("/register", data={"username": username, "email": email, "password": password})


def test_the_first_account_of_an_empty_instance_becomes_its_administrator(app: Flask, store: Store) -> None:
    register(app.test_client())
    register(app.test_client(), "grace", "grace@example.com")
    roles = {user.username: user.role for user in store.scalars(select(User))}
    assert roles == {"ada": Role.ADMINISTRATOR, "grace": Role.MEMBER}


def test_who_registers_is_logged_in(app: Flask) -> None:
    browser = app.test_client()
    assert register(browser).status_code == 302
    assert "Hello, ada" in browser.get("/").text


def test_passwords_are_kept_as_argon2_hashes(ada: Person) -> None:
    assert ada.user.password_hash is not None
    assert ada.user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in ada.user.password_hash


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "a", "3 to 40"),
        ("username", "a b c", "letters"),
        ("username", "<script>", "letters"),
        ("username", "ada", "is taken"),
        ("username", "ADA", "is taken"),
        ("email", "nobody", "not an e-mail address"),
        ("email", "ada@example.com", "account with this e-mail address"),
        ("password", "short", "8 to 200 characters; this one has 5"),
        ("password", "x" * 201, "this one has 201"),
    ],
)
def test_a_mistake_in_the_form_is_named_and_nothing_is_made(
    app: Flask, ada: Person, field: str, value: str, words: str, store: Store
) -> None:
    fields = {"username": "grace", "email": "grace@example.com", "password": PASSWORD, field: value}
    answer = register(app.test_client(), **fields)
    assert answer.status_code == 422
    assert words in answer.text.replace("&#39;", "'")
    assert [user.username for user in store.scalars(select(User))] == ["ada"]


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.com", " Ada@Example.com "])
def test_one_logs_in_by_name_or_address(app: Flask, ada: Person, login: str) -> None:
    browser = app.test_client()
    assert browser.post("/login", data={"login": login, "password": PASSWORD}).location == "/"
    assert browser.get("/").status_code == 200


def test_blanks_alone_are_no_password(app: Flask) -> None:
    form = {"username": "ada", "email": "ada@example.com", "password": " " * 12}
    answer = app.test_client().post("/register", data=form)
    assert (answer.status_code, "blanks alone" in answer.text) == (422, True)


@pytest.mark.parametrize("login", ["jose\u0301@bu\u0308cher.de", "josé@xn--bcher-kva.de"])
def test_an_address_is_known_however_its_letters_are_put_together(app: Flask, ada: Person, login: str) -> None:
    register(app.test_client(), username="jose", email="josé@bücher.de", password=PASSWORD)
    assert app.test_client().post("/login", data={"login": login, "password": PASSWORD}).location == "/"


def test_a_wrong_password_says_no_more_than_a_wrong_name(app: Flask, ada: Person) -> None:
    answers = [app.test_client().post("/login", data={"login": n, "password": "wrong"}) for n in ("ada", "nobody")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Username or password is wrong." in answer.text for answer in answers)


def test_logging_out_ends_the_session(ada: Person) -> None:
    ada.browser.post("/logout")
    assert ada.browser.get("/").location.startswith("/login")


def test_logging_out_takes_a_post(ada: Person) -> None:
    assert ada.browser.get("/logout").status_code == 405
    assert ada.browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "changed", [{"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}, {"headers": {"User-Agent": "thief/1.0"}}]
)
def test_a_cookie_replayed_from_another_address_or_browser_is_logged_out(ada: Person, changed: dict[str, Any]) -> None:
    assert ada.browser.get("/").status_code == 200
    assert ada.browser.get("/", **changed).location.startswith("/login")
    assert ada.browser.get("/").location.startswith("/login")  # and stays so


def test_a_thief_cannot_name_the_owners_address(ada: Person) -> None:
    stolen = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}, "headers": {"X-Forwarded-For": "127.0.0.1"}}
    assert ada.browser.get("/", **stolen).location.startswith("/login")


def test_a_stolen_remember_cookie_is_no_use_elsewhere(app: Flask, ada: Person) -> None:
    browser = app.test_client()
    browser.post("/login", data={"login": "ada", "password": PASSWORD, "remember": "y"})
    name = app.config["REMEMBER_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie(name, cookie.value + "x")
    assert thief.get("/").location.startswith("/login")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil",
    ],
)
def test_next_leads_only_inside_the_site(app: Flask, ada: Person, target: str) -> None:
    answer = app.test_client().post(
        "/login", query_string={"next": target}, data={"login": "ada", "password": PASSWORD}
    )
    assert answer.location == "/"


def test_one_comes_back_to_the_page_that_asked_for_the_login(app: Flask, ada: Person) -> None:
    browser = app.test_client()
    asked = browser.get("/experiments?q=tag:a").location
    assert browser.post(asked, data={"login": "ada", "password": PASSWORD}).location == "/experiments?q=tag:a"


def test_trying_passwords_is_slowed_down(app: Flask, ada: Person) -> None:
    browser = app.test_client()
    codes = [browser.post("/login", data={"login": "ada", "password": f"wrong {n}"}).status_code for n in range(12)]
    assert codes[:10] == [422] * 10
    assert codes[10:] == [429, 429]
    assert browser.post("/login", data={"login": "ada", "password": PASSWORD}).status_code == 429
    refused = browser.post("/login", data={"login": "ada", "password": PASSWORD})
    assert "wait a minute" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_trying_passwords_by_a_program_is_slowed_down_and_says_until_when(ada: Person) -> None:
    wrong = {"current": "wrong", "password": "another long password"}
    answers = [ada.api("POST", "/account/password", json=wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    head = answers[-1].headers
    assert (head["RateLimit-Limit"], head["RateLimit-Remaining"]) == ("10", "0")
    assert {0 < int(head[name]) <= 60 for name in ("Retry-After", "RateLimit-Reset")} == {True}


def test_another_password_logs_all_other_browsers_out(app: Flask, ada: Person) -> None:
    elsewhere = app.test_client()
    elsewhere.post("/login", data={"login": "ada", "password": PASSWORD})
    ada.browser.post("/account/password", data={"current": PASSWORD, "password": "another long password"})
    assert ada.browser.get("/").status_code == 200
    assert elsewhere.get("/").location.startswith("/login")
    assert (
        app.test_client().post("/login", data={"login": "ada", "password": "another long password"}).status_code == 302
    )


def test_another_password_needs_the_current_one(ada: Person) -> None:
    answer = ada.browser.post("/account/password", data={"current": "wrong", "password": "another long password"})
    assert answer.status_code == 422
    assert "not your current password" in answer.text


def test_the_profile_is_saved_and_shown(ada: Person) -> None:
    ada.browser.post("/account/profile", data={"name": "Ada Lovelace", "email": "else@example.com", "about": "Notes."})
    assert "Hello, Ada Lovelace" in ada.browser.get("/").text
    assert ada.user.email == "ada@example.com"  # an address takes more than that
    two_lines = "Ada\nYour account is closed"
    ada.browser.post("/account/profile", data={"name": two_lines, "about": ""})
    assert ada.user.name == "Ada Your account is closed"  # names stand in mails
    assert ada.api("PATCH", "/me", json={"name": "Ada \n L."}).json["person"]["name"] == "Ada L."


@pytest.mark.parametrize("sign", "\u202e\u2066")
def test_a_name_does_not_turn_what_stands_beside_it(ada: Person, sign: str) -> None:
    answer = ada.api("PATCH", "/me", json={"name": f"{sign}toor"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "name")
    assert f"U+{ord(sign):04X}" in answer.json["detail"]


def test_a_token_is_shown_once_and_kept_as_a_digest(app: Flask, ada: Person) -> None:
    page = ada.browser.post("/account/tokens", data={"label": "laptop", "scopes": ["read"], "days": "90"}).text
    token = page.split('id="new-token">')[1].split("<")[0]
    assert app.test_client().get("/api/v1/experiments", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert token not in ada.browser.get("/account").text
    assert token not in "".join(str(vars(row)) for row in ada.user.tokens)


def test_a_revoked_token_opens_nothing(ada: Person, grace: Person) -> None:
    token = ada.user.tokens[0].id
    assert grace.browser.post(f"/account/tokens/{token}/revoke").status_code == 404
    ada.browser.post(f"/account/tokens/{token}/revoke")
    assert ada.api("GET", "/experiments").status_code == 401


@pytest.fixture
def strict(settings: Settings) -> Flask:
    """The application with CSRF protection on, as people meet it."""
    made = create_app(settings)
    with made.app_context():
        db.create_all()
    return made


FORMS = ["/login", "/register", "/logout", "/account/profile", "/account/password", "/account/tokens", "/experiments/new",
         "/experiments/bulk", "/comments/preview", "/experiments/1/control", "/experiments/1/queue", "/experiments/1/delete",
         "/experiments/1/comments"]  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_no_form_is_taken_without_its_csrf_token(strict: Flask, path: str) -> None:
    answer = strict.test_client().post(path, data={"login": "x"})
    assert answer.status_code == 400
    assert "expired" in answer.text


def test_a_form_with_its_csrf_token_is_taken(strict: Flask) -> None:
    browser = strict.test_client()
    token = csrf_of(browser.get("/register").text)
    answer = browser.post(
        "/register", data={"csrf_token": token, "username": "ada", "email": "a@example.com", "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_cookies_cannot_be_read_by_scripts_or_sent_from_other_sites(strict: Flask) -> None:
    cookie = strict.test_client().get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_cookies_are_for_https_only_where_that_is_set(tmp_path: Path) -> None:
    app = create_app(Settings(DESCENT_VAR=tmp_path, DESCENT_SECURE_COOKIES=True, DESCENT_SECRET_KEY="x"))
    with app.app_context():
        db.create_all()
    answer = app.test_client().get("/login")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/login", "/register", "/nothing", "/static/css/descent.css", "/api/v1/experiments"])
def test_every_answer_carries_the_policy_without_inline_script(strict: Flask, path: str) -> None:
    answer = strict.test_client().get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_page_has_an_inline_script_or_handler(ada: Person, submit: Callable[..., Any]) -> None:
    import re

    experiment = submit(ada)
    for path in (
        "/",
        "/experiments",
        "/experiments/new",
        f"/experiments/{experiment.id}",
        "/compare",
        "/account",
        "/tags",
    ):
        page = ada.browser.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page), path
        assert not re.search(r"\son[a-z]+=\"", page), path
