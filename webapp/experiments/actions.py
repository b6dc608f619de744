"""What is done with one experiment: pause, stop, move, edit, archive, delete."""

from collections.abc import Callable
from functools import partial

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from webapp import policy
from webapp.experiments import blueprint, control, service
from webapp.experiments.show import find_experiment, render_page
from webapp.models import Experiment, State, Trial, db


def own_experiment(experiment_id: int) -> Experiment:
    """The experiment when this person may change it; 404 or 403 otherwise."""
    experiment = db.session.scalar(
        select(Experiment)
        .where(Experiment.id == experiment_id, policy.seen_by(current_user))
        .options(selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    if experiment is None:
        abort(404)
    if not policy.may_change(current_user, experiment):
        abort(403)
    return experiment


@blueprint.post("/experiments/<int:experiment_id>/control")
@login_required
def act(experiment_id: int) -> ResponseReturnValue:
    """Pause, resume or stop those of its trials that have not ended; safe to click twice."""
    experiment = own_experiment(experiment_id)
    action = control.ACTIONS.get(request.form.get("action", ""))
    if action is None:
        abort(422, f"The field action must be one of {', '.join(control.ACTIONS)}.")
    tell(experiment, action)
    return redirect(url_for("experiments.show", experiment_id=experiment.id))


@blueprint.post("/experiments/<int:experiment_id>/queue")
@login_required
def place(experiment_id: int) -> ResponseReturnValue:
    """Another queue and another priority for those of its trials that have not ended."""
    experiment = own_experiment(experiment_id)
    missing = [name for name in ("queue", "priority") if name not in request.form]
    if missing:
        abort(422, f"The field {missing[0]} did not arrive. Please reload the page.")
    queue, priority = request.form["queue"], request.form["priority"]
    try:
        for trial in experiment.trials:
            control.check_place(db.session(), trial, priority, queue)
    except control.CannotControl as problem:
        flash(str(problem), "warning")
    else:
        tell(experiment, partial(control.set_priority, word=priority), partial(control.move, queue=queue))
    return redirect(url_for("experiments.show", experiment_id=experiment.id))


def tell(experiment: Experiment, *actions: Callable[[Session, Trial], str]) -> None:
    """Do it to its trials, those that have not ended if there are any, and say once what each was answered."""
    live = [trial for trial in experiment.trials if not State(trial.state).ended]
    said: dict[str, str] = {}
    for trial in live or experiment.trials:
        try:
            for action in actions:
                said.setdefault(action(db.session(), trial), "info")
        except control.CannotControl as problem:
            said.setdefault(str(problem), "warning")
    for sentence, kind in said.items():
        flash(sentence, kind)
    service.enqueue_promised()


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
    """Another title, description and tags; with a mistake in them, the page with the form open and all that was written."""
    experiment = own_experiment(experiment_id)
    missing = [name for name in ("title", "description", "tags") if name not in request.form]
    if missing:
        abort(422, f"The field {missing[0]} did not arrive. Please reload the page.")
    said = {name: request.form[name] for name in ("title", "description", "tags")}
    try:
        service.change(db.session(), experiment, **said)
    except service.ExperimentProblem as problem:
        db.session.rollback()
        return render_page(find_experiment(experiment_id), said=said, problem=problem), 422
    flash("Saved.", "success")
    return redirect(url_for("experiments.show", experiment_id=experiment_id))


@blueprint.post("/experiments/<int:experiment_id>/delete")
@login_required
def delete(experiment_id: int) -> ResponseReturnValue:
    """Take it away for good; the page has asked before."""
    experiment = own_experiment(experiment_id)
    if not policy.may_manage(current_user, experiment):
        abort(403)
    title = experiment.title
    service.delete(db.session(), experiment)
    flash(f"“{title}” is deleted.", "success")
    return redirect(url_for("experiments.listing"))
