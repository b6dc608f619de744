"""What goes out of a trial: plain values, read once, and its curves, read stretch by stretch as they are sent."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Artifact, Experiment, Trial
from webapp.store import artifacts, curves, histograms
from webapp.store.encoding import CurveData
from webapp.store.storage import Storage


@dataclass(frozen=True)
class KeptPicture:
    """A picture of a trial: the key of its PNG, and since when it is there (Unix seconds)."""

    tag: str
    step: int
    time: float
    key: str


@dataclass(frozen=True)
class Contents:
    """A trial as it stood at one moment. ``until``: the last step of each curve then; what is logged later stays out.

    So the export of a running trial is a prefix of what it will have logged: all its curves up to one moment.
    """

    trial_id: int
    name: str  # of its file, without the ending
    created: int
    about: dict[str, Any]
    spec: dict[str, Any]
    until: dict[str, int]
    storage: Storage  # where the pictures lie
    histogram_keys: Sequence[str] = ()
    pictures: list[KeptPicture] = field(default_factory=list)


def contents_of(session: Session, storage: Storage, trial: Trial, keys: Sequence[str] | None = None) -> Contents:
    """What goes out of a trial; of its curves only ``keys``, or all."""
    experiment = trial.experiment
    wanted = curves.keys(session, trial.id) if keys is None else keys
    last = curves.last_step_of(session, trial.id, list(wanted))
    return Contents(
        trial_id=trial.id,
        name=f"{stem(experiment)}-trial-{trial.number}",
        created=int(trial.created_at.timestamp()),
        about=about(trial),
        spec=experiment.spec,
        until={key: last[key] for key in wanted if key in last},
        histogram_keys=histograms.keys(session, trial.id),
        pictures=pictures_of(session, trial.id),
        storage=storage,
    )


def stem(experiment: Experiment) -> str:
    """A name for files: the title's words in plain letters, and the number."""
    words = re.sub(r"[^a-z0-9]+", "-", experiment.title.lower()).strip("-")[:60].rstrip("-")
    return f"{words or 'experiment'}-{experiment.id}"


def about(trial: Trial) -> dict[str, Any]:
    """What is told of a trial beside its curves."""
    experiment = trial.experiment
    return {
        "experiment": experiment.id,
        "title": experiment.title,
        "owner": experiment.owner.username,
        "trial": trial.id,
        "number": trial.number,
        "seed": trial.seed,
        "state": trial.state,
        "results": trial.results,
    }


def pictures_of(session: Session, trial_id: int) -> list[KeptPicture]:
    """A trial's pictures in the order of their steps."""
    query = select(Artifact).where(Artifact.trial_id == trial_id, Artifact.media_type == artifacts.PNG)
    return [
        KeptPicture(f"{row.kind}/{row.name}", row.step, row.created_at.timestamp(), row.path)
        for row in session.scalars(query.order_by(Artifact.kind, Artifact.name, Artifact.step))
    ]


def stretches(session: Session, contents: Contents) -> Iterator[tuple[str, CurveData]]:
    """(key, points) of every curve, a chunk in memory at a time.

    The database is let go after each, so that whoever downloads slowly holds no connection.
    """
    for key, until in contents.until.items():
        for data in curves.stretches(session, contents.trial_id, key):
            session.rollback()
            inside = data.where(data.steps <= until)
            if len(inside):
                yield key, inside
            if len(inside) < len(data):
                break
