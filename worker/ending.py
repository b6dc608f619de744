"""How an attempt ends: what becomes of its trial, in one transaction, and who is told."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.finite import by_name
from webapp.models import State, Trial
from webapp.queue import RUN_TRIAL, promise, promise_next
from webapp.store import curves, leases
from webapp.store.database import is_full_disk
from webapp.store.storage import StorageAway
from worker import checkpoints
from worker.failures import sentence
from worker.writer import Writer


def ending(error: BaseException) -> tuple[State, dict[str, Any]]:
    """How an attempt ends that an error ended: no fault of the trial are a full disk and a storage that is away; it can go on later."""
    is_paused = is_full_disk(error) or isinstance(error, StorageAway)
    return State.PAUSED if is_paused else State.FAILED, {"failure": sentence(error)}


def end(writer: Writer, state: State | None, values: dict[str, Any]) -> None:
    """End the attempt, then tell those who watch. Raises StaleAttempt.

    Without a state it was put down, and what was asked of it says what becomes of it.
    """
    writer.ledger.catch_up()
    try:
        reached = finish(writer, state, values)
    except curves.StaleAttempt:
        found = found_ended(writer, state)  # the database may have gone away just before it could say that it was done
        if found is None:
            raise
        reached = found
    message = {
        "state": reached.value,
        "attempt": writer.attempt,
        "failure": values.get("failure") if state is not None or reached is State.FAILED else None,
        "results": by_name(values.get("results", {})),
    }
    writer.say("state", message)
    if reached.ended:
        checkpoints.keep_only_the_last(writer.sessions, writer.storage, writer.trial_id)


def finish(writer: Writer, state: State | None, values: dict[str, Any]) -> State:
    """Merge the curves and end the attempt in one transaction; the state that was reached. Raises StaleAttempt."""
    values = dict(values)
    with writer.sessions() as session:
        reached = state or put_down(session, writer, values)
        if reached.ended:
            curves.merge(session, writer.trial_id, writer.attempt)
        leases.finish(session, writer.trial_id, writer.attempt, reached, **values)
        if reached is State.QUEUED:
            queue = session.scalars(select(Trial.queue).where(Trial.id == writer.trial_id)).one()
            promise(session, RUN_TRIAL, queue, [writer.trial_id])
        promise_next(session, writer.trial_id, writer.settings.most_running)
        session.commit()
    return reached


def put_down(session: Session, writer: Writer, values: dict[str, Any]) -> State:
    """What becomes of a trial that has not ended, by what was asked of it.

    What ended its attempt from outside is told only if that was once too often.
    """
    place = (session, writer.trial_id, writer.attempt)
    if "failure" not in values:
        return leases.state_after(*place)
    reached, values["fruitless"] = leases.state_after_fruitless(*place)
    if reached is not State.FAILED:
        values["failure"] = None
    return reached


def found_ended(writer: Writer, state: State | None) -> State | None:
    """The state that this attempt has put the trial into already, if it is the one that was meant."""
    with writer.sessions() as session:
        trial = session.get(Trial, writer.trial_id)
        if trial is None or trial.attempt != writer.attempt or trial.state == State.RUNNING.value:
            return None
        return State(trial.state) if state in (None, State(trial.state)) else None
