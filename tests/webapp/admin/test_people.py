"""What administrators do about people, and what only they may see."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD, Person, Store
from tests.webapp.datasets.files import PETS, sent, zipped
from webapp.datasets import service as datasets
from webapp.models import ApiToken, AuditEntry, Comment, Comparison, Dataset, Experiment, Layout, Login, Role, User, db
from webapp.settings import Settings


def is_in(person: Person) -> bool:
    return person.browser.get("/").status_code == 200


def deeds(store: Store, subject: str) -> list[str]:
    """What is in the audit log about somebody, oldest first."""
    return list(store.scalars(select(AuditEntry.action).where(AuditEntry.subject == subject).order_by(AuditEntry.id)))


def test_roles_are_changed_and_entered(root: Person, ada: Person, store: Store) -> None:
    root.browser.post(f"/admin/people/{ada.id}/role", data={"role": "administrator"})
    assert ada.browser.get("/admin").status_code == 200
    assert root.api("PATCH", f"/accounts/{ada.id}", json={"role": "viewer"}).json["role"] == "viewer"
    assert ada.browser.get("/admin").status_code == 403
    assert root.api("PATCH", f"/accounts/{ada.id}", json={"role": "king"}).status_code == 422
    changes = select(AuditEntry).where(AuditEntry.action == "role.changed").order_by(AuditEntry.id)
    assert [(entry.actor, entry.subject, entry.details) for entry in store.scalars(changes)] == [
        ("root", "ada", {"from": "member", "to": "administrator"}),
        ("root", "ada", {"from": "administrator", "to": "viewer"}),
    ]


def test_who_gives_up_the_role_is_led_home(root: Person, person: Callable[..., Person]) -> None:
    other = person("other", Role.ADMINISTRATOR)
    page = other.browser.post(f"/admin/people/{other.id}/role", data={"role": "member"}, follow_redirects=True)
    assert (page.status_code, page.request.path) == (200, "/")
    assert "other is a member from now on." in page.text


def test_the_last_administrator_stays_one(root: Person, ada: Person) -> None:
    page = root.browser.post(f"/admin/people/{root.id}/role", data={"role": "member"})
    assert (page.status_code, "root is the last administrator" in page.text) == (422, True)
    deactivated = root.browser.post(f"/admin/people/{root.id}/deactivate", follow_redirects=True)
    assert "root is the last administrator" in deactivated.text
    for body in ({"role": "viewer"}, {"active": False}):
        assert root.api("PATCH", f"/accounts/{root.id}", json=body).status_code == 409
    left = root.api("DELETE", "/account", json={"experiments": "delete", "password": PASSWORD})
    assert "last administrator" in left.json["detail"]
    assert left.json["errors"][0]["field"] == "experiments"
    assert (root.user.role, root.user.is_active) == (Role.ADMINISTRATOR, True)
    root.api("PATCH", f"/accounts/{ada.id}", json={"role": "administrator"})
    root.api("PATCH", f"/accounts/{ada.id}", json={"active": False})
    assert root.api("PATCH", f"/accounts/{root.id}", json={"role": "member"}).status_code == 409  # the other is away


def test_who_is_deactivated_is_out_at_once_and_may_come_back(
    app: Flask, root: Person, ada: Person, store: Store
) -> None:
    root.browser.post(f"/admin/people/{ada.id}/deactivate")
    assert not is_in(ada)
    assert ada.api("GET", "/experiments").status_code == 401
    form = {"login": "ada", "password": PASSWORD}
    assert "This account is deactivated" in app.test_client().post("/login", data=form).text
    assert "deactivated" not in app.test_client().post("/login", data={**form, "password": "wrong one"}).text
    root.browser.post(f"/admin/people/{ada.id}/activate")
    assert ada.api("GET", "/experiments").status_code == 200
    assert app.test_client().post("/login", data=form).status_code == 302
    assert deeds(store, "ada")[-4:] == ["login.failed", "login.failed", "account.activated", "login"]


def test_logins_show_device_and_last_use_and_can_be_ended(app: Flask, root: Person, ada: Person) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    elsewhere = app.test_client()
    form = {"login": "ada", "password": PASSWORD}
    elsewhere.post("/login", data=form, headers={"User-Agent": firefox})
    assert "Firefox on Windows" in ada.browser.get("/account").text
    listed = ada.api("GET", "/account/logins").json["logins"]
    (there,) = [login for login in listed if login["device"] == "Firefox on Windows"]
    assert there["last_used_at"] is not None
    assert there["ip"] == "127.0.0.1"
    assert root.browser.post(f"/account/logins/{there['id']}/end").status_code == 404
    ada.browser.post(f"/account/logins/{there['id']}/end")
    assert elsewhere.get("/", headers={"User-Agent": firefox}).location.startswith("/login")
    assert is_in(ada)
    assert "ada" in root.browser.get("/admin/logins").text
    (left,) = ada.api("GET", "/account/logins").json["logins"]
    root.browser.post(f"/admin/logins/{left['id']}/end")
    assert not is_in(ada)


def test_one_logs_out_everywhere(app: Flask, ada: Person) -> None:
    elsewhere = app.test_client()
    elsewhere.post("/login", data={"login": "ada", "password": PASSWORD})
    assert ada.browser.post("/account/logins/end").location == "/login"
    assert elsewhere.get("/").location.startswith("/login")
    assert not is_in(ada)
    assert ada.api("GET", "/me").status_code == 200  # tokens go on


@pytest.fixture
def furnished(ada: Person, grace: Person, submit: Callable[..., Experiment]) -> Experiment:
    """Ada's experiment, on which both said something; a layout and a data set of hers."""
    experiment = submit(ada, "Hers")
    for person in (ada, grace):
        person.api("POST", f"/experiments/{experiment.id}/comments", json={"body": f"By {person.username}"})
    ada.api("POST", "/layouts", json={"name": "Mine"})
    for person in (ada, grace):
        with person.app.app_context():
            user = db.session.get_one(User, person.id)
            pictures = {**PETS} if person is grace else {"pets/cats/only.png": next(iter(PETS.values())), **PETS}
            var = person.app.config["SETTINGS"].var
            datasets.add(db.session(), var, user, sent(pets__zip=zipped(pictures)), "Pets", 1 << 30)
    return experiment


