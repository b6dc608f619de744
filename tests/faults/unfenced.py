"""A worker without leases and fences: every running trial is taken for abandoned, whoever comes gets it, any attempt may write.

For the test that shows that the chaos test sees what they are for. Nothing in the product can switch them off.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.faults.often import app
from webapp.models import State, Trial
from webapp.store import artifacts, curves, histograms, leases
from worker import checkpoints, journal, keeper

UNENDED = (State.QUEUED.value, State.RUNNING.value)


def claim(session: Session, trial_id: int, worker: str, _lease_s: float) -> int | None:
    """Whoever comes."""
    unended = update(Trial).where(Trial.id == trial_id, Trial.state.in_(UNENDED))
    if not leases.changed(session, unended.values(state="running", attempt=Trial.attempt + 1, worker=worker)):
        return None
    session.commit()
    return session.scalar(select(Trial.attempt).where(Trial.id == trial_id))


def held(trial_id: int, _attempt: int) -> Any:
    """Any attempt."""
    return update(Trial).where(Trial.id == trial_id)


def lapsed(session: Session) -> list[tuple[int, int]]:
    """All that run."""
    running = select(Trial.id, Trial.attempt).where(Trial.state == State.RUNNING.value)
    return [(row.id, row.attempt) for row in session.execute(running)]


def hold_attempt(*_: Any) -> None:
    """Any attempt may write."""


def request_of(*_: Any) -> None:
    """Nothing is asked of anybody, whichever attempt it is."""


keeper.GRACE_S, keeper.EVERY_S = 0.0, 1.0
leases.claim, leases.held, leases.lapsed, leases.request_of = claim, held, lapsed, request_of
for module in (curves, histograms, artifacts, leases, checkpoints):
    module.hold_attempt = hold_attempt  # type: ignore[attr-defined]
artifacts.add.__defaults__ = (hold_attempt,)
artifacts.add_picture.__defaults__ = (hold_attempt,)
artifacts.add_report.__defaults__ = (hold_attempt,)
assert journal.curves is curves
__all__ = ["app"]
