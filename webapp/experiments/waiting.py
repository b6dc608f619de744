"""Why a trial has not started yet, as sentences."""

from flask import current_app
from flask_login import current_user
from sqlalchemy.orm import Session

from webapp.models import Trial
from webapp.store import turns
from webapp.store.turns import Waiting


def why_waiting(session: Session, trial: Trial) -> str | None:
    """“Place 4 of 12 in the queue. 2 of yours are running, which is your limit.” None for a trial that is not queued."""
    stands = turns.waiting(session, trial, current_app.config["SETTINGS"].most_running)
    return sentence(stands, is_own=trial.experiment.owner_id == current_user.id) if stands else None


def sentence(stands: Waiting, *, is_own: bool) -> str:
    """For the owner of the trial, or for somebody else."""
    whose, their = ("yours", "your") if is_own else ("its owner's trials", "their")
    said = f"Place {stands.place:,} of {stands.length:,} in the queue."
    if stands.queue == "gpu":
        said = f"Place {stands.place:,} of {stands.length:,} in the queue for workers with a GPU."
    elif stands.queue != "cpu":
        said = f"Place {stands.place:,} of {stands.length:,} in the queue {stands.queue}."
    running = f"{stands.running or 'None'} of {whose} {'is' if stands.running == 1 else 'are'} running"
    if stands.running >= stands.limit:
        return f"{said} {running}, which is {their} limit."
    if stands.by_limit:
        return f"{said} {running}; {their} limit is {stands.limit:,} at the same time, and others of {whose} are before it."
    return f"{said} {running}." if stands.running else said