def leave(person: Person, **form: Any) -> Any:
    return person.browser.post("/account/delete", data={"sure": person.username, "password": PASSWORD, **form})


def test_who_leaves_hands_over_and_what_they_said_stays(
    app: Flask, ada: Person, grace: Person, furnished: Experiment, store: Store
) -> None:
    page = ada.browser.get("/account/delete").text
    assert all(words in page for words in ("1 experiment<", "1 data set<", "1 comment<", "1 API token<"))
    assert leave(ada, experiments="hand_over", heir="grace").location == "/login"
    assert store.get_one(Experiment, furnished.id).owner_id == grace.id
    assert sorted(store.scalars(select(Dataset.name).where(Dataset.owner_id == grace.id))) == ["Pets", "Pets (ada)"]
    shown = grace.browser.get(f"/experiments/{furnished.id}/comments").text
    assert "By ada" in shown
    assert "a deleted account" in shown
    gone = store.get_one(User, ada.id)
    assert (gone.username, gone.password_hash, gone.is_active) == (f"~deleted-{ada.id}", None, False)
    for table in (Login, ApiToken, Layout):
        assert store.scalars(select(table).where(table.user_id == ada.id)).all() == []
    assert not is_in(ada)
    assert app.test_client().post("/login", data={"login": "ada", "password": PASSWORD}).status_code == 422
    assert "ada@example.com" not in str(vars(gone))
    assert deeds(store, "ada")[-1] == "account.deleted"


def sharing_of(person: Person, experiment: Experiment) -> tuple[str, list[str]]:
    """Who sees it: its visibility, and the people it is shared with."""
    told = person.api("GET", f"/experiments/{experiment.id}/sharing").json
    return told["visibility"], [share["username"] for share in told["shares"]]


