"""The tags of one experiment, changed where they are shown."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from webapp.experiments import blueprint, service
from webapp.experiments.actions import own_experiment
from webapp.models import db


@blueprint.post("/experiments/<int:experiment_id>/tags")
@login_required
def retag(experiment_id: int) -> ResponseReturnValue:
    """Other tags; answers the piece of the page that shows them."""
    experiment, problem, code = own_experiment(experiment_id), "", 200
    tags = request.form.get("tags")
    if tags is None:
        abort(422, "The field tags did not arrive. Please reload the page.")
    try:
        service.retag(db.session(), experiment, tags)
    except service.ExperimentProblem as error:
        db.session.rollback()
        problem, code = error.message, 422
    context = {
        "experiment": own_experiment(experiment_id),
        "may_change": True,
        "problem": problem,
        "saved": not problem,
    }
    return render_template("experiments/_tags.html", typed=tags if problem else None, **context), code
