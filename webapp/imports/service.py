"""An experiment out of an uploaded log; the page and the API both call this."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from dlcore.events import Scalars
from dlcore.scores import direction_of
from webapp.experiments.service import checked, checked_visibility
from webapp.imports.budget import LogBudget, UploadProblem
from webapp.imports.log import Run, read_log
from webapp.models import Experiment, State, Trial, User, now
from webapp.sharing.service import set_visibility
from webapp.store import curves
from webapp.store.encoding import CurveData
from webapp.tags.service import find_or_make
from webapp.uploads.archives import Upload, size_of

SOURCE = "TensorBoard"
EVALUATED = ("validation/", "test/")


def import_log(
    session: Session,
    owner: User,
    uploads: Sequence[Upload],
    title: str = "",
    description: str = "",
    tags: str = "",
    visibility: str | None = None,
) -> Experiment:
    """A completed experiment with a trial for each run, committed. Raises UploadProblem and ExperimentProblem.

    All is read before anything is written, and written in one transaction: there is never half an experiment.
    """
    given = [upload for upload in uploads if upload.filename]
    if not given:
        raise UploadProblem("Please choose a log: a zip or tar.gz archive, event files, or a folder.")
    title, description, names = checked(title or title_of(given), description, tags)
    seen = checked_visibility(visibility, owner)
    runs = read_log(given, LogBudget(packed=sum(map(size_of, given))))
    experiment = Experiment(owner=owner, title=title, description=description, spec={})
    set_visibility(experiment, seen)
    experiment.imported = {"from": SOURCE, "runs": [told_of(run) for run in runs]}
    experiment.trials = [trial_of(number, run) for number, run in enumerate(runs, 1)]
    session.add(experiment)
    experiment.tags = find_or_make(session, names)
    session.flush()
    for trial, run in zip(experiment.trials, runs, strict=True):
        written = [Scalars(key, data.steps, data.values, data.times) for key, data in run.curves.items()]
        curves.append(session, trial.id, trial.attempt, written)
        session.refresh(trial)
        trial.move_to(State.COMPLETED, at=moment(max(data.times.max() for data in run.curves.values())))
    session.commit()
    return experiment


def title_of(uploads: Sequence[Upload]) -> str:
    """A title for what has none: the name of the archive, of the folder or of the file."""
    parts = (uploads[0].filename or "").replace("\\", "/").split("/")
    name = parts[0].removesuffix(".gz").removesuffix(".tgz").removesuffix(".tar").removesuffix(".zip")
    return f"TensorBoard log {name}"[:200]


def told_of(run: Run) -> dict[str, Any]:
    """What is kept of a run beside its curves."""
    return {"name": run.name, "texts": run.texts, "hparams": run.hparams, "left_out": run.left_out}


def trial_of(number: int, run: Run) -> Trial:
    """The trial of a run, as if its first attempt were just writing its curves."""
    first = min(data.times.min() for data in run.curves.values())
    last = max(data.times.max() for data in run.curves.values())
    step = max(0, *(int(data.steps[-1]) for data in run.curves.values()))
    return Trial(
        number=number,
        seed=0,
        state=State.RUNNING.value,
        attempt=1,
        step=step,
        steps=step or None,
        results={**results_of(run.curves), "duration_s": round(float(last - first), 3)},
        started_at=moment(first),
    )


def results_of(found: dict[str, CurveData]) -> dict[str, Any]:
    """The last and the best of each curve that is named as an evaluated metric is."""
    results: dict[str, Any] = {}
    for key, data in found.items():
        finite = data.where(np.isfinite(data.values))
        if not len(finite) or not key.startswith(EVALUATED):
            continue
        if key.startswith("test/"):
            results[key] = float(finite.values[-1])
            continue
        best = int((np.argmin if direction_of(key) == "lower" else np.argmax)(finite.values))
        results[key] = {
            "last": float(finite.values[-1]),
            "best": float(finite.values[best]),
            "best_step": int(finite.steps[best]),
        }
    return results


def moment(seconds: float) -> datetime:
    """A moment of Unix seconds; now, for a log that does not know it."""
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else now()
