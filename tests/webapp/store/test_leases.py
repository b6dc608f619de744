import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.making import make_trial, running_trial, state_of
from webapp.models import Request, State, Trial, now
from webapp.store import leases
from webapp.store.curves import StaleAttempt


def set_row(sessions, trial_id, **values):
    with sessions() as session:
        session.execute(update(Trial).where(Trial.id == trial_id).values(**values))
        session.commit()


def claim(sessions, trial_id, worker="w", lease_s=60.0):
    with sessions() as session:
        return leases.claim(session, trial_id, worker, lease_s)


def test_of_many_workers_exactly_one_gets_the_trial(sessions):
    trial_id = make_trial(sessions)
    gate, attempts = threading.Barrier(6), []

    def contend(number: int) -> None:
        gate.wait()
        attempts.append(claim(sessions, trial_id, f"worker {number}"))

    threads = [threading.Thread(target=contend, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(attempts, key=str) == [1, None, None, None, None, None]
    with sessions() as session:
        trial = session.get_one(Trial, trial_id)
        assert (trial.state, trial.attempt) == (State.RUNNING.value, 1)
        assert trial.started_at is not None


def test_a_running_trial_is_to_be_had_only_when_its_lease_has_lapsed(sessions):
    trial_id = running_trial(sessions)
    assert claim(sessions, trial_id) is None
    with sessions() as session:
        assert leases.lapsed(session) == []
    set_row(sessions, trial_id, lease_until=now() - timedelta(seconds=1))
    with sessions() as session:
        assert leases.lapsed(session) == [(trial_id, 1)]
    assert claim(sessions, trial_id) == 2


def test_the_first_start_is_remembered_over_attempts(sessions):
    trial_id = running_trial(sessions)
    began = now() - timedelta(hours=1)
    set_row(sessions, trial_id, lease_until=now() - timedelta(seconds=1), started_at=began)
    claim(sessions, trial_id)
    with sessions() as session:
        assert session.get_one(Trial, trial_id).started_at == began


@pytest.mark.parametrize("state", [State.COMPLETED, State.FAILED, State.CANCELLED])
def test_a_trial_that_has_ended_is_not_to_be_had(sessions, state):
    trial_id = make_trial(sessions, state=state.value)
    assert claim(sessions, trial_id) is None
    assert claim(sessions, trial_id + 1) is None


def test_renewing_keeps_the_lease_and_tells_what_was_asked(sessions):
    trial_id = running_trial(sessions)
    with sessions() as session:
        assert leases.renew(session, trial_id, 1, 500, step=7, steps=100) is None
        trial = session.get_one(Trial, trial_id)
        assert (trial.step, trial.steps) == (7, 100)
        assert trial.lease_until > now() + timedelta(seconds=400)
    set_row(sessions, trial_id, request="pause")
    with sessions() as session:
        assert leases.renew(session, trial_id, 1, 60) is Request.PAUSE


def test_an_older_attempt_neither_renews_nor_ends_the_trial(sessions):
    trial_id = running_trial(sessions)
    set_row(sessions, trial_id, lease_until=now() - timedelta(seconds=1))
    assert claim(sessions, trial_id) == 2
    with sessions() as session:
        with pytest.raises(StaleAttempt):
            leases.renew(session, trial_id, 1, 60)
        with pytest.raises(StaleAttempt):
            leases.finish(session, trial_id, 1, State.COMPLETED)
    assert state_of(sessions, trial_id) is State.RUNNING


def test_finishing_keeps_results_and_gives_the_lease_up(sessions):
    trial_id = running_trial(sessions)
    with sessions() as session:
        leases.finish(session, trial_id, 1, State.COMPLETED, results={"test/accuracy": 0.97})
        session.commit()
        trial = session.get_one(Trial, trial_id)
        assert trial.results == {"test/accuracy": 0.97}
        assert trial.lease_until is None
        assert trial.ended_at is not None
        with pytest.raises(StaleAttempt):
            leases.finish(session, trial_id, 1, State.FAILED)


def test_a_trial_that_is_handed_back_can_be_claimed_again(sessions):
    trial_id = running_trial(sessions)
    with sessions() as session:
        leases.finish(session, trial_id, 1, State.QUEUED)
        session.commit()
        assert session.get_one(Trial, trial_id).ended_at is None
    assert claim(sessions, trial_id) == 2


def test_a_running_trial_cannot_become_what_does_not_follow(sessions):
    trial_id = running_trial(sessions)
    with sessions() as session, pytest.raises(ValueError, match="cannot become running"):
        leases.finish(session, trial_id, 1, State.RUNNING)


@pytest.mark.parametrize(
    ("asked", "becomes"),
    [("stop", "cancelled"), ("pause", "paused"), ("move", "queued"), ("keep_best", "queued"), (None, "queued")],
)
def test_what_becomes_of_a_trial_that_is_put_down_follows_from_what_was_asked_last(sessions, asked, becomes):
    trial_id = running_trial(sessions)
    set_row(sessions, trial_id, request=asked)
    with sessions() as session:
        state = leases.state_after(session, trial_id, 1)
        leases.finish(session, trial_id, 1, state)
        session.commit()
    with sessions() as session:
        trial = session.get_one(Trial, trial_id)
    assert trial.state == becomes
    assert trial.request == ("keep_best" if asked == "keep_best" else None)
