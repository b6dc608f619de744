"""Training while the database is away, with and without a worker that is killed meanwhile, and on a disk that fills."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import redis
import torch
from sqlalchemy import select, update

from dlcore.events import Progress, Scalars, Text
from tests.faults.scene import Scene
from tests.making import make_trial, points, running_trial, state_of
from tests.services import postgres_binary
from tests.waiting import wait_until
from tests.worker.curves_of import LONG, assert_same_curves, expected_curves, stored_curves
from webapp.models import LogLine, State, Trial, now
from webapp.settings import ROOT
from webapp.store import leases, live
from webapp.store.curves import StaleAttempt
from worker import spool
from worker.keeper import keep
from worker.ledger import Ledger
from worker.runner import run_trial
from worker.spool import Entry
from worker.writer import never

SPEC = LONG | {"epochs": 400}
needs_postgres = pytest.mark.skipif(not postgres_binary("initdb"), reason="no PostgreSQL server is installed here")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def scene():
    with tempfile.TemporaryDirectory(prefix="ds") as folder, Scene(Path(folder), postgres=True) as made:
        made.client = redis.Redis.from_url(made.settings.redis_url)
        yield made


@pytest.fixture
def told(scene):
    """What those who watch were told of the database, by any trial."""

    def find(trial_id):
        return [payload["away"] for _, kind, payload in live.entries(scene.client, trial_id) if kind == "store"]

    return find


def start_database(scene) -> None:
    while scene.processes["database"].poll() is not None:
        scene.start_again_what_died()
        scene.wait_for_stores()


def wait_until_it_trains(scene, trial_id) -> None:
    wait_until(lambda: step_of(scene, trial_id) > 500, "the trial to train", 60)


def step_of(scene, trial_id) -> int:
    with scene.sessions() as session:
        return session.get_one(Trial, trial_id).step


def run_in_thread(scene, trial_id) -> threading.Thread:
    thread = threading.Thread(target=run_trial, args=(trial_id, scene.sessions, scene.client, scene.settings, never))
    thread.start()
    return thread


@needs_postgres
def test_a_trial_trains_on_while_the_database_is_away_and_its_curves_catch_up(scene, told):
    trial_id = make_trial(scene.sessions, SPEC)
    thread = run_in_thread(scene, trial_id)
    wait_until_it_trains(scene, trial_id)
    scene.kill("database")
    wait_until(lambda: spool.usage(scene.settings.var) > 50_000, "the spool to fill", 60)
    start_database(scene)
    thread.join(60)
    with scene.sessions() as session:
        trial = session.get_one(Trial, trial_id)
    assert (trial.state, trial.attempt) == ("completed", 1)
    assert_same_curves(stored_curves(scene.sessions, trial_id), expected_curves(SPEC))
    assert told(trial_id) == ["database", None]
    assert spool.usage(scene.settings.var) == 0


@needs_postgres
def test_what_a_killed_worker_had_spooled_is_written_before_another_goes_on(scene):
    trial_id = make_trial(scene.sessions, SPEC | {"epochs": 100_000})
    environment = {
        **os.environ,
        "DESCENT_VAR": str(scene.settings.var),
        "DATABASE_URL": scene.settings.database_url,
        "REDIS_URL": scene.settings.redis_url,
    }
    worker = subprocess.Popen([sys.executable, "-m", "worker.run", str(trial_id)], cwd=ROOT, env=environment)
    wait_until_it_trains(scene, trial_id)
    scene.kill("database")
    wait_until(lambda: spool.usage(scene.settings.var) > 20_000, "the spool to fill", 60)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    ((_, _, left),) = spool.left_behind(scene.settings.var)
    told = [entry.event for entries in left.batches() for entry in entries]
    spooled = max(event.step for event in told if isinstance(event, Progress))
    logged = max(event.steps[-1] for event in told if isinstance(event, Scalars) and event.key == "train/loss")
    left.close()
    start_database(scene)
    with scene.sessions() as session:
        keep(session, scene.settings)
    assert step_of(scene, trial_id) == spooled
    steps, _ = stored_curves(scene.sessions, trial_id)["train/loss"]
    assert steps.tolist() == list(range(1, logged + 1))
    assert state_of(scene.sessions, trial_id) is State.QUEUED
    assert spool.usage(scene.settings.var) == 0


def nobody(*_):
    """Listens."""


def spooled_ledger(scene, trial_id) -> Ledger:
    """A ledger whose database was away when it kept ten points and a line."""
    ledger = Ledger(trial_id, 1, scene.sessions, scene.settings, nobody, nobody)
    scene.kill("database")
    assert ledger.keep([Entry(1.0, points("train/loss", 1, 10)), Entry(1.5, Text("hello"))])
    start_database(scene)
    return ledger


@needs_postgres
def test_what_was_spooled_is_refused_when_another_attempt_was_first(scene):
    trial_id = running_trial(scene.sessions)
    ledger = spooled_ledger(scene, trial_id)
    with scene.sessions() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(lease_until=now() - timedelta(seconds=1)))
        session.commit()
        assert leases.claim(session, trial_id, "another", 60) == 2
    with pytest.raises(StaleAttempt):
        ledger.keep([Entry(2.0, points("train/loss", 11, 10))])
    assert stored_curves(scene.sessions, trial_id) == {}
    assert spool.usage(scene.settings.var) == 0


@needs_postgres
def test_a_spool_that_is_written_twice_doubles_nothing(scene, monkeypatch):
    trial_id = running_trial(scene.sessions)
    ledger = spooled_ledger(scene, trial_id)
    with monkeypatch.context() as killed:
        killed.setattr(spool.Spool, "forget", lambda _: killed_before_it_was_taken_away())
        with pytest.raises(KeyboardInterrupt):
            ledger.catch_up()
    ledger.catch_up()
    assert stored_curves(scene.sessions, trial_id)["train/loss"][0].tolist() == list(range(1, 11))
    with scene.sessions() as session:
        assert session.scalars(select(LogLine.message).where(LogLine.trial_id == trial_id)).all() == ["hello"]


def killed_before_it_was_taken_away():
    raise KeyboardInterrupt


@needs_postgres
def test_when_the_spool_is_full_training_waits_and_nothing_is_lost(scene):
    trial_id = running_trial(scene.sessions)
    ledger = Ledger(trial_id, 1, scene.sessions, scene.settings.model_copy(update={"spool_mib": 0}), nobody, nobody)
    entries = [Entry(1.0, points("train/loss", 1, 10))]
    scene.kill("database")
    assert not ledger.keep(entries)
    start_database(scene)
    assert ledger.keep(entries)
    assert len(stored_curves(scene.sessions, trial_id)["train/loss"][0]) == 10


@needs_postgres
def test_a_message_that_comes_again_while_its_trial_runs_does_nothing(scene):
    trial_id = make_trial(scene.sessions, SPEC | {"epochs": 100})
    first = run_in_thread(scene, trial_id)
    wait_until(lambda: state_of(scene.sessions, trial_id) is State.RUNNING, "the trial to run")
    second = run_in_thread(scene, trial_id)
    second.join(30)
    assert state_of(scene.sessions, trial_id) is State.RUNNING
    first.join(60)
    with scene.sessions() as session:
        trial = session.get_one(Trial, trial_id)
    assert (trial.state, trial.attempt) == ("completed", 1)
