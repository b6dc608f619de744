"""Another password and another address, by links in mails."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from tests.conftest import PASSWORD, Person, Store
from tests.waiting import wait_until
from tests.webapp.auth.mails import last_mail, mails, path_in
from webapp.auth import mailed_links
from webapp.auth.service import AccountProblem, create_user, find_user
from webapp.models import AuditEntry, MailLink, User, now
from webapp.settings import Settings

NEW = "another long password"


def ask_for_reset(app: Flask, login: str, **rest: object) -> str:
    answer = app.test_client().post("/password/forgotten", data={"login": login}, **rest)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.text


def is_in(person: Person) -> bool:
    return person.browser.get("/").status_code == 200


def test_a_forgotten_password_is_replaced_and_all_logins_end(app: Flask, ada: Person, settings: Settings) -> None:
    ask_for_reset(app, "ada")
    path = path_in(last_mail(settings, "ada@example.com"))
    browser = app.test_client()
    assert "Another password for ada" in browser.get(path).text
    refused = browser.post(path, data={"password": "short"})
    assert (refused.status_code, "8 to 200 characters" in refused.text) == (422, True)
    assert browser.post(path, data={"password": NEW}).location == "/login"
    assert not is_in(ada)
    assert browser.post("/login", data={"login": "ada", "password": PASSWORD}).status_code == 422
    assert browser.post("/login", data={"login": "ada", "password": NEW}).status_code == 302
    assert "password" in last_mail(settings, "ada@example.com", 2)


def test_a_reset_link_works_once_and_for_an_hour(app: Flask, ada: Person, settings: Settings, store: Store) -> None:
    ask_for_reset(app, "ada@example.com")
    first = path_in(last_mail(settings, "ada@example.com"))
    ask_for_reset(app, "ada")
    second = path_in(last_mail(settings, "ada@example.com", 2))
    assert app.test_client().get(first).status_code == 404  # a newer one took its place
    store.execute(update(MailLink).values(expires_at=now() - timedelta(seconds=1)))
    store.commit()
    assert app.test_client().post(second, data={"password": NEW}).status_code == 404
    store.execute(update(MailLink).values(expires_at=now() + timedelta(hours=1)))
    store.commit()
    assert app.test_client().post(second, data={"password": NEW}).status_code == 302
    assert app.test_client().post(second, data={"password": NEW + "!"}).status_code == 404
    assert app.test_client().get("/password/reset/nonsense").status_code == 404


def test_the_answer_tells_nobody_whether_there_is_an_account(
    app: Flask, ada: Person, settings: Settings, store: Store
) -> None:
    known, unknown = ask_for_reset(app, "ada"), ask_for_reset(app, "nobody")
    assert known.split("<main")[1] == unknown.split("<main")[1]
    last_mail(settings, "ada@example.com")
    asked = select(AuditEntry.subject).where(AuditEntry.action == "password.forgotten")
    wait_until(lambda: sorted(store.scalars(asked)) == ["ada", "an unknown account"], "both entries")
    assert len(list((settings.var / "mail").glob("*.eml"))) == 1


def test_it_is_entered_which_administrator_had_a_link_mailed(
    ada: Person, root: Person, settings: Settings, store: Store
) -> None:
    root.browser.post(f"/admin/people/{ada.id}/reset")
    last_mail(settings, "ada@example.com")
    root.api("POST", f"/accounts/{ada.id}/reset")
    last_mail(settings, "ada@example.com", 2)
    asked = store.scalars(select(AuditEntry).where(AuditEntry.action == "password.forgotten")).all()
    assert [(entry.actor, entry.subject, entry.ip) for entry in asked] == [("root", "ada", "127.0.0.1")] * 2


def test_no_link_is_mailed_to_somebody_who_is_deactivated(ada: Person, root: Person, settings: Settings) -> None:
    root.browser.post(f"/admin/people/{ada.id}/deactivate")
    page = root.browser.post(f"/admin/people/{ada.id}/reset", follow_redirects=True).text
    assert "ada is deactivated, so no link is mailed" in page
    assert root.api("POST", f"/accounts/{ada.id}/reset").status_code == 409
    assert not list((settings.var / "mail").glob("*.eml"))


def test_a_link_does_not_lead_where_the_request_says(app: Flask, ada: Person, settings: Settings) -> None:
    ask_for_reset(app, "ada", headers={"Host": "evil.example"})
    assert "evil.example" not in last_mail(settings, "ada@example.com")


def test_asking_is_slowed_down(app: Flask, ada: Person) -> None:
    codes = [app.test_client().post("/password/forgotten", data={"login": "ada"}).status_code for _ in range(7)]
    assert codes[5:] == [429, 429]
    refused = app.test_client().post("/password/forgotten", data={"login": "ada"})
    assert "wait up to an hour" in refused.text
    assert int(refused.headers["Retry-After"]) > 60


def change_address(ada: Person, address: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = ada.browser.post("/account/address", data={"email": address, "address_password": password})
    return answer.status_code, answer.text


def test_an_address_is_theirs_once_it_is_confirmed_and_the_old_one_is_told(
    app: Flask, ada: Person, settings: Settings
) -> None:
    assert change_address(ada, "new@example.com")[0] == 302
    assert ada.user.email == "ada@example.com"
    assert "new@example.com</strong> waits" in ada.browser.get("/account").text
    path = path_in(last_mail(settings, "new@example.com"))
    elsewhere = app.test_client()
    assert "new@example.com" in elsewhere.get(path).text
    assert ada.user.email == "ada@example.com"  # looking is not confirming
    assert elsewhere.post(path).status_code == 302
    assert ada.user.email == "new@example.com"
    assert "new@example.com" in last_mail(settings, "ada@example.com")
    assert elsewhere.post(path).status_code == 404


def test_an_address_that_somebody_takes_at_that_moment_is_not_theirs(sessions: sessionmaker[Session]) -> None:
    with sessions() as session, sessions() as meanwhile:
        user = create_user(session, "ada", "ada@example.com", None)
        secret = mailed_links.issue(session, user, mailed_links.ADDRESS, timedelta(days=1), "new@example.com")
        link = mailed_links.find(session, mailed_links.ADDRESS, secret)
        assert link is not None

        def take_it(executed: ORMExecuteState) -> None:
            if executed.is_delete and find_user(meanwhile, "quick") is None:
                create_user(meanwhile, "quick", "new@example.com", None)

        event.listen(session, "do_orm_execute", take_it)
        with pytest.raises(AccountProblem, match="account with this e-mail address"):
            mailed_links.confirm_address(session, link)
        assert session.get_one(User, user.id).email == "ada@example.com"


def test_without_a_mail_server_nobody_waits_for_a_mail(app: Flask, ada: Person) -> None:
    assert "ask one for it" in ask_for_reset(app, "ada")
    data = {"email": "other@example.com", "address_password": PASSWORD}
    page = ada.browser.post("/account/address", data=data, follow_redirects=True).text
    assert "the one to other@example.com is a file, which an administrator finds by the page Mail" in page


@pytest.mark.parametrize("by_program", [False, True])
def test_the_owner_is_told_of_another_password(ada: Person, settings: Settings, by_program: bool) -> None:
    change = {"current": PASSWORD, "password": NEW}
    if by_program:
        assert ada.api("POST", "/account/password", json=change).status_code == 204
    else:
        assert ada.browser.post("/account/password", data=change).status_code == 302
    assert "Your password for Descent was changed" in last_mail(settings, "ada@example.com")


def test_another_password_ends_all_links_that_were_mailed_before(app: Flask, ada: Person, settings: Settings) -> None:
    change_address(ada, "thief@example.com")
    ask_for_reset(app, "ada")
    links = [path_in(last_mail(settings, address)) for address in ("thief@example.com", "ada@example.com")]
    ada.browser.post("/account/password", data={"current": PASSWORD, "password": NEW})
    assert [app.test_client().post(link, data={"password": "a third one"}).status_code for link in links] == [404, 404]
    assert ada.user.email == "ada@example.com"


def test_another_password_by_a_link_ends_an_address_that_waits(app: Flask, ada: Person, settings: Settings) -> None:
    change_address(ada, "thief@example.com")
    ask_for_reset(app, "ada")
    app.test_client().post(path_in(last_mail(settings, "ada@example.com")), data={"password": NEW})
    assert app.test_client().post(path_in(last_mail(settings, "thief@example.com"))).status_code == 404
    assert ada.user.email == "ada@example.com"


@pytest.mark.parametrize(
    ("address", "password", "words"),
    [
        ("new@example.com", "wrong password", "not your password"),
        ("grace@example.com", PASSWORD, "account with this e-mail address"),
        ("ada@example.com", PASSWORD, "your address already"),
        ("nonsense", PASSWORD, "not an e-mail address"),
    ],
)
def test_an_address_that_cannot_be_theirs_is_refused(
    ada: Person, grace: Person, settings: Settings, address: str, password: str, words: str
) -> None:
    status, text = change_address(ada, address, password)
    assert (status, words in text) == (422, True)
    assert mails(settings, address) == []


def test_an_address_that_somebody_took_meanwhile_is_not_theirs(
    app: Flask, ada: Person, grace: Person, settings: Settings
) -> None:
    change_address(ada, "new@example.com")
    change_address(grace, "new@example.com")
    first, second = (path_in(text) for text in mails(settings, "new@example.com"))
    app.test_client().post(first)
    answer = app.test_client().post(second, follow_redirects=True)
    assert "There is an account with this e-mail address already" in answer.text
    assert (ada.user.email, grace.user.email) == ("new@example.com", "grace@example.com")
