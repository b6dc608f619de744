"""Where an attempt has files that nobody needs after it, and how they go when it was killed."""

import re
import shutil
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.models import State, Trial

NAME = re.compile(r"trial-(\d+)-(\d+)")


def place(var: Path, trial_id: int, attempt: int) -> Path:
    """That of an attempt; whoever writes there makes it."""
    return var / "scratch" / f"trial-{trial_id}-{attempt}"


def sweep(session: Session, var: Path) -> None:
    """Delete what attempts left that run no more."""
    for path in (var / "scratch").glob("trial-*"):
        name = NAME.fullmatch(path.name)
        if name and not is_running(session, int(name[1]), int(name[2])):
            shutil.rmtree(path, ignore_errors=True)


def is_running(session: Session, trial_id: int, attempt: int) -> bool:
    """Whether an attempt runs its trial."""
    same = (Trial.id == trial_id, Trial.attempt == attempt, Trial.state == State.RUNNING.value)
    return bool(session.scalar(select(exists().where(*same))))
