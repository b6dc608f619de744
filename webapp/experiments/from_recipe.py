"""A recipe, trained with one click."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from dlcore.recipes import recipe_of
from webapp import policy
from webapp.experiments import blueprint, service
from webapp.models import db


@blueprint.post("/experiments/new/recipe")
@login_required
def start_recipe() -> ResponseReturnValue:
    """Submit a recipe as it stands; where it cannot run here, the form says why."""
    if not policy.may_submit(current_user):
        abort(403, "You may look at what is here, but submit nothing.")
    recipe = recipe_of(request.form.get("recipe", ""))
    if recipe is None:
        abort(422, "The field recipe must name a recipe; there is none of that name.")
    try:
        made = service.create_experiment(db.session(), current_user, recipe.title, recipe.summary, [], recipe.spec)
    except service.ExperimentProblem as problem:
        flash(problem.message, "warning")
        return redirect(url_for("experiments.new", recipe=recipe.name))
    service.enqueue_promised()
    return redirect(url_for("experiments.show", experiment_id=made.id))
