import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.making import SMALL
from tests.waiting import wait_until
from webapp.models import Experiment, State, Trial, User, now
from webapp.store import leases, turns


@pytest.fixture
def queue(sessions):
    """Queues trials of people by name: ``queue("ada", 3)`` gives three ids."""

    def make(name: str, count: int = 1, device: str = "auto") -> list[int]:
        with sessions() as session:
            owner = session.query(User).filter_by(username=name).first()
            owner = owner or User(username=name, email=f"{name}@example.com")
            line = "gpu" if device == "cuda" else "cpu"
            trials = [Trial(number=number + 1, seed=number, queue=line) for number in range(count)]
            session.add(Experiment(owner=owner, title="A test", spec=SMALL | {"device": device}, trials=trials))
            session.commit()
            return [trial.id for trial in trials]

    return make


def take(sessions, most_running=10, queue="cpu"):
    with sessions() as session:
        taken = turns.take(session, queue, "w", 60, most_running)
    return taken and taken[0]


def end(sessions, trial_id):
    with sessions() as session:
        leases.finish(session, trial_id, 1, State.COMPLETED)
        session.commit()


def test_a_worker_that_is_free_takes_a_trial_of_the_person_with_the_fewest_running(sessions, queue):
    adas, graces = queue("ada", 4), queue("grace", 2)
    assert [take(sessions) for _ in range(7)] == [adas[0], graces[0], adas[1], graces[1], adas[2], adas[3], None]


def test_with_one_worker_people_take_turns_and_nobody_waits_for_all_of_anothers_trials(sessions, queue):
    adas, graces = queue("ada", 3), queue("grace", 2)
    order = []
    for _ in range(5):
        order.append(take(sessions))
        end(sessions, order[-1])
    assert order == [adas[0], graces[0], adas[1], graces[1], adas[2]]


def test_nobody_runs_more_than_their_limit_and_an_administrator_may_set_another(sessions, queue):
    adas, graces = queue("ada", 3), queue("grace", 3)
    with sessions() as session:
        session.execute(update(User).where(User.username == "grace").values(most_running=1))
        session.commit()
    assert [take(sessions, most_running=2) for _ in range(4)] == [adas[0], graces[0], adas[1], None]
    end(sessions, graces[0])
    assert take(sessions, most_running=2) == graces[1]


def test_a_queue_gives_only_what_is_on_it(sessions, queue):
    (cpu,), (gpu,) = queue("ada"), queue("ada", device="cuda")
    assert take(sessions, queue="gpu") == gpu
    assert take(sessions, queue="gpu") is None
    assert take(sessions) == cpu


def test_of_many_workers_each_gets_another_trial_and_the_limit_is_exact(sessions, queue):
    queue("ada", 8)
    gate, taken = threading.Barrier(6), []

    def contend() -> None:
        gate.wait()
        taken.append(take(sessions, most_running=3))

    threads = [threading.Thread(target=contend) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_until(lambda: not any(thread.is_alive() for thread in threads), "all workers to have asked", 30)
    got = [trial_id for trial_id in taken if trial_id is not None]
    assert len(set(got)) == len(got) == 3


def test_a_trial_that_ends_names_the_one_that_its_owners_limit_kept_waiting(sessions, queue):
    first, second, _ = queue("ada", 3)
    assert take(sessions, most_running=1) == first
    with sessions() as session:
        leases.finish(session, first, 1, State.COMPLETED)
        assert turns.next_of(session, first, 1) == ("cpu", second)
        assert turns.next_of(session, first, 2) is None  # its message still waits


def test_a_queued_trial_knows_its_place_and_whether_its_owners_limit_holds_it(sessions, queue):
    adas, graces = queue("ada", 3), queue("grace", 1)
    take(sessions, most_running=2)
    with sessions() as session:
        stands = {number: turns.waiting(session, session.get_one(Trial, number), 2) for number in (*adas, *graces)}
    assert stands[adas[0]] is None
    assert stands[graces[0]] == turns.Waiting("cpu", 1, 3, 0, 2, by_limit=False)
    assert stands[adas[1]] == turns.Waiting("cpu", 2, 3, 1, 2, by_limit=False)
    assert stands[adas[2]] == turns.Waiting("cpu", 3, 3, 1, 2, by_limit=True)


def test_the_time_of_all_attempts_is_added_up(sessions, queue):
    (trial_id,) = queue("ada")
    take(sessions)
    with sessions() as session:
        session.execute(update(Trial).values(attempt_at=now() - timedelta(seconds=100), spent_s=50))
        leases.finish(session, trial_id, 1, State.QUEUED)
        session.commit()
        assert 150 <= session.get_one(Trial, trial_id).spent_s < 160


def test_among_ones_own_trials_the_highest_priority_comes_first_and_then_who_waits_longest(sessions, queue):
    usual, low, high = queue("ada")[0], queue("ada")[0], queue("ada")[0]
    with sessions() as session:
        session.get_one(Trial, low).priority, session.get_one(Trial, high).priority = -1, 1
        session.commit()
    assert [take(sessions) for _ in range(4)] == [high, usual, low, None]
