import errno
import threading
import time
from contextlib import nullcontext
from datetime import timedelta

import numpy as np
import psutil
import pytest
import redis
from sqlalchemy import select, update

from dlcore.errors import OutOfMemory
from dlcore.events import Checkpoint, Progress, Text
from dlcore.recipes import recipe_of
from tests.making import SMALL, make_trial, state_of
from tests.services import running_redis
from tests.waiting import wait_until
from tests.worker.curves_of import (
    LONG,
    assert_same_curves,
    expected_curves,
    expected_histograms,
    stored_curves,
    stored_histograms,
    streamed_curves,
)
from webapp.models import Artifact, CurveChunk, Experiment, LogLine, OutboxMessage, State, Trial, now
from webapp.store import leases, live
from webapp.store.storage import Folder
from worker import runner


def never() -> bool:
    return False


def run(trial_id, sessions, client, settings, must_hand_back=never):
    runner.run_trial(trial_id, sessions, client, settings, must_hand_back)


def in_background(*arguments) -> threading.Thread:
    thread = threading.Thread(target=run, args=arguments)
    thread.start()
    return thread


def trial_of(sessions, trial_id) -> Trial:
    with sessions() as session:
        return session.get_one(Trial, trial_id)


def test_a_trial_trains_to_its_end_and_keeps_what_it_logged(sessions, client, settings):
    trial_id = make_trial(sessions)
    run(trial_id, sessions, client, settings)

    trial = trial_of(sessions, trial_id)
    assert (trial.state, trial.attempt, trial.failure) == ("completed", 1, None)
    assert trial.step == trial.steps > 0
    assert trial.results["validation/accuracy"]["best"] > 0.5
    expected = expected_curves(SMALL)
    assert_same_curves(stored_curves(sessions, trial_id), expected)
    entries = live.entries(client, trial_id)
    assert_same_curves(streamed_curves(entries), expected)
    states = [payload["state"] for _, kind, payload in entries if kind == "state"]
    assert states == ["running", "completed"]
    with sessions() as session:
        pictures = session.scalars(select(Artifact).where(Artifact.kind == "filters")).all()
        lines = session.scalars(select(LogLine.message)).all()
        chunks = session.scalars(select(CurveChunk.count).where(CurveChunk.key == "train/loss")).all()
    assert [picture.step for picture in pictures] == sorted({picture.step for picture in pictures})
    assert len(pictures) == 3
    assert any("parameters" in line for line in lines)
    assert len(chunks) == 1
    kinds = {kind for _, kind, _ in entries}
    assert {"picture", "log", "points", "state"} <= kinds


def test_a_task_that_is_delivered_twice_runs_the_trial_once(sessions, client, settings):
    trial_id = make_trial(sessions)
    run(trial_id, sessions, client, settings)
    newest = live.last_id(client, trial_id)
    run(trial_id, sessions, client, settings)
    run(trial_id + 1, sessions, client, settings)
    assert trial_of(sessions, trial_id).attempt == 1
    assert live.last_id(client, trial_id) == newest


def test_without_redis_a_trial_trains_all_the_same(sessions, settings):
    trial_id = make_trial(sessions)
    run(trial_id, sessions, None, settings)
    assert state_of(sessions, trial_id) is State.COMPLETED
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SMALL))


def test_when_redis_goes_away_nothing_durable_is_lost(sessions, settings):
    with running_redis() as url:
        client = redis.Redis.from_url(url, socket_timeout=1)
        client.ping()
    trial_id = make_trial(sessions)
    run(trial_id, sessions, client, settings)
    assert state_of(sessions, trial_id) is State.COMPLETED
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SMALL))


def test_a_running_trial_stops_soon_after_it_was_asked_to_and_keeps_its_points(sessions, client, settings):
    trial_id = make_trial(sessions, LONG | {"epochs": 100_000})
    thread = in_background(trial_id, sessions, client, settings)
    wait_until(lambda: live.last_id(client, trial_id) != "0-0", "the first message")
    time.sleep(0.5)
    with sessions() as session:
        session.execute(update(Trial).values(request="stop"))
        session.commit()
    wait_until(lambda: state_of(sessions, trial_id) is State.CANCELLED, "the trial to stop")
    thread.join(10)
    assert_same_curves(stored_curves(sessions, trial_id), streamed_curves(live.entries(client, trial_id)))


