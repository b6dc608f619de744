import base64
import json
import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from dlcore.events import Text
from tests.making import SMALL, make_trial, points, running_trial, state_of
from tests.services import running_redis
from webapp.models import CurveChunk, LogLine, OutboxMessage, State, Trial, now
from webapp.queue import promise
from webapp.settings import Settings
from webapp.store import curves, leases, live
from webapp.store.artifacts import Kept
from worker import journal, scratch, spool
from worker.keeper import EVERY_S, GRACE_S, LOST_AFTER_S, keep
from worker.spool import Entry, Spool


def keep_once(sessions, settings):
    with sessions() as session:
        keep(session, settings)


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


def test_a_host_whose_data_folder_is_missing_looks_after_other_hosts_all_the_same(sessions, client, settings):
    trial_id = running_trial(sessions)
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings.model_copy(update={"var": settings.var / "missing"}))
    assert state_of(sessions, trial_id) is State.QUEUED


def test_after_five_attempts_that_got_it_no_further_it_has_failed_with_a_sentence(sessions, client, settings):
    trial_id = running_trial(sessions)
    let_lapse(sessions, trial_id, attempt=7, fruitless=4)
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
    let_lapse(sessions, trial_id, request="stop")
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


def test_no_trial_is_without_a_worker_for_longer_than_45_seconds_before_it_is_queued_again():
    assert Settings().lease_s + GRACE_S + EVERY_S < 45


def test_after_the_database_was_away_those_who_could_not_renew_their_leases_have_some_time(sessions, client, settings):
    trial_id = running_trial(sessions)
    let_lapse(sessions, trial_id)
    with sessions() as session:
        keep(session, settings, steady=False)
    assert state_of(sessions, trial_id) is State.RUNNING


@pytest.mark.skipif(not leases.machine(), reason="only Linux tells whether a process of this machine is gone")
def test_a_trial_is_not_blamed_for_the_end_of_the_whole_worker(sessions, client, settings):
    ended = subprocess.Popen(["true"])
    ended.wait()
    host, machine, parent, _ = leases.worker_name().split(":")
    names = {
        "child alone": f"{host}:{machine}:{parent}:{ended.pid}",
        "all of it": f"{host}:{machine}:{ended.pid}:{ended.pid}",
    }
    blamed = {}
    for word, name in names.items():
        trial_id = make_trial(sessions)
        with sessions() as session:
            leases.claim(session, trial_id, name, 60)
        keep_once(sessions, settings)
        with sessions() as session:
            blamed[word] = session.get_one(Trial, trial_id).fruitless
    assert blamed == {"child alone": 1, "all of it": 0}


def test_a_checkpoint_makes_up_for_the_attempts_that_fell_silent_before_it(sessions, client, settings):
    trial_id = running_trial(sessions)
    with sessions() as session:
        session.execute(update(Trial).values(fruitless=4))
        session.commit()
        leases.renew(
            session,
            trial_id,
            1,
            60,
            **journal.row_of([Entry(1.0, Kept("checkpoint", "state", 10, 1, "a/key", "x/y", "0123abcd", 2, {}))]),
        )
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings)
    with sessions() as session:
        trial = session.get_one(Trial, trial_id)
    assert (trial.state, trial.fruitless) == ("queued", 1)


def test_without_redis_a_silent_trial_is_queued_all_the_same(sessions, settings):
    with running_redis() as url:
        pass
    trial_id = running_trial(sessions)
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings.model_copy(update={"redis_url": url}))
    assert state_of(sessions, trial_id) is State.QUEUED
    with sessions() as session:
        assert session.scalars(select(OutboxMessage.arguments)).all() == [[trial_id]]


def leave_spool(settings, trial_id, *entries):
    """The spool of a first attempt that was killed."""
    made = Spool.of(settings.var, trial_id, 1, 1_000_000)
    made.append(entries)
    made.close()
    return made.path


def unreadable(settings, trial_id):
    """A spool with an event of a kind that only a newer version knows."""
    path = leave_spool(settings, trial_id)
    path.write_bytes(spool.framed(spool.encode(Entry(1.0, Text("hello"))).replace(b'"Text"', b'"Song"')))
    return path


def unwritable(settings, trial_id):
    """A spool with a step that no database takes."""
    return leave_spool(settings, trial_id, Entry(1.0, Text("hello", step=2**70)))


@pytest.mark.parametrize("spoil", [unreadable, unwritable])
def test_a_spool_that_cannot_be_written_keeps_nobody_from_being_taken_back(sessions, client, settings, spoil):
    trial_id, other = running_trial(sessions), running_trial(sessions)
    path = spoil(settings, trial_id)
    leave_spool(settings, other, Entry(1.0, Text("from the other")))
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings)
    assert state_of(sessions, trial_id) is State.QUEUED
    assert [one.name for one in path.parent.iterdir()] == [f"{path.name}.bad"]
    with sessions() as session:
        lines = session.scalars(select(LogLine.message).order_by(LogLine.trial_id)).all()
    assert f"kept as {path.name}.bad" in lines[0]
    assert lines[1:] == ["from the other"]


def test_a_spool_that_nobody_can_open_keeps_nobody_from_being_taken_back(sessions, client, settings):
    trial_id = running_trial(sessions)
    (spool.folder(settings.var) / "trial-7-1.spool").mkdir(parents=True)
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings)
    assert state_of(sessions, trial_id) is State.QUEUED


def test_a_spool_waits_where_it_is_while_the_database_is_away(sessions, client, settings):
    trial_id = running_trial(sessions)
    path = leave_spool(settings, trial_id, Entry(1.0, Text("hello")))

    def refuse(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO log_lines"):
            raise OperationalError(statement, None, Exception("the database is away"))

    event.listen(sessions.kw["bind"], "before_cursor_execute", refuse)
    with pytest.raises(OperationalError):
        keep_once(sessions, settings)
    assert path.exists()
    event.remove(sessions.kw["bind"], "before_cursor_execute", refuse)
    keep_once(sessions, settings)
    assert not path.exists()


def test_what_a_killed_attempt_left_in_the_scratch_folder_is_swept_away(sessions, client, settings):
    trial_id, other = running_trial(sessions), running_trial(sessions)
    places = [scratch.place(settings.var, one, attempt) for one, attempt in ((trial_id, 1), (other, 1), (999, 1))]
    for path in places:
        (path / "descent-x").mkdir(parents=True)
        (path / "descent-x" / "resume.safetensors").write_bytes(b"large")
    let_lapse(sessions, trial_id)
    keep_once(sessions, settings)
    assert [path.exists() for path in places] == [False, True, False]
