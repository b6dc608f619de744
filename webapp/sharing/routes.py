"""Fragments of the sharing dialog; htmx swaps them in. And the visibility that a person's new experiments have."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from webapp import policy
from webapp.models import Experiment, Share, User, db
from webapp.sharing import blueprint, service

OFFERED = 8


@blueprint.get("/experiments/<int:experiment_id>/sharing")
@login_required
def show(experiment_id: int) -> ResponseReturnValue:
    """The dialog."""
    return render_dialog(managed(experiment_id))


@blueprint.post("/experiments/<int:experiment_id>/sharing/visibility")
@login_required
def set_visibility(experiment_id: int) -> ResponseReturnValue:
    """Who sees it."""
    experiment = managed(experiment_id)
    try:
        service.set_visibility(experiment, service.read_visibility(request.form.get("visibility", "")))
    except service.SharingProblem as problem:
        return render_dialog(experiment, problem), 422
    return kept(experiment)


@blueprint.post("/experiments/<int:experiment_id>/sharing/people")
@login_required
def add_person(experiment_id: int) -> ResponseReturnValue:
    """Share it with somebody, to view or to edit; or change which of the two."""
    experiment = managed(experiment_id)
    try:
        service.share(db.session(), experiment, request.form.get("username", ""), request.form.get("access", ""))
    except service.SharingProblem as problem:
        return render_dialog(experiment, problem), 422
    return kept(experiment)


@blueprint.post("/experiments/<int:experiment_id>/sharing/people/<int:person_id>/remove")
@login_required
def remove_person(experiment_id: int, person_id: int) -> ResponseReturnValue:
    """Share it no longer with somebody; safe to click twice."""
    experiment = managed(experiment_id)
    service.unshare(experiment, person_id)
    return kept(experiment)


@blueprint.post("/experiments/<int:experiment_id>/sharing/link")
@login_required
def make_link(experiment_id: int) -> ResponseReturnValue:
    """Another link in the place of the one that there is; the page has asked before."""
    experiment = managed(experiment_id)
    service.make_link(experiment)
    return kept(experiment)


@blueprint.post("/experiments/<int:experiment_id>/sharing/link/revoke")
@login_required
def revoke_link(experiment_id: int) -> ResponseReturnValue:
    """No link any more; the page has asked before."""
    experiment = managed(experiment_id)
    service.revoke_link(experiment)
    return kept(experiment)


@blueprint.get("/experiments/<int:experiment_id>/sharing/names")
@login_required
def names(experiment_id: int) -> ResponseReturnValue:
    """People whose name begins with ``username``, to choose from: no address, and none of those who are on the list."""
    experiment = managed(experiment_id)
    begun = request.args.get("username", "").strip().lstrip("@").lower()[:40]
    fits = or_(User.username.startswith(begun, autoescape=True), User.name.istartswith(begun, autoescape=True))
    others = User.id.not_in([experiment.owner_id, *(share.user_id for share in experiment.shares)])
    found = (
        select(User.username, User.name)
        .where(fits, others, User.deactivated_at.is_(None))
        .order_by(User.username)
        .limit(OFFERED)
    )
    return render_template("sharing/_names.html", people=db.session.execute(found).all() if begun else [])


@blueprint.post("/account/visibility")
@login_required
def set_default() -> ResponseReturnValue:
    """Who sees what this person submits from now on, unless they say otherwise."""
    try:
        current_user.default_visibility = service.read_visibility(request.form.get("visibility", ""), service.DEFAULTS)
    except service.SharingProblem as problem:
        abort(422, f"The field visibility is wrong. {problem}")
    db.session.commit()
    flash("Saved. What you have submitted so far stays as it is.", "success")
    return redirect(url_for("account.index"))


def managed(experiment_id: int) -> Experiment:
    """The experiment when this person may say who sees it; 404 or 403 otherwise."""
    query = select(Experiment).where(Experiment.id == experiment_id, policy.seen_by(current_user))
    experiment = db.session.scalar(query.options(selectinload(Experiment.shares).joinedload(Share.user)))
    if experiment is None:
        abort(404)
    if not policy.may_manage(current_user, experiment):
        abort(403, "Only its owner and administrators say who sees an experiment.")
    return experiment


def kept(experiment: Experiment) -> str:
    """Commit what was changed, tell the streams that are open, and show it."""
    try:
        service.keep(db.session(), current_app.extensions["redis"])
    except service.ChangedMeanwhile as problem:
        abort(409, str(problem))
    return render_dialog(experiment, swap=True)


def render_dialog(experiment: Experiment, problem: service.SharingProblem | None = None, swap: bool = False) -> str:
    """The dialog's content; ``swap``: with the page's badge, which may have changed."""
    typed = {name: request.form.get(name, "")[:60] for name in ("username", "access")} if problem else {}
    return render_template(
        "sharing/_dialog.html", experiment=experiment, words=service.WORDS, problem=problem, typed=typed, swap=swap
    )
