"""Points of curves that comments are about."""

import contextlib
import math
from collections.abc import Collection
from typing import Any, NamedTuple

from flask import current_app
from redis import RedisError
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp import policy
from webapp.comments.markdown import words_of
from webapp.comments.problem import CommentProblem
from webapp.live.snapshot import not_yet_durable, streamed_curves
from webapp.models import Comment, Experiment, State, Trial, User
from webapp.store import curves

LONGEST_KEY = 200
LARGEST_STEP = 2**53
MOST = 500
SAID = 140
SOME = 8  # curves that are named to who meant another


class Pin(NamedTuple):
    """A point of a curve. ``value`` is what the curve showed there, where it is known."""

    trial_id: int
    key: str
    step: int
    value: float | None = None


def checked_pin(session: Session, experiment: Experiment, pin: Pin) -> Pin:
    """The pin as it is kept. Raises CommentProblem."""
    trial = session.get(Trial, pin.trial_id)
    if trial is None or trial.experiment_id != experiment.id:
        raise CommentProblem("pin.trial", "A comment can be pinned to a trial of its own experiment only.", "missing")
    key = pin.key.strip()
    if not key or len(key) > LONGEST_KEY or "\x00" in key:
        raise CommentProblem("pin.key", f"A curve's key, such as train/loss, has 1 to {LONGEST_KEY} characters.")
    last_steps = last_steps_of(session, trial)
    if key not in last_steps:
        some = ", ".join(sorted(last_steps)[:SOME]) or "none yet"
        raise CommentProblem(
            "pin.key", f"Trial {trial.number} has no curve “{key[:60]}”. Its curves: {some}.", "missing"
        )
    last = max(last_steps[key], trial.step, trial.steps or 0)
    if not 0 <= pin.step <= last:
        raise CommentProblem("pin.step", f"A step here is a whole number from 0 to {last:,}; you entered {pin.step:,}.")
    value = pin.value if pin.value is not None and math.isfinite(pin.value) else None
    return Pin(trial.id, key, pin.step, value)


def last_steps_of(session: Session, trial: Trial) -> dict[str, int]:
    """The last step of each of a trial's curves: of what is stored and, while it trains, of what its pages show already."""
    found = curves.last_step_of(session, trial.id)
    client = current_app.extensions["redis"]
    if client is not None and not State(trial.state).ended:
        with contextlib.suppress(RedisError):
            _, entries = not_yet_durable(session, client, trial)
            found |= {key: int(data.steps[-1]) for key, data in streamed_curves(entries, trial.attempt).items()}
    return found


def set_pin(comment: Comment, pin: Pin | None) -> None:
    """Put a comment at a point, or at none."""
    comment.pin_trial_id = pin.trial_id if pin else None
    comment.pin_key = pin.key if pin else None
    comment.pin_step = pin.step if pin else None
    comment.pin_value = pin.value if pin else None


def pins_of(session: Session, reader: User, experiment_ids: Collection[int]) -> list[dict[str, Any]]:
    """The newest pins of experiments that a person may read, oldest first, with the beginning of what was said."""
    query = (
        select(Comment)
        .join(Comment.experiment)
        .where(
            Comment.experiment_id.in_(experiment_ids),
            Comment.pin_trial_id.is_not(None),
            Comment.deleted_at.is_(None),
            policy.seen_by(reader),
        )
        .options(joinedload(Comment.author), joinedload(Comment.experiment))
        .order_by(Comment.id.desc())
        .limit(MOST)
    )
    found = session.scalars(query).all() if experiment_ids else []
    return [resource(comment) for comment in reversed(found) if policy.may_read_comment(reader, comment)]


def resource(comment: Comment) -> dict[str, Any]:
    """A pin, for charts."""
    words = words_of(comment.body)
    return {
        "comment": comment.id,
        "experiment": comment.experiment_id,
        "trial": comment.pin_trial_id,
        "key": comment.pin_key,
        "step": comment.pin_step,
        "value": comment.pin_value,
        "author": comment.author.shown_name,
        "said": words if len(words) <= SAID else f"{words[:SAID]}…",
    }