def test_a_trial_that_is_handed_back_goes_on_bit_for_bit(sessions, client, settings):
    trial_id = make_trial(sessions, LONG)
    began = time.monotonic()
    run(trial_id, sessions, client, settings, lambda: time.monotonic() - began > 0.7)
    trial = trial_of(sessions, trial_id)
    assert (trial.state, trial.attempt, trial.worker) == ("queued", 1, None)
    assert 0 < trial.step < trial.steps
    with sessions() as session:
        assert session.scalars(select(OutboxMessage.arguments)).all() == [[trial_id]]
        assert session.scalar(select(Artifact).where(Artifact.kind == "checkpoint")) is not None

    run(trial_id, sessions, client, settings)

    assert (trial_of(sessions, trial_id).state, trial_of(sessions, trial_id).attempt) == ("completed", 2)
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(LONG))
    restarts = [payload for _, kind, payload in live.entries(client, trial_id) if kind == "restart"]
    assert [restart["attempt"] for restart in restarts] == [2]
    assert restarts[0]["after_step"] > 0
    with sessions() as session:
        lines = session.scalars(select(LogLine.message)).all()
    assert any("Going on after step" in line for line in lines)
    assert any("parameters" in line for line in lines)


def test_a_trial_that_is_handed_back_has_the_histograms_of_one_that_was_not(sessions, client, settings):
    trial_id = make_trial(sessions, LONG)
    began = time.monotonic()
    run(trial_id, sessions, client, settings, lambda: time.monotonic() - began > 0.7)
    assert state_of(sessions, trial_id) is State.QUEUED
    run(trial_id, sessions, client, settings)
    found = stored_histograms(sessions, trial_id)
    assert len(found) > 500
    assert found == expected_histograms(LONG)


def test_an_attempt_without_a_checkpoint_begins_again_and_doubles_nothing(sessions, client, settings):
    trial_id = make_trial(sessions)
    with sessions() as session:
        assert leases.claim(session, trial_id, "gone", 60) == 1
    with sessions() as session:
        session.execute(update(Trial).values(lease_until=now() - timedelta(seconds=1)))
        session.commit()
    run(trial_id, sessions, client, settings)
    assert trial_of(sessions, trial_id).attempt == 2
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SMALL))


def test_an_attempt_that_was_overtaken_gives_up_and_changes_nothing(sessions, client, settings):
    trial_id = make_trial(sessions, LONG | {"epochs": 100_000})
    thread = in_background(trial_id, sessions, client, settings)
    wait_until(lambda: live.last_id(client, trial_id) != "0-0", "the first message")
    with sessions() as session:
        session.execute(update(Trial).values(lease_until=now() - timedelta(seconds=1)))
        session.commit()
        assert leases.claim(session, trial_id, "another", 60) == 2
        before = session.scalars(select(CurveChunk.id)).all()
    thread.join(10)
    assert not thread.is_alive()
    trial = trial_of(sessions, trial_id)
    assert (trial.state, trial.attempt, trial.worker) == ("running", 2, "another")
    with sessions() as session:
        assert session.scalars(select(CurveChunk.id)).all() == before


def test_an_experiment_that_is_deleted_ends_its_trial(sessions, client, settings):
    trial_id = make_trial(sessions, LONG | {"epochs": 100_000})
    thread = in_background(trial_id, sessions, client, settings)
    wait_until(lambda: live.last_id(client, trial_id) != "0-0", "the first message")
    with sessions() as session:
        session.delete(session.scalars(select(Experiment)).one())
        session.commit()
    thread.join(10)
    assert not thread.is_alive()


def test_the_lease_is_renewed_while_one_step_takes_long(sessions, client, settings, monkeypatch):
    def slow(*_args, **_keywords):
        yield Progress(1, 2, 0.5, 1)
        time.sleep(2.5)
        yield Progress(2, 2, 1.0, 1)

    monkeypatch.setattr(runner, "train", slow)
    trial_id = make_trial(sessions)
    thread = in_background(trial_id, sessions, client, settings.model_copy(update={"lease_s": 1.5}))
    for _ in range(12):
        time.sleep(0.2)
        with sessions() as session:
            assert leases.lapsed(session) == []
    thread.join()
    assert state_of(sessions, trial_id) is State.COMPLETED


def raising(error):
    def failing(*_args, **_keywords):
        yield Text("beginning")
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OutOfMemory("the GPU"), str(OutOfMemory("the GPU"))),
        (MemoryError(), str(OutOfMemory("this machine"))),
        (ZeroDivisionError("by 0"), "Training stopped because of an error in the program: ZeroDivisionError: by 0"),
    ],
)
def test_a_failure_has_its_sentence_and_a_traceback_in_the_log(
    sessions, client, settings, monkeypatch, error, sentence
):
    monkeypatch.setattr(runner, "train", raising(error))
    trial_id = make_trial(sessions)
    run(trial_id, sessions, client, settings)
    trial = trial_of(sessions, trial_id)
    assert trial.state == "failed"
    assert trial.failure.startswith(sentence)
    with sessions() as session:
        line = session.scalars(select(LogLine).where(LogLine.level == "error")).one()
    assert "Traceback" in line.message
    assert type(error).__name__ in line.message
    _, kind, payload = live.entries(client, trial_id)[-1]
    assert (kind, payload["state"], payload["failure"]) == ("state", "failed", trial.failure)


