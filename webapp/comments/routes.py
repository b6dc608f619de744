"""Fragments of the comments tab; htmx swaps them in."""

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp import policy
from webapp.auth.login import login_or_link
from webapp.comments import blueprint, service
from webapp.comments.markdown import render
from webapp.models import Comment, Experiment, db


@blueprint.get("/experiments/<int:experiment_id>/comments")
@login_or_link
def listing(experiment_id: int) -> ResponseReturnValue:
    """All comments of an experiment and the form for another."""
    return render_listing(find_experiment(experiment_id))


@blueprint.post("/experiments/<int:experiment_id>/comments")
@login_required
def create(experiment_id: int) -> ResponseReturnValue:
    """Say something."""
    experiment = find_experiment(experiment_id)
    if not policy.may_comment(current_user, experiment):
        abort(403)
    body, tags = request.form.get("body", ""), request.form.get("tags", "")
    try:
        service.write(db.session(), current_user, experiment, body, tags)
    except service.CommentProblem as problem:
        return render_listing(experiment, body=body, tags=tags, problem=problem), 422
    return render_listing(experiment)


@blueprint.post("/comments/preview")
@login_required
def preview() -> ResponseReturnValue:
    """How a text will look."""
    body = request.form.get("body", "")[: service.LONGEST]
    return render(body) or '<p class="text-secondary">Nothing to preview yet.</p>'


@blueprint.get("/comments/<int:comment_id>")
@login_required
def show(comment_id: int) -> ResponseReturnValue:
    """One comment, e.g. after an edit was given up."""
    return render_comment(find_comment(comment_id))


@blueprint.get("/comments/<int:comment_id>/edit")
@login_required
def edit(comment_id: int) -> ResponseReturnValue:
    """The form in a comment's place."""
    comment = find_comment(comment_id)
    if not policy.may_edit_comment(current_user, comment):
        abort(403)
    tags = " ".join(tag.name for tag in comment.tags)
    return render_template("comments/_edit.html", comment=comment, body=comment.body, tags=tags, problem=None)


@blueprint.post("/comments/<int:comment_id>/edit")
@login_required
def save(comment_id: int) -> ResponseReturnValue:
    """Keep the other words."""
    comment = find_comment(comment_id)
    if not policy.may_edit_comment(current_user, comment):
        abort(403)
    body, tags = request.form.get("body", ""), request.form.get("tags", "")
    try:
        service.edit(db.session(), comment, body, tags)
    except service.CommentProblem as problem:
        return render_template("comments/_edit.html", comment=comment, body=body, tags=tags, problem=problem), 422
    return render_comment(comment)


@blueprint.post("/comments/<int:comment_id>/delete")
@login_required
def delete(comment_id: int) -> ResponseReturnValue:
    """Take a comment away for good; the page has asked before."""
    comment = find_comment(comment_id)
    if not policy.may_delete_comment(current_user, comment):
        abort(403)
    experiment = comment.experiment
    db.session.delete(comment)
    db.session.commit()
    return render_listing(experiment)


@blueprint.post("/comments/<int:comment_id>/<any(disable,restore):what>")
@login_required
def moderate(comment_id: int, what: str) -> ResponseReturnValue:
    """Hide a comment's words from others, or show them again."""
    comment = find_comment(comment_id)
    if not policy.may_moderate(current_user, comment.experiment):
        abort(403)
    comment.disabled = what == "disable"
    db.session.commit()
    return render_comment(comment)


def find_experiment(experiment_id: int) -> Experiment:
    """The experiment, or 404."""
    query = select(Experiment).where(Experiment.id == experiment_id, policy.seen_by(current_user))
    return db.session.scalar(query) or abort(404)


def find_comment(comment_id: int) -> Comment:
    """The comment with all that its template reads, or 404."""
    comment = db.session.scalar(
        select(Comment)
        .join(Experiment)
        .where(Comment.id == comment_id, policy.seen_by(current_user))
        .options(joinedload(Comment.author), joinedload(Comment.experiment), selectinload(Comment.tags))
    )
    return comment or abort(404)


def render_listing(experiment: Experiment, **form: Any) -> str:
    """The whole tab."""
    comments = service.of_experiment(db.session(), experiment.id)
    values = {"body": "", "tags": "", "problem": None, **form}
    return render_template(
        "comments/_listing.html",
        experiment=experiment,
        comments=comments,
        policy=policy,
        longest=service.LONGEST,
        **values,
    )


def render_comment(comment: Comment) -> str:
    """One comment."""
    return render_template("comments/_comment.html", comment=comment, policy=policy)
