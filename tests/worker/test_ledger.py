"""Checkpoints that are made while the database is away."""

import numpy as np
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from dlcore.events import Checkpoint
from tests.making import running_trial
from webapp.models import Artifact
from webapp.store.storage import storage_of
from worker import checkpoints
from worker.files import Files
from worker.keeper import keep
from worker.ledger import Ledger
from worker.spool import Entry


class Database:
    """The tests' own, which can go away: then it takes no statement, or (once) does not say how a transaction ended."""

    def __init__(self, sessions) -> None:
        self.is_away = self.hangs_up = False
        event.listen(sessions.kw["bind"], "before_cursor_execute", self.refuse)
        event.listen(sessions, "after_commit", self.hang_up)

    def refuse(self, _connection, _cursor, statement, *_rest) -> None:
        if self.is_away:
            raise OperationalError(statement, None, Exception("the database is away"))

    def hang_up(self, _session) -> None:
        if self.hangs_up:
            self.is_away, self.hangs_up = True, False
            raise OperationalError("COMMIT", None, Exception("the connection was lost"))


def nobody(*_):
    """Listens."""


@pytest.fixture
def database(sessions):
    return Database(sessions)


@pytest.fixture
def storage(settings):
    return storage_of(settings)


@pytest.fixture
def trial(sessions):
    return running_trial(sessions)


@pytest.fixture
def ledger(trial, sessions, settings, storage):
    return Ledger(trial, 1, sessions, settings, nobody, storage.discard)


@pytest.fixture
def make(ledger, storage):
    """Makes a checkpoint, whose best weights are those of the same step, as the writer does: first the bytes, then the entries."""
    files = Files(ledger, storage)

    def make(step) -> None:
        weights = np.full(3, step, np.float32)
        made = Checkpoint(step, 0, {"model/w": weights, "best/w": weights}, {"best": {"step": step}})
        assert ledger.keep(files.keep(Entry(float(step), made)))

    return make


def on_disk(settings, kind):
    return sorted(int(path.name[:9]) for path in settings.var.glob(f"artifacts/*/{kind}/*"))


def in_rows(sessions, kind):
    with sessions() as session:
        return sorted(session.scalars(select(Artifact.step).where(Artifact.kind == kind)))


def test_however_long_the_database_is_away_the_last_two_stay_and_the_best(ledger, make, database, sessions, settings):
    make(10)
    make(20)
    database.is_away = True
    for step in range(30, 100, 10):
        make(step)
    assert on_disk(settings, "checkpoint") == [10, 20, 80, 90]
    assert on_disk(settings, "best") == [20, 90]
    database.is_away = False
    make(100)
    for kind, steps in (("checkpoint", [90, 100]), ("best", [100])):
        assert in_rows(sessions, kind) == on_disk(settings, kind) == steps


def test_one_that_is_killed_meanwhile_goes_on_from_the_last_one(
    ledger, make, database, trial, sessions, settings, storage
):
    make(10)
    database.is_away = True
    for step in range(20, 100, 10):
        make(step)
    ledger.let_go()
    database.is_away = False
    with sessions() as session:
        keep(session, settings)
    assert in_rows(sessions, "checkpoint") == on_disk(settings, "checkpoint") == [80, 90]
    assert checkpoints.newest(sessions, storage, trial).arrays["model/w"].tolist() == [90, 90, 90]


def test_one_that_a_row_may_name_stays_until_the_database_says_so(make, database, trial, sessions, settings, storage):
    database.hangs_up = True
    for step in range(10, 60, 10):
        make(step)
    assert on_disk(settings, "checkpoint") == [10, 40, 50]
    database.is_away = False
    assert checkpoints.newest(sessions, storage, trial).step == 10
