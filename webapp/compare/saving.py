"""The forms of saved comparisons."""

import contextlib
from urllib.parse import urlencode

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp import policy
from webapp.api.matching import hold
from webapp.compare import blueprint
from webapp.compare import saved as service
from webapp.compare.chosen import read_ids
from webapp.compare.page import render_saved
from webapp.models import Comparison, db
from webapp.models.comparison import NAME_LONGEST

CHANGED = (
    "Somebody changed these notes while you wrote. Theirs stand here; what you wrote is below and not kept yet. "
    "Saving it replaces theirs."
)


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
        address = f"{url_for('compare.index')}?ids={','.join(map(str, ids[:60]))}&"
        return redirect(as_it_looked(address, form.get("view", ""), form.get("name", "")) if ids else address)
    flash(f"Saved as “{comparison.name}”. Its address can be sent to others.", "success")
    return redirect(address_of(comparison))


@blueprint.post("/compare/saved/<int:comparison_id>/edit")
@login_required
def edit(comparison_id: int) -> ResponseReturnValue:
    """Another name or other experiments, and how the page looks now where the form says so; an empty view is one, of a page with
    nothing chosen.
    """
    comparison = own_comparison(comparison_id)
    view, address, others = request.form.get("view"), address_of(comparison), request.form.get("ids")
    name = request.form.get("name", "" if others is None else comparison.name)
    ids, problem = read_ids(others) if others is not None else (None, None)
    try:
        if problem:
            raise service.ComparisonProblem("ids", problem)
        service.change(db.session(), comparison, name, view, ids=ids)
    except service.ComparisonProblem as error:
        flash(error.message, "warning")
        return redirect(address if view is None else as_it_looked(f"{address}?", view, name))
    if ids is not None:
        flash(f"“{comparison.name}” compares these {len(comparison.compared)} experiments from now on.", "success")
    return redirect(address)


@blueprint.post("/compare/saved/<int:comparison_id>/notes")
@login_required
def notes(comparison_id: int) -> ResponseReturnValue:
    """What is said of it; the page opens again where it is read, or with what could not be kept. Nobody overwrites what somebody
    else wrote meanwhile.
    """
    comparison = own_comparison(comparison_id)
    hold(comparison)
    typed, known = request.form.get("notes", ""), service.mark_of(comparison.notes)
    if request.form.get("before", known) != known:
        return render_saved(comparison, typed, CHANGED), 409
    address = f"{address_of(comparison)}?{comparison.view.partition('#')[0] or 'tab'}#notes"
    try:
        service.change(db.session(), comparison, notes=typed)
    except service.ComparisonProblem as error:
        return render_saved(comparison, typed, error.message), 422
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


def as_it_looked(address: str, view: str, name: str) -> str:
    """The address of a comparison that could not be kept: how it looked and the name that was typed are not lost."""
    address += urlencode({service.TYPED_NAME: " ".join(name.split())[:NAME_LONGEST]})
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


def address_of(comparison: Comparison) -> str:
    """The address of a comparison, as it was saved."""
    return url_for("compare.saved", comparison_key=comparison.key)
