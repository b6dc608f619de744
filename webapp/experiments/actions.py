"""What is done with one experiment: stop, edit, archive, delete."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp import policy
from webapp.experiments import blueprint, service
from webapp.models import Experiment, State, db


def own_experiment(experiment_id: int) -> Experiment:
    """The experiment when this person may change it; 404 or 403 otherwise."""
    experiment = db.session.scalar(
        select(Experiment)
        .where(Experiment.id == experiment_id)
        .options(selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    if experiment is None:
        abort(404)
    if not policy.may_change(current_user, experiment):
        abort(403)
    return experiment


@blueprint.post("/experiments/<int:experiment_id>/stop")
@login_required
def stop(experiment_id: int) -> ResponseReturnValue:
    """End all its trials that have not ended; safe to click twice."""
    experiment = own_experiment(experiment_id)
    stopped = [service.stop(db.session(), trial) for trial in experiment.trials if not State(trial.state).ended]
    flash("Stopping. What it has logged so far stays." if any(stopped) else "It had ended already.", "info")
    return redirect(url_for("experiments.show", experiment_id=experiment.id))


@blueprint.post("/experiments/<int:experiment_id>/archive")
@login_required
def archive(experiment_id: int) -> ResponseReturnValue:
    """Put it away, or take it out again."""
    experiment = own_experiment(experiment_id)
    experiment.archived = request.form.get("archived", "1") == "1"
    db.session.commit()
    flash("Archived. The filter “Archived” of the table finds it." if experiment.archived else "Restored.", "success")
    return redirect(url_for("experiments.show", experiment_id=experiment.id))


@blueprint.post("/experiments/<int:experiment_id>/edit")
@login_required
def edit(experiment_id: int) -> ResponseReturnValue:
    """Another title, description and tags."""
    experiment = own_experiment(experiment_id)
    missing = [name for name in ("title", "description", "tags") if name not in request.form]
    if missing:
        abort(422, f"The field {missing[0]} did not arrive. Please reload the page.")
    try:
        service.change(
            db.session(), experiment, request.form["title"], request.form["description"], request.form["tags"]
        )
        flash("Saved.", "success")
    except service.ExperimentProblem as problem:
        db.session.rollback()
        flash(problem.message, "danger")
    return redirect(url_for("experiments.show", experiment_id=experiment_id))


@blueprint.post("/experiments/<int:experiment_id>/delete")
@login_required
def delete(experiment_id: int) -> ResponseReturnValue:
    """Take it away for good; the page has asked before."""
    experiment = own_experiment(experiment_id)
    title = experiment.title
    service.delete(db.session(), experiment)
    flash(f"“{title}” is deleted.", "success")
    return redirect(url_for("experiments.listing"))