def test_what_was_shared_with_who_leaves_alone_becomes_private(
    ada: Person, grace: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    one, other = submit(ada, "one", visibility="private"), submit(ada, "two", visibility="private")
    for experiment, person in ((one, grace), (other, grace), (other, root)):
        ada.api("PUT", f"/experiments/{experiment.id}/shares", json={"username": person.username})
    leave(grace, experiments="delete")
    assert sharing_of(ada, one) == ("private", [])
    assert sharing_of(ada, other) == ("shared", ["root"])


def test_who_takes_an_experiment_over_owns_it_and_no_more(
    ada: Person, grace: Person, submit: Callable[..., Experiment]
) -> None:
    experiment = submit(ada, visibility="private")
    ada.api("PUT", f"/experiments/{experiment.id}/shares", json={"username": "grace"})
    leave(ada, experiments="hand_over", heir="grace")
    assert sharing_of(grace, experiment) == ("private", [])


def keep_comparison(person: Person, ids: list[int], notes: str) -> str:
    """The address of a new one that is called Paper."""
    answer = person.api("POST", "/comparisons", json={"name": "Paper", "ids": ids, "notes": notes})
    assert answer.status_code == 201, answer.text
    return str(answer.json["url"])


def test_comparisons_are_handed_over_with_notes_and_address(
    ada: Person, grace: Person, submit: Callable[..., Experiment], store: Store
) -> None:
    ids = [submit(grace, title).id for title in ("one", "two")]
    keep_comparison(grace, ids, "hers")
    address = keep_comparison(ada, ids, "weeks of work")
    changed = store.scalars(select(Comparison.updated_at).where(Comparison.owner_id == ada.id)).one()
    assert "1 saved comparison<" in ada.browser.get("/account/delete").text
    assert leave(ada, experiments="hand_over", heir="grace").location == "/login"
    kept = store.scalars(select(Comparison).where(Comparison.owner_id == grace.id)).all()
    assert {one.name: one.notes for one in kept} == {"Paper": "hers", "Paper (ada)": "weeks of work"}
    assert changed in [one.updated_at for one in kept]
    assert "weeks of work" in grace.browser.get(address, follow_redirects=True).text


def test_or_all_of_theirs_is_deleted(
    root: Person, ada: Person, grace: Person, furnished: Experiment, store: Store, settings: Settings
) -> None:
    form = {"sure": "ada", "password": PASSWORD, "experiments": "delete"}
    assert root.browser.post(f"/admin/people/{ada.id}/delete", data=form).location == "/admin"
    assert store.get(Experiment, furnished.id) is None
    assert store.scalars(select(Dataset.owner_id)).all() == [grace.id]
    assert len(list((settings.var / "data" / "uploads").iterdir())) == 1
    assert store.scalars(select(Comment)).all() == []  # they were on the experiment
    assert [person["username"] for person in root.api("GET", "/accounts").json["accounts"]] == ["grace", "root"]
    assert root.browser.get(f"/admin/people/{ada.id}").status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"experiments": "delete", "sure": "grace"}, "not the username"),
        ({"experiments": "delete", "password": "wrong"}, "not your password"),
        ({"experiments": "hand_over", "heir": ""}, "name an account"),
        ({"experiments": "hand_over", "heir": "nobody"}, "no account “nobody”"),
        ({"experiments": "hand_over", "heir": "ada"}, "cannot take experiments"),
        ({"experiments": "hand_over", "heir": "looker"}, "cannot take experiments"),
        ({}, "choose what becomes"),
    ],
)
def test_nothing_is_lost_by_a_mistake(
    person: Callable[..., Person], ada: Person, furnished: Experiment, store: Store, form: Any, words: str
) -> None:
    person("looker", Role.VIEWER)
    answer = leave(ada, **form)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert store.get_one(Experiment, furnished.id).owner_id == ada.id
    assert is_in(ada)


PAGES = ["", "/people/1", "/people/1/delete", "/invitations", "/logins", "/audit", "/audit/export", "/mail"]
CALLS = ["/accounts", "/accounts/1", "/accounts/1/logins", "/invitations", "/registration", "/audit", "/audit/export"]


def test_nobody_else_comes_to_the_administrators_pages(root: Person, ada: Person) -> None:
    for path in PAGES:
        assert ada.browser.get(f"/admin{path}").status_code == 403, path
        assert root.browser.get(f"/admin{path}").status_code == 200, path
    for path in CALLS:
        assert ada.api("GET", path).status_code == 403, path
        assert root.api("GET", path).status_code == 200, path
    for path in ("role", "deactivate", "activate", "logins/end", "two-factor/off", "reset", "delete"):
        assert ada.browser.post(f"/admin/people/{root.id}/{path}", data={"role": "viewer"}).status_code == 403, path
    assert root.user.role == Role.ADMINISTRATOR
    assert "Administration" not in ada.browser.get("/").text
    assert "Administration" in root.browser.get("/").text


def test_a_persons_page_has_what_is_entered_about_them_and_nobody_else(
    root: Person, person: Callable[..., Person]
) -> None:
    ann = person("ann")
    person("joanna")
    page = root.browser.get(f"/admin/people/{ann.id}").text
    assert 'data-label="To">ann</td>' in page
    assert "joanna" not in page
    link = re.search(r'href="([^"]+)">All of it', page)
    assert link
    whole = root.browser.get(unescape(link[1])).text
    assert 'data-label="To">ann</td>' in whole
    assert "joanna" not in whole


def test_where_mails_lie_is_shown(root: Person, settings: Settings) -> None:
    assert "Sent to root@example.com" in root.browser.post("/admin/mail/try", follow_redirects=True).text
    page = root.browser.get("/admin/mail").text
    assert str(settings.var / "mail") in page
    assert "A mail from Descent" in page


def test_an_administrators_program_tries_the_mail_settings_and_hears_why_they_do_not_work(
    ada: Person, root: Person, settings: Settings
) -> None:
    assert ada.api("POST", "/mail/try").status_code == 403
    assert root.api("POST", "/mail/try").json == {"sent_to": "root@example.com"}
    folder = settings.var / "mail"
    (written,) = folder.iterdir()
    assert "A mail from Descent" in written.read_text()
    written.unlink()
    folder.rmdir()
    folder.write_text("in the way")
    answer = root.api("POST", "/mail/try")
    assert answer.status_code == 409
    assert answer.json["detail"]
