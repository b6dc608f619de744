"""Pausing, resuming, stopping, moving: what people want of a trial. All of it may be asked twice.

What waits in a queue is changed at once. Of what runs it is asked, and its worker does it within a second
(``worker/runner.py``). Each answers with a sentence, and raises CannotControl with one where it makes no sense.
"""

from contextlib import suppress
from typing import Any, cast

from flask import current_app
from redis import RedisError
from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from webapp.experiments.service import RUN_TRIAL
from webapp.fields import FieldProblem, Why
from webapp.models import Priority, Request, State, Trial, now
from webapp.queue import promise
from webapp.store import workers
from webapp.store.live import publish

CANCELLED = {"state": State.CANCELLED.value, "request": None}
STOPPED = "Stopped. What it has logged so far stays."


class CannotControl(FieldProblem):
    """Why something cannot be done to a trial, as a sentence; ``field`` names what is wrong with the request, if it is that."""

    def __init__(self, message: str, field: str = "", why: Why = "taken") -> None:
        super().__init__(field, message, why)


def stop(session: Session, trial: Trial) -> str:
    """End it; what it logged stays, and so do its checkpoints."""
    waits = (State.QUEUED, State.PAUSED)
    if changed(session, trial, waits, **CANCELLED, ended_at=now()):
        return STOPPED
    if changed(session, trial, (State.RUNNING,), request=Request.STOP.value):
        return "Stopping. What it has logged so far stays."
    return "It has ended already."


def keep_best(session: Session, trial: Trial) -> str:
    """End it with the best weights so far, as early stopping would."""
    not_to_stop = Trial.request.is_distinct_from(Request.STOP.value)
    if changed(session, trial, (State.QUEUED, State.PAUSED), Trial.attempt == 0, **CANCELLED, ended_at=now()):
        return "Stopped. It had not begun, so there is nothing to keep."
    if changed(session, trial, (State.QUEUED, State.RUNNING), not_to_stop, request=Request.KEEP_BEST.value):
        return "Ending with the best weights so far."
    if changed(session, trial, (State.PAUSED,), state=State.QUEUED.value, request=Request.KEEP_BEST.value):
        return "Ending with the best weights so far, as soon as a worker is free."
    return "It is being stopped already." if trial.state == State.RUNNING.value else "It has ended already."


def pause(session: Session, trial: Trial) -> str:
    """Put it down until somebody resumes it."""
    if changed(session, trial, (State.QUEUED,), Trial.request.is_(None), state=State.PAUSED.value):
        return "Paused. It goes on when you resume it."
    free = Trial.request.is_(None) | (Trial.request == Request.MOVE.value)
    if changed(session, trial, (State.RUNNING,), free, request=Request.PAUSE.value):
        return "Pausing. It goes on from there when you resume it."
    if trial.state == State.PAUSED.value or trial.request == Request.PAUSE.value:
        return "It is paused already."
    raise CannotControl(f"It {being(trial)}, so it cannot be paused.")


def resume(session: Session, trial: Trial) -> str:
    """Let it go on, from the very step where it was."""
    if changed(session, trial, (State.PAUSED,), state=State.QUEUED.value):
        return "Resumed. It goes on as soon as a worker is free."
    if changed(session, trial, (State.RUNNING,), Trial.request == Request.PAUSE.value, request=None):
        return "It goes on."
    if State(trial.state).ended:
        raise CannotControl(f"It {being(trial)}, so it cannot go on. A clone can start from its weights.")
    return "It is on its way already."


ACTIONS = {"stop": stop, "keep_best": keep_best, "pause": pause, "resume": resume}
"""What programs and forms call them."""


def check_place(_: Session, trial: Trial, word: str | None, queue: str | None) -> None:
    """Raises CannotControl where a priority or a queue cannot be, before either is changed."""
    if word is not None:
        check_priority(word)
    if queue is not None:
        check_queue(trial, queue)


def set_priority(session: Session, trial: Trial, word: str) -> str:
    """Who comes first among those that wait in its queue."""
    check_priority(word)
    alive = [state for state in State if not state.ended]
    if not changed(session, trial, alive, priority=Priority[word.upper()].value):
        raise CannotControl(f"It {being(trial)}, so it waits in no queue.")
    return f"Its priority is {word}."


