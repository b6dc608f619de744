"""Two people who register on an empty instance at the same moment: one of them manages it."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from webapp.auth.service import create_user
from webapp.models import Role, User


def test_one_of_two_first_accounts_becomes_administrator(sessions: sessionmaker[Session]) -> None:
    before_either_commits = Barrier(2, timeout=1)

    def wait(_session: Session) -> None:
        with suppress(BrokenBarrierError):
            before_either_commits.wait()

    def register(name: str) -> None:
        with sessions() as session:
            event.listen(session, "before_commit", wait)
            create_user(session, name, f"{name}@example.com", None)

    threads = [Thread(target=register, args=(name,)) for name in ("ada", "grace")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with sessions() as session:
        assert sorted(session.scalars(select(User.role))) == [Role.ADMINISTRATOR, Role.MEMBER]
