"""Two administrators who demote each other at the same moment: one of them stays."""

from threading import Barrier, Thread

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from webapp.auth import people
from webapp.auth.service import AccountProblem, create_user
from webapp.models import Role, User


def test_one_administrator_is_left(sessions: sessionmaker[Session]) -> None:
    for round_number in range(3):
        with sessions() as session:
            names = [f"{name}-{round_number}" for name in ("ada", "grace")]
            for name in names:
                create_user(session, name, f"{name}@example.com", None, Role.ADMINISTRATOR)
        demote_each_other(sessions, names)
        with sessions() as session:
            left = session.scalars(select(User).where(User.role == Role.ADMINISTRATOR.value)).all()
            assert len(left) == 1
            left[0].role = Role.MEMBER.value  # makes room for the next round
            session.commit()


def demote_each_other(sessions: sessionmaker[Session], names: list[str]) -> None:
    together, refused = Barrier(2), list[str]()

    def demote(actor_name: str, name: str) -> None:
        with sessions() as session:
            actor, user = (
                session.scalars(select(User).where(User.username == one)).one() for one in (actor_name, name)
            )
            together.wait()
            try:
                people.change_role(session, actor, user, "member")
            except AccountProblem as problem:
                refused.append(problem.message)

    threads = [Thread(target=demote, args=pair) for pair in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 1