def move(session: Session, trial: Trial, queue: str) -> str:
    """Have it run by the workers of another queue; what runs is put down first, and goes on there."""
    check_queue(trial, queue)
    if changed(session, trial, (State.QUEUED,), Trial.queue != queue, queue=queue):
        return f"Moved to the queue {queue}."
    if changed(session, trial, (State.PAUSED,), Trial.queue != queue, queue=queue):
        return f"Moved to the queue {queue}, where it goes on when you resume it."
    moving = Trial.request.is_(None)
    if changed(session, trial, (State.RUNNING,), Trial.queue != queue, moving, queue=queue, request=Request.MOVE.value):
        return f"Moving to the queue {queue}."
    if changed(session, trial, (State.RUNNING,), Trial.queue != queue, queue=queue):
        return f"Moved to the queue {queue}."  # it is coming to rest for another reason, or moving already
    if State(trial.state).ended:
        raise CannotControl(f"It {being(trial)}, so it waits in no queue.")
    return f"It is in the queue {queue} already."


def check_priority(word: str) -> None:
    """Raises CannotControl where there is no such priority."""
    words = [priority.word for priority in Priority]
    if word not in words:
        raise CannotControl(
            f"The priority must be {', '.join(words[:-1])} or {words[-1]}; you sent “{word[:40]}”.",
            "priority",
            "wrong",
        )


def check_queue(trial: Trial, queue: str) -> None:
    """Raises CannotControl where no worker of a queue could run it."""
    known = queues(trial)
    if queue not in known:
        raise CannotControl(
            f"No worker takes trials from a queue “{queue[:40]}”. There are {', '.join(known)}; "
            f"“flask worker --queues NAME” starts a worker for another.",
            "queue",
        )
    if queue == "cpu" and trial.experiment.spec.get("device") == "cuda":
        raise CannotControl("Its spec wants a GPU (device: cuda), which workers of the queue cpu do not have.", "queue")


def queues(trial: Trial) -> list[str]:
    """The queues that it may be in: its own, the two usual ones, and those of the workers that are there."""
    redis = current_app.extensions["redis"]
    served: list[str] = []
    if redis is not None:
        with suppress(RedisError):  # it is away: the usual ones can be chosen all the same
            served = workers.queues_served(redis)
    return list(dict.fromkeys((*workers.USUAL_QUEUES, *served, trial.queue)))


def changed(session: Session, trial: Trial, states: Any, *conditions: Any, **values: Any) -> bool:
    """Change it, committed, if it is in one of ``states`` and the conditions hold.

    A worker of its queue is woken when it waits there from now on, and those who watch are told of another state.
    """
    query = update(Trial).where(Trial.id == trial.id, Trial.state.in_([state.value for state in states]), *conditions)
    result = session.execute(query.values(**values).execution_options(synchronize_session=False))
    met = cast("CursorResult[Any]", result).rowcount > 0
    session.refresh(trial)
    if met and trial.state == State.QUEUED.value and values.keys() & {"state", "queue"}:
        promise(session, RUN_TRIAL, trial.queue, [trial.id])
    session.commit()
    if met and "state" in values:
        tell(trial)
    return met


def tell(trial: Trial) -> None:
    """Tell those who watch; they can do without when Redis is away."""
    redis = current_app.extensions["redis"]
    if redis is None:
        return
    try:
        publish(
            redis, trial.id, "state", {"state": trial.state, "attempt": trial.attempt, "failure": None, "results": {}}
        )
    except RedisError:
        current_app.logger.warning("those who watch trial %s were not told that it is %s", trial.id, trial.state)


def being(trial: Trial) -> str:
    """How it stands, within a sentence."""
    if State(trial.state).ended:
        return f"has ended ({trial.state})"
    words = {Request.STOP.value: "is being stopped", Request.KEEP_BEST.value: "is ending with its best weights"}
    return words.get(trial.request or "", f"is {trial.state}")
