"""What an attempt does about what was asked of its trial."""

import threading
import time
from collections.abc import Callable
from itertools import count

import numpy as np
import pytest
from sqlalchemy import select, update

from dlcore.events import Waiting
from tests.making import make_trial, state_of
from tests.waiting import wait_until
from tests.worker.curves_of import LONG, assert_same_curves, expected_curves, stored_curves, streamed_curves
from webapp.models import LogLine, OutboxMessage, State, Trial
from webapp.store import artifacts, live
from webapp.store.storage import storage_of
from worker import checkpoints, runner

ENDLESS = LONG | {"epochs": 100_000}


def never() -> bool:
    return False


def after(calls: int) -> Callable[[], bool]:
    """Says yes once it was asked so often."""
    asked = count()
    return lambda: next(asked) >= calls


def set_row(sessions, trial_id, **values):
    with sessions() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(**values))
        session.commit()


def trial_of(sessions, trial_id) -> Trial:
    with sessions() as session:
        return session.get_one(Trial, trial_id)


def lines(sessions) -> str:
    with sessions() as session:
        return "\n".join(session.scalars(select(LogLine.message)).all())


@pytest.fixture
def training(sessions, client, settings):
    """Starts a trial in the background, and waits until it trains; the thread ends with it."""
    threads = []

    def start(spec) -> int:
        trial_id = make_trial(sessions, spec)
        arguments = (trial_id, sessions, client, settings, never)
        threads.append(threading.Thread(target=runner.run_trial, args=arguments))
        threads[-1].start()
        wait_until(lambda: trial_of(sessions, trial_id).step > 50, "it to train", 20)
        return trial_id

    yield start
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_paused_trial_keeps_its_last_step_and_goes_on_from_there(training, sessions, client, settings):
    trial_id = training(LONG | {"epochs": 100})
    set_row(sessions, trial_id, request="pause")
    wait_until(lambda: state_of(sessions, trial_id) is State.PAUSED, "it to pause")
    paused = trial_of(sessions, trial_id)
    assert (paused.request, paused.worker, paused.lease_until, paused.ended_at) == (None, None, None, None)
    kept = checkpoints.newest(sessions, storage_of(settings), trial_id)
    assert kept.step == paused.step == stored_curves(sessions, trial_id)["train/loss"][0][-1]
    assert live.entries(client, trial_id)[-1][2]["state"] == "paused"

    set_row(sessions, trial_id, state="queued")
    runner.run_next("cpu", sessions, client, settings, never)
    assert state_of(sessions, trial_id) is State.COMPLETED
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(LONG | {"epochs": 100}))


def test_a_bit_that_flipped_in_a_checkpoint_is_told_in_the_log_and_costs_nothing(sessions, client, settings):
    spec = LONG | {"epochs": 30}
    trial_id = make_trial(sessions, spec)
    for _ in range(2):
        runner.run_trial(trial_id, sessions, client, settings, after(calls=20))
    earlier, later = sorted(settings.var.glob(f"artifacts/trial-{trial_id}/checkpoint/*.safetensors"))
    content = bytearray(later.read_bytes())
    content[len(content) // 2] ^= 1
    later.write_bytes(content)

    runner.run_trial(trial_id, sessions, client, settings, never)
    assert state_of(sessions, trial_id) is State.COMPLETED
    said = lines(sessions)
    assert f"The checkpoint of step {int(later.name[:9]):,} cannot be used" in said
    assert f"Going on after step {int(earlier.name[:9]):,}." in said
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(spec))


def test_one_that_is_stopped_keeps_every_point_and_the_weights_of_its_last_step(training, sessions, client, settings):
    trial_id = training(ENDLESS)
    set_row(sessions, trial_id, request="stop")
    wait_until(lambda: state_of(sessions, trial_id) is State.CANCELLED, "it to stop")
    assert_same_curves(stored_curves(sessions, trial_id), streamed_curves(live.entries(client, trial_id)))
    assert checkpoints.newest(sessions, storage_of(settings), trial_id).step == trial_of(sessions, trial_id).step


