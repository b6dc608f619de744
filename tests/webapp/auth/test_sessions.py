"""What a cookie is worth: nothing before the login, nothing after its end, and nothing to who does not know the password."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, Person, csrf_of
from webapp.app import create_app
from webapp.settings import Settings

FORM = {"login": "ada", "password": PASSWORD}


def cookie_of(browser: FlaskClient, app: Flask, name: str = "SESSION_COOKIE_NAME") -> str:
    cookie = browser.get_cookie(app.config[name])
    assert cookie is not None
    return cookie.value


def browser_with(app: Flask, value: str, name: str = "SESSION_COOKIE_NAME") -> FlaskClient:
    """Another browser that was given a cookie."""
    browser = app.test_client()
    browser.set_cookie(app.config[name], value)
    return browser


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200


def test_a_copy_of_the_cookie_is_worthless_after_logging_out(app: Flask, ada: Person) -> None:
    thief = browser_with(app, cookie_of(ada.browser, app))
    assert is_in(thief)
    ada.browser.post("/logout")
    assert not is_in(thief)


def test_a_copy_of_the_remembered_login_is_worthless_after_logging_out(app: Flask, ada: Person) -> None:
    browser = app.test_client()
    browser.post("/login", data={**FORM, "remember": "y"})
    thief = browser_with(app, cookie_of(browser, app, "REMEMBER_COOKIE_NAME"), "REMEMBER_COOKIE_NAME")
    assert is_in(thief)
    browser.post("/logout")
    copy = browser_with(app, cookie_of(thief, app, "REMEMBER_COOKIE_NAME"), "REMEMBER_COOKIE_NAME")
    assert not is_in(copy)


def test_logging_out_here_leaves_the_login_elsewhere(app: Flask, ada: Person) -> None:
    elsewhere = app.test_client()
    elsewhere.post("/login", data=FORM)
    ada.browser.post("/logout")
    assert is_in(elsewhere)


def test_every_older_cookie_is_worthless_after_another_password(app: Flask, ada: Person) -> None:
    old = browser_with(app, cookie_of(ada.browser, app))
    fields = {"current": PASSWORD, "password": "another horse battery"}
    assert ada.browser.post("/account/password", data=fields).status_code == 302
    assert is_in(ada.browser)
    assert not is_in(old)


def test_nothing_that_was_set_before_the_login_is_kept(settings: Settings, app: Flask, ada: Person) -> None:
    guarded = create_app(settings)
    attacker = guarded.test_client()
    fixed_token = csrf_of(attacker.get("/login").text)
    fixed_cookie = cookie_of(attacker, guarded)
    victim = browser_with(guarded, fixed_cookie)  # the attacker put it into the victim's browser
    assert victim.post("/login", data={**FORM, "csrf_token": fixed_token}).status_code == 302
    assert cookie_of(victim, guarded) != fixed_cookie
    assert not is_in(attacker)
    forged = victim.post("/account/tokens", data={"label": "x", "csrf_token": fixed_token})
    assert (forged.status_code, "expired" in forged.text) == (400, True)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were held against."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hash: str, password: str) -> bool:
        seen.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return seen


def test_a_login_takes_one_hash_whether_the_account_exists_or_not(app: Flask, ada: Person, verified: list[str]) -> None:
    for tries, login in enumerate(["ada", "ada@example.com", "nobody", "nobody@example.com"], 1):
        app.test_client().post("/login", data={"login": login, "password": "wrong battery"})
        assert len(verified) == tries
        assert verified[-1].split("$")[:4] == (ada.user.password_hash or "").split("$")[:4]  # as costly as a real one


def test_cookies_are_for_the_server_alone(app: Flask, ada: Person, settings: Settings) -> None:
    answer = app.test_client().post("/login", data={**FORM, "remember": "y"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie for cookie in cookies)
    behind_tls = create_app(settings.model_copy(update={"secure_cookies": True}), WTF_CSRF_ENABLED=False)
    cookies = behind_tls.test_client().post("/login", data={**FORM, "remember": "y"}).headers.getlist("Set-Cookie")
    assert all("Secure" in cookie for cookie in cookies)


def test_logins_of_long_ago_are_forgotten(app: Flask, person: Callable[..., Person]) -> None:
    from datetime import timedelta

    from webapp.models import Login, now

    ada = person("ada")
    old = ada.store.query(Login).one()
    old.created_at = now() - timedelta(days=61)
    ada.store.commit()
    app.test_client().post("/login", data=FORM)
    ada.store.rollback()
    assert ada.store.query(Login).count() == 1
    assert not is_in(ada.browser)
