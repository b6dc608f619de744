"""How the database is opened."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from webapp.backup.writing import moment
from webapp.store import database
from webapp.store.database import open_sessions

SHOW = text("SHOW idle_in_transaction_session_timeout")


@pytest.fixture
def url(postgres_url: str) -> str:
    return postgres_url.replace("postgresql://", "postgresql+psycopg://")


def test_a_transaction_that_nobody_goes_on_with_is_ended_and_its_locks_with_it(url, monkeypatch):
    monkeypatch.setattr(database, "IDLE_TRANSACTION_MS", 100)
    cut_off, others = open_sessions(url), open_sessions(url)
    with cut_off() as session:
        session.execute(text("CREATE TABLE held (id int)"))
        session.execute(text("INSERT INTO held VALUES (1)"))
        session.commit()
        session.execute(text("UPDATE held SET id = 2"))
        with others() as other:
            other.execute(text("UPDATE held SET id = 3"))  # waits until the server has ended the first transaction
            other.commit()
            assert other.execute(text("SELECT id FROM held")).scalar() == 3
        with pytest.raises(OperationalError):
            session.execute(text("SELECT 1"))


def test_a_backup_may_take_its_time(url):
    with create_engine(url, poolclass=NullPool).connect() as usual:
        assert usual.execute(SHOW).scalar() == "15s"
    with moment(create_engine(url, poolclass=NullPool)) as connection:
        assert connection.execute(SHOW).scalar() == "0"
