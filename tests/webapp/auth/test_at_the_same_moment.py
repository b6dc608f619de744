"""What two people do about accounts at the same moment: nothing is lost, and each deed is entered once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import PASSWORD, Person, full_spec
from webapp.auth import farewell, people, registration
from webapp.auth.service import AccountProblem, create_user
from webapp.models import AuditEntry, Experiment, InstanceChoice, Login, Role, User


def at_once(sessions: sessionmaker[Session], *deeds: Callable[[Session], object]) -> list[str]:
    """Why those that were refused were."""
    together, refused = Barrier(len(deeds)), list[str]()

    def do(deed: Callable[[Session], object]) -> None:
        with sessions() as session:
            together.wait()
            try:
                deed(session)
            except AccountProblem as problem:
                refused.append(problem.message)

    threads = [Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return refused


def named(session: Session, username: str) -> User:
    return session.execute(select(User).where(User.username == username)).scalar_one()


def make(session: Session, username: str, role: Role = Role.MEMBER) -> User:
    return create_user(session, username, f"{username}@example.com", None, role)


def leave(heir: str) -> Callable[[Session], object]:
    """Whoever is not the heir hands over to them, asked for by root."""

    def deed(session: Session) -> None:
        leaver = {"ada": "grace", "grace": "ada"}[heir]
        farewell.delete_account(session, named(session, "root"), named(session, leaver), "hand_over", heir)

    return deed


def test_two_who_leave_cannot_hand_over_to_each_other(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        make(session, "root", Role.ADMINISTRATOR)
        for name in ("ada", "grace"):
            session.add(Experiment(owner=make(session, name), title="Of theirs", spec=full_spec()))
        session.commit()
    assert at_once(sessions, leave("ada"), leave("grace"))
    with sessions() as session:
        owners = session.scalars(select(User).join(Experiment, Experiment.owner_id == User.id)).all()
        assert len(owners) == 2
        assert {owner.deleted_at for owner in owners} == {None}


def test_an_heir_who_is_deactivated_meanwhile_gets_nothing(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        root, ada, grace = make(session, "root", Role.ADMINISTRATOR), make(session, "ada"), make(session, "grace")
        session.add(Experiment(owner=ada, title="Of hers", spec=full_spec()))
        session.commit()
        heir = farewell.heir_of(session, ada, "grace")
        people.deactivate(session, root, grace)
        with pytest.raises(AccountProblem, match="cannot take experiments"):
            farewell.hold(session, heir)
        assert session.scalars(select(Experiment.owner_id)).all() == [ada.id]


def test_who_was_deactivated_before_stays_so_where_a_deletion_breaks_off(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions() as session:
        root, ada, grace = make(session, "root", Role.ADMINISTRATOR), make(session, "ada"), make(session, "grace")
        people.deactivate(session, root, ada)
        found = farewell.heir_of

        def meanwhile(*given: object) -> User:
            heir = found(*given)  # type: ignore[arg-type]
            people.deactivate(session, root, grace)
            return heir

        monkeypatch.setattr(farewell, "heir_of", meanwhile)
        with pytest.raises(AccountProblem, match="cannot take"):
            farewell.delete_account(session, root, ada, "hand_over", "grace")
        assert not ada.is_active


def test_of_two_who_choose_registration_for_the_first_time_both_are_heard(
    sessions: sessionmaker[Session], app: Flask
) -> None:
    with sessions() as session:
        make(session, "root", Role.ADMINISTRATOR)

    def choose(mode: str) -> Callable[[Session], object]:
        def deed(session: Session) -> None:
            with app.app_context():
                registration.choose_mode(session, named(session, "root"), mode)

        return deed

    assert at_once(sessions, *map(choose, ("closed", "invited", "open", "closed"))) == []
    with sessions() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert session.get_one(InstanceChoice, "registration").value in registration.MODES
        assert last is None or last.action == "registration.changed"


def test_what_is_clicked_twice_is_entered_once(sessions: sessionmaker[Session], app: Flask) -> None:
    with sessions() as session:
        make(session, "root", Role.ADMINISTRATOR)
        make(session, "ada")

    def twice(deed: Callable[[Session, User, User], object]) -> None:
        both = [lambda session: deed(session, named(session, "root"), named(session, "ada"))] * 2
        assert at_once(sessions, *both) == []

    twice(people.deactivate)
    twice(lambda session, root, ada: farewell.delete_account(session, root, ada, "hand_over", "root"))
    with sessions() as session:
        entered = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert entered == ["account.deactivated", "account.deleted"]


def test_a_login_that_two_end_is_entered_once(app: Flask, root: Person, ada: Person, store: Session) -> None:
    found = store.scalars(select(Login).where(Login.user_id == ada.id)).all()
    other = app.test_client()
    other.post("/login", data={"login": "root", "password": PASSWORD})
    together = Barrier(2)

    def end(browser: object) -> None:
        together.wait()
        browser.post(f"/admin/logins/{found[0].id}/end")  # type: ignore[attr-defined]

    threads = [Thread(target=end, args=(browser,)) for browser in (root.browser, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    count = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "login.ended")
    assert store.execute(count).scalar_one() == 1