def test_a_loss_that_is_not_finite_fails_and_its_last_point_is_kept(sessions, client, settings):
    spec = recipe_of("learning-rate-too-high").spec.model_dump(mode="json")
    trial_id = make_trial(sessions, spec)
    run(trial_id, sessions, client, settings)
    trial = trial_of(sessions, trial_id)
    assert trial.state == "failed"
    assert trial.failure.startswith("The loss became nan at step ")
    assert "learning rate" in trial.failure
    values = stored_curves(sessions, trial_id)["train/loss"][1]
    assert values[-1] != values[-1]


def test_a_damaged_data_set_is_named(sessions, client, settings, monkeypatch, tmp_path):
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for name in (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ):
        (folder / name).write_bytes(b"not an idx file")
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path / "data"))
    trial_id = make_trial(sessions, SMALL | {"data": {"kind": "mnist"}})
    run(trial_id, sessions, client, settings)
    trial = trial_of(sessions, trial_id)
    assert trial.state == "failed"
    assert trial.failure.startswith("The dataset file train-images-idx3-ubyte cannot be read: ")


def test_a_gpu_trial_is_handed_back_to_the_gpus(sessions, client, settings, monkeypatch):
    monkeypatch.setattr(runner, "train", lambda *_, **__: iter([Checkpoint(1, 0, {"w": np.zeros(1)}, {})]))
    monkeypatch.setattr(runner, "closing", nullcontext)
    trial_id = make_trial(sessions, SMALL | {"device": "cuda"})
    run(trial_id, sessions, client, settings, lambda: True)
    with sessions() as session:
        assert session.scalars(select(OutboxMessage.queue)).all() == ["gpu"]


def test_on_a_full_disk_a_trial_pauses_with_a_sentence(sessions, client, settings, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Folder, "put", full)
    trial_id = make_trial(sessions)
    run(trial_id, sessions, client, settings)
    trial = trial_of(sessions, trial_id)
    assert trial.state == "paused"
    assert trial.failure.startswith("There is no room left on the disk")


def test_a_spec_of_another_version_is_said_in_a_sentence(sessions, client, settings):
    trial_id = make_trial(sessions)
    with sessions() as session:
        session.execute(update(Experiment).values(spec={"data": {"kind": "digits"}, "network": {"kind": "old"}}))
        session.commit()
    run(trial_id, sessions, client, settings)
    assert trial_of(sessions, trial_id).failure.startswith("The spec of this experiment is not valid")


def test_a_trial_starts_from_what_another_has_learnt(sessions, settings, client):
    base = make_trial(sessions, SMALL)
    run(base, sessions, client, settings)
    later = make_trial(sessions, {**SMALL, "start": {"trial": base, "new_head": False, "freeze": 0}})
    run(later, sessions, client, settings)
    assert state_of(sessions, later) == State.COMPLETED
    first, second = (stored_curves(sessions, trial)["train/loss"] for trial in (base, later))
    assert second[1][0] < 0.8 * first[1][0]  # of (steps, values): its first loss is that of a trained network


def test_a_trial_whose_base_was_deleted_says_so(sessions, settings, client):
    base = make_trial(sessions, SMALL)
    later = make_trial(sessions, {**SMALL, "start": {"trial": base}})
    run(later, sessions, client, settings)
    trial = trial_of(sessions, later)
    assert trial.state == State.FAILED
    assert f"Trial {base}, whose weights this one should start from, has none" in trial.failure


def test_a_trial_whose_processes_are_lost_too_often_fails_and_says_why(sessions, client, settings):
    settings = settings.model_copy(update={"most_processes": 2})
    trial_id = make_trial(sessions, LONG | {"epochs": 100_000, "processes": 2}, fruitless=leases.MOST_FRUITLESS - 2)
    for attempt, state in ((1, "queued"), (2, "failed")):
        thread = in_background(trial_id, sessions, client, settings)
        wait_until(lambda n=attempt: (row := trial_of(sessions, trial_id)).attempt == n and row.step > 0, "steps", 30)
        (other,) = (process for process in psutil.Process().children() if "dlcore.rank" in process.cmdline())
        other.kill()
        thread.join(30)
        set_step(sessions, trial_id, 0)
        assert trial_of(sessions, trial_id).state == state
    trial = trial_of(sessions, trial_id)
    assert (trial.attempt, trial.fruitless) == (2, leases.MOST_FRUITLESS)
    assert trial.failure == "Process 2 of the 2 that train together ended: killed by SIGKILL."


def set_step(sessions, trial_id, step):
    with sessions() as session:
        session.get_one(Trial, trial_id).step = step
        session.commit()