def test_one_that_is_moved_goes_back_to_the_other_queue(training, sessions):
    trial_id = training(ENDLESS)
    set_row(sessions, trial_id, queue="big", request="move")
    wait_until(lambda: state_of(sessions, trial_id) is State.QUEUED, "it to be handed back")
    with sessions() as session:
        assert session.execute(select(OutboxMessage.queue, OutboxMessage.arguments)).all() == [("big", [trial_id])]
    assert trial_of(sessions, trial_id).request is None


def test_one_that_is_to_end_with_its_best_weights_does_as_early_stopping_would(training, sessions, settings):
    trial_id = training({**ENDLESS, "optimizer": {"kind": "sgd", "lr": 0.5}})
    wait_until(lambda: "validation/accuracy" in trial_of(sessions, trial_id).results, "an evaluation")
    set_row(sessions, trial_id, request="keep_best")
    wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "it to end")
    trial = trial_of(sessions, trial_id)
    assert (trial.request, trial.failure) == (None, None)
    assert trial.results["test/accuracy"] > 0.3
    best = trial.results["validation/accuracy"]["best_step"]
    assert f"The weights are those of step {best:,}, where validation/accuracy was best" in lines(sessions)
    with sessions() as session:
        (row,) = artifacts.of_kind(session, trial_id, artifacts.BEST)
    kept, last = (
        checkpoints.read(storage_of(settings), row),
        checkpoints.newest(sessions, storage_of(settings), trial_id),
    )
    assert (kept.step, row.details["best"]["metric"]) == (best, "validation/accuracy")
    for name, array in kept.arrays.items():
        assert np.array_equal(array, last.arrays[name]), name


def test_a_paused_one_that_is_to_end_with_its_best_weights_makes_no_step_more(training, sessions, client, settings):
    trial_id = training(ENDLESS)
    set_row(sessions, trial_id, request="pause")
    wait_until(lambda: state_of(sessions, trial_id) is State.PAUSED, "it to pause")
    paused = trial_of(sessions, trial_id)
    set_row(sessions, trial_id, state="queued", request="keep_best")
    runner.run_next("cpu", sessions, client, settings, never)
    ended = trial_of(sessions, trial_id)
    assert (ended.state, ended.step) == ("completed", paused.step)
    assert f"Ended on request after step {paused.step:,}." in lines(sessions)


def test_a_request_during_an_evaluation_is_heeded_before_its_end(training, sessions, settings, monkeypatch):
    trial_id = training({**ENDLESS, "data": {"kind": "digits"}})
    evaluated = threading.Event()

    def slow(_task, scores, wanted):
        evaluated.set()
        time.sleep(0.05)
        return (scores.argmax(1) == wanted).sum().double().reshape(1)

    monkeypatch.setattr("dlcore.tasks.task.MOST_EXAMPLES", 1)  # so that an evaluation would take a minute
    monkeypatch.setattr("dlcore.tasks.classification.Classification.counts", slow)
    assert evaluated.wait(10)
    set_row(sessions, trial_id, request="pause")
    wait_until(lambda: state_of(sessions, trial_id) is State.PAUSED, "it to pause")
    kept = checkpoints.newest(sessions, storage_of(settings), trial_id)
    curves_ = stored_curves(sessions, trial_id)
    assert curves_["train/loss"][0][-1] == kept.step > curves_["validation/loss"][0][-1]


def test_a_request_while_data_is_prepared_needs_no_checkpoint(sessions, client, settings, monkeypatch):
    def preparing(*_args, **_keywords):
        while True:
            yield Waiting()
            time.sleep(0.01)

    monkeypatch.setattr(runner, "train", preparing)
    trial_id = make_trial(sessions)
    thread = threading.Thread(target=runner.run_trial, args=(trial_id, sessions, client, settings, never))
    thread.start()
    wait_until(lambda: state_of(sessions, trial_id) is State.RUNNING, "it to begin")
    set_row(sessions, trial_id, request="pause")
    wait_until(lambda: state_of(sessions, trial_id) is State.PAUSED, "it to pause")
    thread.join(10)
    assert checkpoints.newest(sessions, storage_of(settings), trial_id) is None
