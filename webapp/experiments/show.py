"""The page of one experiment."""

from typing import Any

import yaml
from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from dlcore.describe import Description, describe
from dlcore.errors import SpecError
from dlcore.spec import Spec
from webapp import policy
from webapp.comments.markdown import render
from webapp.experiments import blueprint
from webapp.models import Experiment, LogLine, Trial, db

MOST_LOG_LINES = 1000


@blueprint.get("/experiments/<int:experiment_id>")
@login_required
def show(experiment_id: int) -> ResponseReturnValue:
    """Its trials, one of them in full."""
    experiment = db.session.scalar(
        select(Experiment)
        .where(Experiment.id == experiment_id)
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    if experiment is None:
        abort(404)
    trial = chosen_trial(experiment)
    return render_template(
        "experiments/show.html",
        experiment=experiment,
        trial=trial,
        may_change=policy.may_change(current_user, experiment),
        description=described(experiment.spec),
        description_html=render(experiment.description),
        flat_spec=flat(experiment.spec),
        spec_yaml=yaml.safe_dump(experiment.spec, sort_keys=False, default_flow_style=None, width=100),
        log=log_of(trial),
        nobody_works=current_app.extensions["redis"] is None,
    )


def chosen_trial(experiment: Experiment) -> Trial:
    """The trial whose number ``?trial=`` names, else the first."""
    number = request.args.get("trial", 1, type=int)
    return next((trial for trial in experiment.trials if trial.number == number), experiment.trials[0])


def described(spec: dict[str, Any]) -> Description | None:
    """The layer table; None for a spec that an older version took and this one does not."""
    try:
        return describe(Spec.model_validate(spec))
    except (SpecError, ValidationError):
        return None


def flat(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """A nested spec as rows: ("optimizer.lr", 0.05)."""
    if isinstance(value, dict):
        return [row for key, item in value.items() for row in flat(item, f"{path}.{key}" if path else key)]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [row for index, item in enumerate(value) for row in flat(item, f"{path}.{index}")]
    if isinstance(value, list):
        return [(path, ", ".join(map(str, value)) or "none")]
    return [(path, value)]


def log_of(trial: Trial) -> list[LogLine]:
    """The last lines of a trial's log."""
    newest = select(LogLine).where(LogLine.trial_id == trial.id).order_by(LogLine.id.desc()).limit(MOST_LOG_LINES)
    return list(reversed(db.session.scalars(newest).all()))
