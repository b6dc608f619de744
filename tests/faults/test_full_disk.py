"""A disk that fills while a trial trains: a small one of its own, with the database, the artifacts and the spool on it."""

import subprocess
import threading

import pytest
import torch
from sqlalchemy import update

from tests.making import make_trial, state_of
from tests.waiting import wait_until
from tests.worker.curves_of import LONG, assert_same_curves, expected_curves, stored_curves
from webapp.models import State, Trial, db
from webapp.settings import Settings
from webapp.store.database import open_sessions
from worker import reserve
from worker.runner import run_trial
from worker.writer import never

SPEC = LONG | {"epochs": 300, "monitor": {"every_steps": 10, "pictures_every_epochs": 1}}


@pytest.fixture
def disk(tmp_path):
    """A folder that holds 16 MiB."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def test_a_trial_pauses_with_a_sentence_and_goes_on_bit_for_bit_when_there_is_room(disk):
    torch.set_num_threads(1)
    settings = Settings(DESCENT_VAR=disk)
    sessions = open_sessions(settings.database)
    db.metadata.create_all(sessions.kw["bind"])
    trial_id = make_trial(sessions, SPEC)
    reserve.set_aside(disk)
    thread = threading.Thread(target=run_trial, args=(trial_id, sessions, None, settings, never))
    thread.start()
    wait_until(lambda: (disk / "artifacts" / f"trial-{trial_id}").exists(), "the first picture", 60)
    fill(disk / "rubbish")
    thread.join(60)
    with sessions() as session:
        trial = session.get_one(Trial, trial_id)
    assert (trial.state, trial.attempt) == ("paused", 1)
    assert trial.failure == "There is no room left on the disk, so training was paused. Make room, then resume it."

    (disk / "rubbish").unlink()
    with sessions() as session:
        session.execute(update(Trial).values(state=State.QUEUED.value))
        session.commit()
    run_trial(trial_id, sessions, None, settings, never)
    assert state_of(sessions, trial_id) is State.COMPLETED
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SPEC))
    sessions.kw["bind"].dispose()


def fill(path):
    """Take all the room that is left."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
