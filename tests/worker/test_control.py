"""What people ask of trials that a real worker runs: it obeys within a second of training, and nothing is lost by it."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from dlcore.checkpoint import from_bytes
from dlcore.events import Checkpoint
from dlcore.spec import Spec
from dlcore.train import train
from tests.making import SMALL, state_of
from tests.waiting import wait_until
from tests.worker.curves_of import assert_same_curves, curves_in, stored_curves
from tests.worker.test_processes import submit, trial_of, wait_until_it_trains, worker  # noqa: F401 - a fixture
from webapp.models import State, Trial
from webapp.queue import deliver, promise
from webapp.store import artifacts, leases, workers
from webapp.store.storage import storage_of

#: Everything that has a state: dropout, batch norm, augmentation, Adam, a plateau, early stopping, averages, monitors.
RICH = {
    "data": {"kind": "digits", "augment": [{"kind": "noise"}]},
    "network": {"kind": "mlp", "hidden": [16], "dropout": 0.2, "batch_norm": True},
    "optimizer": {"kind": "adam"},
    "schedule": {"kind": "plateau", "patience": 2},
    "regularisation": [{"kind": "early_stopping", "patience": 1000}],
    "weight_average": 0.99,
    "epochs": 200,  # long enough that it still trains when a busy machine gets round to draining it
    "monitor": {"every_steps": 20, "pictures_every_epochs": 100},
}


def ask(sessions, trial_id, **values) -> None:
    with sessions() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(**values))
        session.commit()


def resume(sessions, settings, trial_id) -> None:
    with sessions() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(state="queued"))
        promise(session, "worker.run_trial", "cpu", [trial_id])
        session.commit()
        deliver(session, settings.redis_url)


def final_arrays(sessions, settings, trial_id) -> dict[str, np.ndarray]:
    with sessions() as session:
        (kept,) = artifacts.of_kind(session, trial_id, artifacts.CHECKPOINT)
    return dict(from_bytes(storage_of(settings).read(kept.path), "state").arrays)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for child processes in /proc")
def test_a_trial_that_was_paused_killed_and_drained_ends_as_if_nobody_had_touched_it(
    worker,  # noqa: F811
    sessions,
    settings,
    client,
):
    trial_id = submit(sessions, settings, RICH)
    wait_until_it_trains(sessions, trial_id)
    ask(sessions, trial_id, request="pause")
    wait_until(lambda: state_of(sessions, trial_id) is State.PAUSED, "it to pause")
    paused_at = trial_of(sessions, trial_id).step

    resume(sessions, settings, trial_id)
    wait_until_it_trains(sessions, trial_id, paused_at + 100)
    os.kill(int(trial_of(sessions, trial_id).worker.rpartition(":")[2]), signal.SIGKILL)
    wait_until(lambda: trial_of(sessions, trial_id).attempt == 3, "another child to take it", 30)
    wait_until_it_trains(sessions, trial_id, paused_at + 100)

    name = ":".join((*leases.worker_name().split(":")[:2], str(os.getpid()), str(worker.process.pid)))
    workers.drain(client, name)
    wait_until(lambda: state_of(sessions, trial_id) is State.QUEUED, "it to be handed back")
    other = submit(sessions, settings, SMALL)
    wait_until(
        lambda: replace(workers.Worker(name), is_drained=True) in workers.workers_seen(client), "the drained one"
    )
    assert state_of(sessions, other) is State.QUEUED
    workers.take_again(client, name)
    for each in (trial_id, other):
        wait_until(lambda: state_of(sessions, each) is State.COMPLETED, "it to end", 60)  # noqa: B023

    assert trial_of(sessions, trial_id).attempt == 4
    events = list(train(Spec.model_validate(RICH)))
    assert_same_curves(stored_curves(sessions, trial_id), curves_in(events))
    *_, last = (event for event in events if isinstance(event, Checkpoint))
    found = final_arrays(sessions, settings, trial_id)
    assert found.keys() == last.arrays.keys()
    for name_, array in last.arrays.items():
        assert found[name_].tobytes() == array.tobytes(), name_
