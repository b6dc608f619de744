"""Who may make an account, and invitations."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import PASSWORD, Person, Store
from tests.webapp.auth.mails import last_mail
from webapp.app import create_app
from webapp.models import Invitation, Role, User, db, now
from webapp.settings import Settings

FORM = {"username": "new", "email": "new@example.com", "password": PASSWORD}


def invite(root: Person, **body: Any) -> str:
    """The path of a new invitation's link."""
    answer = root.api("POST", "/invitations", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["link"]).removeprefix("http://localhost")


def test_an_invitation_makes_one_account_of_its_role(app: Flask, root: Person, store: Store) -> None:
    path = invite(root, role="viewer")
    assert "root invites you as a viewer" in app.test_client().get(path).text
    assert app.test_client().post(path, data={**FORM, "username": "root"}).status_code == 422  # uses nothing up
    browser = app.test_client()
    assert browser.post(path, data=FORM).location == "/"
    assert browser.get("/").status_code == 200
    assert store.scalars(select(User.role).where(User.username == "new")).one() == "viewer"
    second = app.test_client().post(path, data={**FORM, "username": "other", "email": "other@example.com"})
    assert (second.status_code, "worth nothing any more" in second.text) == (404, True)
    (listed,) = root.api("GET", "/invitations").json["invitations"]
    assert (listed["state"], listed["used_by"]) == ("used", "new")
    assert path.rsplit("/", 1)[1] not in str([vars(row) for row in store.scalars(select(Invitation))])


def test_an_invitation_expires_and_can_be_revoked(app: Flask, root: Person, store: Store) -> None:
    first, second = invite(root, days=1), invite(root)
    store.execute(update(Invitation).where(Invitation.id == 1).values(expires_at=now() - timedelta(seconds=1)))
    store.commit()
    assert app.test_client().post(first, data=FORM).status_code == 404
    root.browser.post("/admin/invitations/2/revoke")
    assert app.test_client().post(second, data=FORM).status_code == 404
    assert [row["state"] for row in root.api("GET", "/invitations").json["invitations"]] == ["revoked", "expired"]


def test_an_invitation_is_worth_as_much_as_who_made_it(app: Flask, root: Person, person: Callable[..., Person]) -> None:
    other = person("other", Role.ADMINISTRATOR)
    path = invite(other, role="administrator")
    root.api("PATCH", f"/accounts/{other.id}", json={"role": "member"})
    assert app.test_client().post(path, data=FORM).status_code == 404
    assert root.api("GET", "/invitations").json["invitations"][0]["state"] == "void"


def test_an_invitation_is_mailed(app: Flask, root: Person, settings: Settings) -> None:
    page = root.browser.post("/admin/invitations", data={"role": "member", "email": "new@example.com", "days": "3"})
    link = page.text.split('id="invitation-link">')[1].split("<")[0]
    text = last_mail(settings, "new@example.com")
    assert link in text
    assert "within 3 days" in text
    assert 'value="new@example.com"' in app.test_client().get(link.removeprefix("http://localhost")).text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"role": "king", "days": "7"}, "role"),
        ({"role": "member", "days": "91"}, "1 to 90 days"),
        ({"role": "member", "days": "x"}, "days"),
        ({"role": "member", "days": "7", "email": "nonsense"}, "not an e-mail address"),
        ({"role": "member", "days": "7", "email": "Root@example.com"}, "root has an account with this address"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(root: Person, store: Store, form: dict[str, str], words: str) -> None:
    answer = root.browser.post("/admin/invitations", data=form)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert store.scalars(select(Invitation)).all() == []


def test_administrators_choose_who_may_register(app: Flask, root: Person) -> None:
    invitation = invite(root)
    root.browser.post("/admin/registration", data={"registration": "invited"})
    refused = app.test_client().post("/register", data=FORM)
    assert (refused.status_code, "made by invitation" in refused.text) == (403, True)
    assert app.test_client().get(invitation).status_code == 200
    assert root.api("PUT", "/registration", json={"registration": "closed"}).json == {"registration": "closed"}
    waiting = app.test_client().get(invitation)
    assert (waiting.status_code, "Your invitation waits until then" in waiting.text) == (404, True)
    assert root.api("PUT", "/registration", json={"registration": "ajar"}).status_code == 422
    root.api("PUT", "/registration", json={"registration": "open"})
    assert app.test_client().post("/register", data=FORM).status_code == 302


def test_the_environment_says_it_until_somebody_chooses(settings: Settings, root: Person) -> None:
    closed = create_app(settings.model_copy(update={"registration": "closed"}), WTF_CSRF_ENABLED=False)
    assert "No new accounts" in closed.test_client().get("/register").text
    root.api("PUT", "/registration", json={"registration": "open"})
    root.api("PUT", "/registration", json={"registration": "invited"})
    assert "By invitation" in closed.test_client().get("/register").text
    with closed.app_context():
        db.engine.dispose()
