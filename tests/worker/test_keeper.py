import base64
import json
import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.making import SMALL, make_trial, points, running_trial, state_of
from webapp.models import CurveChunk, OutboxMessage, State, Trial, now
from webapp.queue import promise
from webapp.store import curves, leases, live
from worker.keeper import LOST_AFTER_S, keep


def keep_once(sessions, settings):
    with sessions() as session:
        keep(session, settings, "keeper:1")


def messages(client, queue="cpu"):
    return [json.loads(base64.b64decode(json.loads(raw)["body"]))[0] for raw in client.lrange(queue, 0, -1)]


def let_lapse(sessions, trial_id, **values):
    with sessions() as session:
        moment = now() - timedelta(seconds=1)
        session.execute(update(Trial).where(Trial.id == trial_id).values(lease_until=moment, **values))
        session.commit()


def test_a_trial_whose_worker_fell_silent_goes_back_to_the_queue(sessions, client, settings):
    trial_id, other = running_trial(sessions), running_trial(sessions)
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings)
    assert state_of(sessions, trial_id) is State.QUEUED
    assert state_of(sessions, other) is State.RUNNING
    assert messages(client) == [[trial_id]]
    assert [payload["state"] for _, _, payload in live.entries(client, trial_id)] == ["queued"]
    with sessions() as session:
        assert leases.claim(session, trial_id, "another", 60) == 2


def test_after_five_attempts_it_has_failed_with_a_sentence(sessions, client, settings):
    trial_id = running_trial(sessions)
    let_lapse(sessions, trial_id, attempt=5)
    keep_once(sessions, settings)
    with sessions() as session:
        trial = session.get_one(Trial, trial_id)
    assert trial.state == "failed"
    assert "ended 5 times" in trial.failure
    assert messages(client) == []
    assert live.entries(client, trial_id)[-1][2]["failure"] == trial.failure


def test_a_silent_trial_that_was_to_stop_is_cancelled_and_its_small_chunks_are_merged(sessions, client, settings):
    trial_id = running_trial(sessions)
    with sessions() as session:
        for first in range(1, 100, 10):
            curves.append(session, trial_id, 1, [points("train/loss", first, 10)])
        session.commit()
    let_lapse(sessions, trial_id, stop_requested=True)
    keep_once(sessions, settings)
    assert state_of(sessions, trial_id) is State.CANCELLED
    with sessions() as session:
        assert list(session.scalars(select(CurveChunk.count))) == [100]
    assert messages(client) == []


def test_promises_that_the_web_could_not_deliver_are_delivered(sessions, client, settings):
    trial_id = make_trial(sessions)
    with sessions() as session:
        promise(session, "worker.run_trial", "cpu", [trial_id])
        session.commit()
    keep_once(sessions, settings)
    assert messages(client) == [[trial_id]]
    with sessions() as session:
        assert session.query(OutboxMessage).count() == 0


def test_queued_trials_whose_messages_redis_lost_are_promised_again(sessions, client, settings):
    cpu, gpu = make_trial(sessions), make_trial(sessions, SMALL | {"device": "cuda"})
    keep_once(sessions, settings)
    assert (messages(client), messages(client, "gpu")) == ([[cpu]], [[gpu]])
    keep_once(sessions, settings)
    assert (messages(client), messages(client, "gpu")) == ([[cpu]], [[gpu]])


def test_the_keeper_gives_a_sign_of_life(sessions, client, settings):
    keep_once(sessions, settings)
    assert leases.workers_seen(client) == ["keeper:1"]


def test_a_gpu_trial_goes_back_to_the_gpus(sessions, client, settings):
    trial_id = running_trial(sessions, SMALL | {"device": "cuda"})
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings)
    assert (messages(client), messages(client, "gpu")) == ([], [[trial_id]])


@pytest.mark.skipif(not leases.machine(), reason="only Linux tells whether a process of this machine is gone")
def test_a_worker_that_is_gone_from_this_machine_is_not_waited_for(sessions, client, settings):
    ended = subprocess.Popen(["true"])
    ended.wait()
    place = leases.worker_name().rpartition(":")[0]
    names = {"gone": f"{place}:{ended.pid}", "here": leases.worker_name(), "elsewhere": f"other:0000:{ended.pid}"}
    trials = {}
    for word, name in names.items():
        trials[word] = make_trial(sessions)
        with sessions() as session:
            leases.claim(session, trials[word], name, 60)
    keep_once(sessions, settings)
    assert {word: state_of(sessions, trial_id).value for word, trial_id in trials.items()} == {
        "gone": "queued",
        "here": "running",
        "elsewhere": "running",
    }


def test_a_message_that_a_killed_worker_keeps_is_sent_again_after_a_while(sessions, client, settings):
    trial_id = make_trial(sessions)
    client.hset("unacked", "somebody's", "message")
    for _ in range(2):
        keep_once(sessions, settings)
        assert messages(client) == []
    (waiting,) = client.keys("descent:without-message:*")
    client.expire(waiting, client.ttl(waiting) - LOST_AFTER_S - 1)
    keep_once(sessions, settings)
    assert messages(client) == [[trial_id]]
