"""The forms of saved comparisons."""

import contextlib
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from werkzeug.wrappers import Response

from webapp import policy
from webapp.compare import blueprint
from webapp.compare import saved as service
from webapp.compare.chosen import read_ids
from webapp.models import Comparison, db
from webapp.models.comparison import NAME_LONGEST


@blueprint.post("/compare/saved")
@login_required
def save() -> ResponseReturnValue:
    """Keep a comparison under a name."""
    if not policy.may_keep_comparisons(current_user):
        abort(403)
    form = request.form
    ids, problem = read_ids(form.get("ids", ""))
    try:
        if problem:
            raise service.ComparisonProblem("ids", problem)
        comparison = service.create(db.session(), current_user, form.get("name", ""), ids, form.get("view", ""))
    except service.ComparisonProblem as error:
        flash(error.message, "warning")
        return redirect(as_it_looked(ids, form.get("view", ""), form.get("name", "")))
    flash(f"Saved as “{comparison.name}”. Its address can be sent to others.", "success")
    return to_page(comparison)


@blueprint.post("/compare/saved/<int:comparison_id>/edit")
@login_required
def edit(comparison_id: int) -> ResponseReturnValue:
    """Another name, and how the page looks now where the form says so; an empty view is one, of a page with nothing chosen."""
    comparison = own_comparison(comparison_id)
    key = comparison.key
    try:
        service.change(db.session(), comparison, request.form.get("name", ""), request.form.get("view"))
    except service.ComparisonProblem as error:
        flash(error.message, "warning")
    return redirect(url_for("compare.saved", comparison_key=key))


@blueprint.post("/compare/saved/<int:comparison_id>/notes")
@login_required
def notes(comparison_id: int) -> ResponseReturnValue:
    """What is said of it; the page opens again where it is read."""
    comparison = own_comparison(comparison_id)
    address = (
        f"{url_for('compare.saved', comparison_key=comparison.key)}?{comparison.view.partition('#')[0] or 'tab'}#notes"
    )
    try:
        service.change(db.session(), comparison, notes=request.form.get("notes", ""))
    except service.ComparisonProblem as error:
        flash(error.message, "warning")
    return redirect(address)


@blueprint.post("/compare/saved/<int:comparison_id>/delete")
@login_required
def delete(comparison_id: int) -> ResponseReturnValue:
    """Delete it; the page has asked before."""
    comparison = own_comparison(comparison_id)
    name = comparison.name
    service.delete(db.session(), comparison)
    flash(f"The comparison “{name}” is deleted; its experiments are still there.", "success")
    return redirect(url_for("compare.index"))


def as_it_looked(ids: Sequence[int], view: str, name: str) -> str:
    """The address of a comparison that could not be kept: how it looked and the name that was typed are not lost."""
    if not ids:
        return url_for("compare.index")
    typed = " ".join(name.split())[:NAME_LONGEST]
    said: dict[str, Any] = {"ids": ",".join(map(str, ids[:60])), service.TYPED_NAME: typed or None}
    address = url_for("compare.index", **said)
    with contextlib.suppress(service.ComparisonProblem):  # a view that is wrong itself is left out
        view = service.checked_view(view)
        return f"{address}&{view}" if view else address
    return address


def own_comparison(comparison_id: int) -> Comparison:
    """The comparison when this person may change it; else 404: nobody learns which ones others have."""
    comparison = service.by_id(db.session(), comparison_id)
    if comparison is None or not policy.may_change_comparison(current_user, comparison):
        abort(404)
    return comparison


def to_page(comparison: Comparison) -> Response:
    """The address of a comparison, as it was saved."""
    return redirect(url_for("compare.saved", comparison_key=comparison.key))
