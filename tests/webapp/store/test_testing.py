"""The test part of an ended trial: wanted, claimed and used once, on either database."""

import threading

import pytest

from tests.conftest import make_trial
from webapp.models import Trial
from webapp.store import testing
from webapp.store.curves import StaleAttempt

BEFORE = {"validation/loss": {"last": 0.5}}


@pytest.fixture
def ended(sessions):
    return make_trial(sessions, state="completed", attempt=2, results=BEFORE)


def test_metrics_are_added_to_the_results_and_it_is_used(sessions, ended):
    with sessions() as session:
        assert testing.claim(session, ended, "one")
        testing.finish(session, ended, 2, "one", {"test/loss": 0.25})
        session.commit()
        trial = session.get_one(Trial, ended, populate_existing=True)
        assert trial.results == {**BEFORE, "test/loss": 0.25}
        assert (testing.is_used(trial), testing.is_asked(trial), trial.worker) == (True, False, None)
        assert not testing.ask(session, trial)
        session.rollback()
        assert not testing.claim(session, ended, "one")


def test_without_metrics_it_may_be_asked_again(sessions, ended):
    with sessions() as session:
        assert testing.claim(session, ended, "one")
        testing.finish(session, ended, 2, "one", {})
        session.commit()
        assert testing.ask(session, session.get_one(Trial, ended))


def test_of_many_that_claim_at_once_one_has_it(sessions, ended):
    begin, won = threading.Barrier(6), []

    def claim(name):
        begin.wait()
        with sessions() as session:
            if testing.claim(session, ended, name):
                won.append(name)

    threads = [threading.Thread(target=claim, args=(f"worker {k}",)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_of_many_that_ask_at_once_one_is_heard(sessions, ended):
    begin, heard = threading.Barrier(6), []

    def ask():
        with sessions() as session:
            trial = session.get_one(Trial, ended)
            session.rollback()
            begin.wait()
            if testing.ask(session, trial):
                session.commit()
                heard.append(1)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 1


@pytest.mark.parametrize(("attempt", "worker"), [(1, "one"), (2, "another")])
def test_only_who_claimed_it_writes(sessions, ended, attempt, worker):
    with sessions() as session:
        assert testing.claim(session, ended, "one")
        with pytest.raises(StaleAttempt):
            testing.hold(session, ended, attempt, worker)
