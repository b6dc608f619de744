"""Who uses the test part of a trial that has ended, and that it is used once: by conditional updates, like the leases.

Of a trial that has ended, ``worker`` and ``lease_until`` are free: here they say who wants or uses its test part, and until
when nobody else may.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, false, or_, select, update
from sqlalchemy.orm import Session

from webapp.models import Artifact, State, Trial, now
from webapp.store.artifacts import CHECKPOINT
from webapp.store.curves import StaleAttempt
from webapp.store.leases import changed, is_gone, keep_results

ASKED = "asked to test"
ASKED_S = 900  # a message may be lost; then it may be asked again
LEASE_S = 1800
TESTABLE = (State.COMPLETED.value, State.CANCELLED.value)


def is_used(trial: Trial) -> bool:
    """Whether the test part has told its numbers."""
    return any(key.startswith("test/") for key in trial.results)


def is_asked(trial: Trial) -> bool:
    """Whether somebody wants them, and a worker is on its way or at it."""
    at_it = trial.lease_until is not None and trial.lease_until > now() and not is_gone(trial.worker or "")
    return State(trial.state).ended and at_it


def why_not(session: Session, trial: Trial, spec: dict[str, Any]) -> str | None:
    """Why the test part of a trial cannot be used now, as a sentence; None when it can."""
    if not State(trial.state).ended:
        return "This trial has not ended yet. Its test part can be used after the end."
    if is_used(trial):
        return (
            "The test part of this trial has been used already. It is used only once, so that nothing is chosen by it."
        )
    if trial.state not in TESTABLE:
        return "This trial failed, so there is nothing to test."
    if spec.get("data", {}).get("split", {}).get("test") == 0:
        return "There is no test part: the split of this experiment leaves it without examples."
    kept = exists().where(Artifact.trial_id == trial.id, Artifact.kind == CHECKPOINT)
    if not session.scalar(select(kept)):
        return "No checkpoint of this trial was kept, so there are no weights to test."
    if is_asked(trial):
        return "Somebody asked for this already. The numbers come as soon as a worker is free."
    return None


def ask(session: Session, trial: Trial) -> bool:
    """Reserve the test part in the caller's transaction; False when another was first."""
    query = free(session, trial.id).values(worker=ASKED, lease_until=now() + timedelta(seconds=ASKED_S))
    return taken(session, trial.id, query)


def claim(session: Session, trial_id: int, worker: str) -> bool:
    """Take it, for a worker; False when it is not to be had: used, or another is at it."""
    query = free(session, trial_id, or_asked=True)
    if not taken(session, trial_id, query.values(worker=worker, lease_until=now() + timedelta(seconds=LEASE_S))):
        session.rollback()
        return False
    session.commit()
    return True


def taken(session: Session, trial_id: int, query: Any) -> bool:
    """Run the update, and look again, now that nobody else can write the row."""
    if not changed(session, query):
        return False
    return not is_used(session.get_one(Trial, trial_id, populate_existing=True))


def free(session: Session, trial_id: int, *, or_asked: bool = False) -> Any:
    """An update of a trial that has ended and whose test part nobody uses, or whose user fell silent."""
    worker = session.scalar(select(Trial.worker).where(Trial.id == trial_id))
    gone = Trial.worker == worker if is_gone(worker or "") else false()
    asked = Trial.worker == ASKED if or_asked else false()
    nobody = or_(Trial.lease_until.is_(None), Trial.lease_until < now(), gone, asked)
    return update(Trial).where(Trial.id == trial_id, Trial.state.in_(TESTABLE), nobody)


def held(trial_id: int, attempt: int, worker: str) -> Any:
    """An update of an ended trial whose test part ``worker`` uses."""
    ended = (Trial.id == trial_id, Trial.attempt == attempt, Trial.state.in_(TESTABLE))
    return update(Trial).where(*ended, Trial.worker == worker)


def hold(session: Session, trial_id: int, attempt: int, worker: str) -> None:
    """Make sure, until the transaction ends, that ``worker`` uses the test part. Raises StaleAttempt."""
    if not changed(session, held(trial_id, attempt, worker).values(worker=worker)):
        raise StaleAttempt(f"{worker} no longer tests trial {trial_id}")


def finish(session: Session, trial_id: int, attempt: int, worker: str, metrics: dict[str, float]) -> dict[str, Any]:
    """Add the metrics to the trial's results in the caller's transaction, and let go; the results. Raises StaleAttempt.

    Without metrics, because it failed, the test part counts as not used.
    """
    hold(session, trial_id, attempt, worker)
    results = {**session.get_one(Trial, trial_id, populate_existing=True).results, **metrics}
    changed(session, held(trial_id, attempt, worker).values(worker=None, lease_until=None))
    keep_results(session, trial_id, results)
    return results
