"""Several workers at once, on both databases."""

import threading
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.making import make_trial
from webapp.models import (
    Comment,
    Digest,
    Happening,
    Notification,
    NotificationChoice,
    State,
    Trial,
    Webhook,
    WebhookDelivery,
)
from webapp.notifying import deliveries, digests
from webapp.notifying.spreading import spread
from webapp.settings import Settings
from webapp.store import leases
from webapp.store.database import AWAY

MANY = 12


def at_once(sessions: sessionmaker[Session], act: Any, times: int = 4) -> list[Any]:
    """Several workers' rounds at the same moment, each until the database, which may be busy, let it."""
    start, found = threading.Barrier(times), []

    def work() -> None:
        start.wait()
        while True:
            try:
                with sessions() as session:
                    found.append(act(session))
                return
            except AWAY:
                continue

    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def fill(sessions: sessionmaker[Session], rhythm: str = "at_once") -> int:
    """Somebody with a webhook whose many trials have ended; their id."""
    trial_id = make_trial(sessions)
    with sessions() as session:
        experiment = session.get_one(Trial, trial_id).experiment
        experiment.trials += [Trial(number=number, seed=number) for number in range(2, MANY + 1)]
        owner_id = experiment.owner_id
        session.add(Webhook(user_id=owner_id, url="https://example.com/"))
        session.add(NotificationChoice(user_id=owner_id, channels={}, rhythm=rhythm))
        session.commit()
        for trial in list(experiment.trials):
            attempt = leases.claim(session, trial.id, "somewhere", 60)
            assert attempt
            leases.finish(session, trial.id, attempt, State.COMPLETED)
            session.commit()
    return owner_id


def count(sessions: sessionmaker[Session], model: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_of_several_workers_each_promise_is_kept_once(sessions: sessionmaker[Session]) -> None:
    fill(sessions)
    assert count(sessions, Happening) == MANY
    at_once(sessions, spread)
    assert count(sessions, Happening) == 0
    assert count(sessions, Notification) == count(sessions, WebhookDelivery) == MANY


def test_one_of_which_nobody_can_be_told_keeps_no_other_waiting(sessions: sessionmaker[Session]) -> None:
    fill(sessions)
    with sessions() as session:
        comment = Comment(
            experiment=session.scalars(select(Trial)).first().experiment, author_id=1, body="x", body_html="x"
        )
        session.add(comment)
        session.flush()
        session.add(Happening(id=0, what="mentioned", comment_id=comment.id, mentioned=5))  # those should be a list
        session.commit()
        spread(session)
    assert count(sessions, Happening) == 1
    assert count(sessions, Notification) == MANY


def test_of_several_workers_one_puts_a_digest_together_and_all_is_in_it(sessions: sessionmaker[Session]) -> None:
    fill(sessions)
    with sessions() as session:
        spread(session)
    assert sum(at_once(sessions, digests.put_together)) == 1
    assert count(sessions, Digest) == 1
    with sessions() as session:
        assert set(session.scalars(select(Notification.digest_id))) == {session.scalar(select(Digest.id))}


def test_of_several_workers_each_delivery_is_claimed_by_one(sessions: sessionmaker[Session], tmp_path: Any) -> None:
    fill(sessions)
    settings = Settings(DESCENT_VAR=tmp_path)
    with sessions() as session:
        spread(session)

    def claim_all(session: Session) -> list[int]:
        ids = list(session.scalars(select(WebhookDelivery.id)))
        session.rollback()
        return [one.delivery_id for number in ids if (one := deliveries.claim(session, number, settings))]

    claimed = [number for numbers in at_once(sessions, claim_all) for number in numbers]
    assert len(claimed) == len(set(claimed)) == MANY
