"""The comparison, the list from which one is chosen, and the table of an experiment's trials."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp import policy
from webapp.auth.login import login_or_link
from webapp.compare import blueprint
from webapp.compare.chooser import picked, render_chooser
from webapp.compare.chosen import FEWEST, absent, find, read_ids
from webapp.compare.page import render_comparison, render_saved
from webapp.compare.saved import by_key
from webapp.compare.summary import trials_of
from webapp.experiments.address import address_of
from webapp.models import db


@blueprint.get("/compare")
@login_required
def index() -> ResponseReturnValue:
    """``?ids=3,5``: the experiments in that order; without at least two, a list to choose from."""
    if numbers := picked():
        return redirect(url_for("compare.index", ids=",".join(map(str, numbers))))
    ids, problem = read_ids(request.args.get("ids", ""))
    if problem:
        return render_chooser(ids, problem)
    experiments = find(db.session(), ids, current_user)
    problem = absent(ids, experiments)
    if problem or len(experiments) < FEWEST:
        return render_chooser([experiment.id for experiment in experiments], problem)
    return render_comparison(experiments)


@blueprint.get("/compare/choose")
@login_required
def choose() -> ResponseReturnValue:
    """The list again, for another search, with what is ticked so far."""
    return render_chooser(picked())


@blueprint.get("/compare/saved/<comparison_key>")
@login_required
def saved(comparison_key: str) -> ResponseReturnValue:
    """A comparison that somebody kept: of its experiments those that the reader may see, as it looked when it was saved."""
    comparison = by_key(db.session(), comparison_key)
    if comparison is None or not policy.may_see_comparison(current_user, comparison, comparison_key):
        abort(404)
    if comparison.view and not request.query_string:
        return redirect(f"{url_for('compare.saved', comparison_key=comparison.key)}?{comparison.view}")
    return render_saved(comparison)


@blueprint.get("/experiments/<int:experiment_id>/trials")
@login_or_link
def trials(experiment_id: int) -> ResponseReturnValue:
    """The final values of an experiment's trials, as a part of its page."""
    found = find(db.session(), [experiment_id], current_user)
    if not found:
        abort(404)
    columns, rows, means = trials_of(found[0])
    return render_template(
        "compare/trials.html",
        experiment=found[0],
        columns=columns,
        rows=rows,
        means=means,
        address=address_of(found[0]),
    )
