"""A code after the password: once each, not guessed, and recovery codes for a lost phone."""

import re
import time
from threading import Barrier, Thread

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import PASSWORD, Person, Store
from tests.webapp.auth.mails import last_mail
from webapp.auth import two_factor
from webapp.models import AuditEntry, RecoveryCode
from webapp.settings import Settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that codes are for; a test sets it."""
    at = [time.time()]
    monkeypatch.setattr(two_factor.time, "time", lambda: at[0])
    return at


def code_of(ada: Person, clock: list[float]) -> str:
    assert ada.user.totp_secret
    return pyotp.TOTP(ada.user.totp_secret).at(clock[0])


def switch_on(ada: Person, clock: list[float]) -> list[str]:
    """The recovery codes."""
    ada.browser.post("/account/two-factor/begin")
    assert ada.browser.get("/account/two-factor/qr.png").data.startswith(b"\x89PNG")
    form = {"code": code_of(ada, clock), "password": PASSWORD}
    page = ada.browser.post("/account/two-factor/confirm", data=form).text
    clock[0] += 30
    return re.findall(r"\b[a-z2-9]{5}-[a-z2-9]{5}\b", page.split('id="recovery-codes">')[1].split("</pre>")[0])


def with_password(app: Flask) -> FlaskClient:
    """A browser of which the password is right, and asked for a code."""
    browser = app.test_client()
    asked = browser.post("/login?next=/tags", data={"login": "ada", "password": PASSWORD, "remember": "y"})
    assert asked.location == "/login/code"
    assert browser.get("/").status_code == 302
    return browser


def enter(browser: FlaskClient, code: str) -> str:
    """Where a code leads; nothing where it is refused."""
    return browser.post("/login/code", data={"code": code}).location or ""


def test_a_code_is_asked_for_after_the_password(app: Flask, ada: Person, clock: list[float]) -> None:
    assert len(set(switch_on(ada, clock))) == 10
    browser = with_password(app)
    assert enter(browser, "000000") == ""
    code = code_of(ada, clock)
    assert enter(browser, f"{code[:3]} {code[3:]}") == "/tags"
    assert browser.get("/").status_code == 200


def test_the_same_code_is_refused_the_second_time(app: Flask, ada: Person, clock: list[float]) -> None:
    switch_on(ada, clock)
    one, other = with_password(app), with_password(app)
    code = code_of(ada, clock)
    assert enter(one, code) == "/tags"
    assert enter(other, code) == ""
    clock[0] += 30
    assert enter(other, code) == ""  # nor in the half minute in which clocks may differ
    assert enter(other, code_of(ada, clock)) == "/tags"


def test_a_recovery_code_lets_in_once(app: Flask, ada: Person, clock: list[float], store: Store) -> None:
    first, second, *_ = switch_on(ada, clock)
    assert enter(with_password(app), first.upper()) == "/tags"
    assert enter(with_password(app), first) == ""
    assert enter(with_password(app), second.replace("-", " ")) == "/tags"
    assert len(store.scalars(select(RecoveryCode)).all()) == 8
    assert first.replace("-", "") not in "".join(row.digest for row in store.scalars(select(RecoveryCode)))


def test_codes_are_not_guessed(app: Flask, ada: Person, clock: list[float], store: Store) -> None:
    switch_on(ada, clock)
    browsers = [with_password(app) for _ in range(2)]  # each counts for the account
    codes = [browsers[n % 2].post("/login/code", data={"code": f"00000{n}"}).status_code for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert browsers[0].post("/login/code", data={"code": code_of(ada, clock)}).status_code == 429
    assert (
        store.scalars(select(AuditEntry.details).where(AuditEntry.action == "login.failed")).all()
        == [{"why": "wrong code"}] * 5
    )


def test_codes_that_are_tried_at_the_same_moment_are_counted_as_well(
    app: Flask, ada: Person, clock: list[float]
) -> None:
    switch_on(ada, clock)
    browsers, together, codes = [with_password(app) for _ in range(24)], Barrier(24), list[int]()

    def guess(number: int) -> None:
        together.wait()
        codes.append(browsers[number].post("/login/code", data={"code": f"0000{number:02}"}).status_code)

    threads = [Thread(target=guess, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(codes) == [422] * 5 + [429] * 19


def test_a_code_that_is_right_is_not_counted(app: Flask, ada: Person, clock: list[float]) -> None:
    switch_on(ada, clock)
    for _ in range(7):
        assert enter(with_password(app), code_of(ada, clock)) == "/tags"
        clock[0] += 30


def test_the_second_step_needs_the_first(app: Flask, ada: Person, clock: list[float]) -> None:
    switch_on(ada, clock)
    assert enter(app.test_client(), code_of(ada, clock)) == "/login"
    browser = with_password(app)
    ada.browser.post("/account/password", data={"current": PASSWORD, "password": "another long password"})
    assert enter(browser, code_of(ada, clock)) == "/login"  # the password of that browser is no longer right


def test_switching_on_needs_the_password_and_a_right_code(ada: Person, clock: list[float]) -> None:
    ada.browser.post("/account/two-factor/begin")
    for code, password in (("000000", PASSWORD), (code_of(ada, clock), "wrong password"), ("", "")):
        answer = ada.browser.post("/account/two-factor/confirm", data={"code": code, "password": password})
        assert answer.status_code == 422
    assert not ada.user.has_second_factor


def test_once_it_is_on_nobody_reads_the_secret_and_off_takes_the_password(ada: Person, clock: list[float]) -> None:
    switch_on(ada, clock)
    assert ada.browser.get("/account/two-factor/qr.png").status_code == 404
    assert ada.user.totp_secret not in ada.browser.get("/account/two-factor").text
    assert ada.browser.post("/account/two-factor/off", data={"off-password": "wrong"}).status_code == 422
    assert ada.user.has_second_factor
    assert ada.browser.post("/account/two-factor/codes", data={"codes-password": PASSWORD}).status_code == 200
    ada.browser.post("/account/two-factor/off", data={"off-password": PASSWORD})
    assert (ada.user.has_second_factor, ada.user.totp_secret) == (False, None)


def test_the_owner_is_told_of_each_change(ada: Person, root: Person, clock: list[float], settings: Settings) -> None:
    ada.api("POST", "/account/two-factor")
    ada.api("POST", "/account/two-factor/confirm", json={"code": code_of(ada, clock), "password": PASSWORD})
    assert "was switched on." in last_mail(settings, "ada@example.com")
    ada.api("POST", "/account/two-factor/codes", json={"password": PASSWORD})
    assert "was given new recovery codes." in last_mail(settings, "ada@example.com", 2)
    root.api("DELETE", f"/accounts/{ada.id}/two-factor", json={"password": PASSWORD})
    assert "was switched off by root." in last_mail(settings, "ada@example.com", 3)


def test_programs_can_do_the_same(ada: Person, clock: list[float]) -> None:
    begun = ada.api("POST", "/account/two-factor").json
    assert begun["uri"].startswith("otpauth://totp/Descent:ada?secret=")
    body = {"code": code_of(ada, clock), "password": PASSWORD}
    assert len(ada.api("POST", "/account/two-factor/confirm", json=body).json["recovery_codes"]) == 10
    assert ada.user.has_second_factor
    assert ada.api("POST", "/account/two-factor/codes", json={"password": PASSWORD}).status_code == 200
    assert ada.api("DELETE", "/account/two-factor", json={"password": "wrong"}).status_code == 403
    assert ada.api("DELETE", "/account/two-factor", json={"password": PASSWORD}).status_code == 204
