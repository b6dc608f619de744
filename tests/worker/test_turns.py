from sqlalchemy import select

from tests.making import SMALL, make_trial, state_of
from webapp.models import OutboxMessage, State
from worker import runner

GPU = SMALL | {"device": "cuda"}


def run_next(sessions, client, settings, queue="cpu", **changes):
    runner.run_next(queue, sessions, client, settings.model_copy(update=changes), lambda: False)


def promised(sessions):
    with sessions() as session:
        return [(message.queue, *message.arguments) for message in session.scalars(select(OutboxMessage))]


def test_a_trial_that_ends_wakes_a_worker_for_one_that_its_owners_limit_kept_waiting(sessions, client, settings):
    first, second = make_trial(sessions), make_trial(sessions)
    run_next(sessions, client, settings, most_running=1)
    assert (state_of(sessions, first), state_of(sessions, second)) == (State.COMPLETED, State.QUEUED)
    assert promised(sessions) == [("cpu", second)]


def test_below_the_limit_the_messages_that_there_are_suffice(sessions, client, settings):
    make_trial(sessions), make_trial(sessions)
    run_next(sessions, client, settings)
    assert promised(sessions) == []


def test_a_message_too_many_finds_nothing_and_harms_nothing(sessions, client, settings):
    gpu = make_trial(sessions, GPU)
    for _ in range(3):
        run_next(sessions, client, settings)
    assert state_of(sessions, gpu) is State.QUEUED
    run_next(sessions, client, settings, queue="gpu")  # there is no GPU here
    assert state_of(sessions, gpu) is State.FAILED
