"""The errors tab of a trial: what is wrong on the test part, or why that is not known yet."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp import policy
from webapp.auth.login import login_or_link
from webapp.experiments import blueprint
from webapp.models import Experiment, State, Trial, db
from webapp.store import artifacts, testing


@blueprint.get("/experiments/trials/<int:trial_id>/errors")
@login_or_link
def errors(trial_id: int) -> ResponseReturnValue:
    """A piece of the experiment's page; the script draws the report, which it reads by the API."""
    query = select(Trial).join(Experiment).where(Trial.id == trial_id, policy.seen_by(current_user))
    trial = db.session.scalar(query.options(joinedload(Trial.experiment).joinedload(Experiment.owner))) or abort(404)
    spec = trial.experiment.spec
    kept = artifacts.of_kind(db.session(), trial_id, "errors")
    return render_template(
        "experiments/_errors.html",
        trial=trial,
        has_report=any(artifact.media_type == artifacts.JSON for artifact in kept),
        has_ended=State(trial.state).ended,
        at_end=spec.get("test", "at_end") == "at_end",
        asked=testing.is_asked(trial),
        why_not=testing.why_not(db.session(), trial, spec),
        may_change=policy.may_change(current_user, trial.experiment),
    )
