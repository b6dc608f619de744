"""Fragments of the comments tab; htmx swaps them in, and the page's script fetches those that others changed."""

from textwrap import shorten
from typing import Any

import orjson
from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp import policy
from webapp.auth.login import login_or_link
from webapp.comments import blueprint, reading, service
from webapp.comments.form import read_body, read_pin, read_row
from webapp.comments.history import steps
from webapp.comments.markdown import names_in, render
from webapp.comments.people import people_named
from webapp.comments.problem import CommentProblem
from webapp.comments.reactions import CHOICES, tallies
from webapp.ids import row_id
from webapp.models import Comment, Experiment, db

HIDDEN = "A moderator has hidden this comment meanwhile; it can be changed once it is shown again. Your words are still here."
CHANGED = "This was changed meanwhile, perhaps in another tab. It says now: “{}”. Save again to replace it."
MOST_SHOWN = 500
FIELDS = ("body", "tags", "pin_trial", "pin_key", "pin_step", "pin_value")


@blueprint.get("/experiments/<int:experiment_id>/comments")
@login_or_link
def listing(experiment_id: int) -> ResponseReturnValue:
    """The latest comments of an experiment, or with ``before`` those before that one, and the form for another."""
    experiment = find_experiment(experiment_id)
    before = request.args.get("before", type=row_id)
    comments, earlier = reading.of_experiment(db.session(), experiment.id, before)
    threads = reading.threads_of(comments, current_user)
    return render_template(
        "comments/_listing.html", threads=threads, earlier=earlier, **for_form(experiment), **for_comments()
    )


@blueprint.post("/experiments/<int:experiment_id>/comments")
@login_required
def create(experiment_id: int) -> ResponseReturnValue:
    """Say something; the page gets an empty form, hears what was made, and asks for it."""
    experiment = find_experiment(experiment_id)
    if not policy.may_comment(current_user, experiment):
        abort(403)
    form, body, tags = request.form, read_body(request.form), request.form.get("tags", "")
    is_reply = bool(form.get("parent"))
    template = "comments/_reply.html" if is_reply else "comments/_new.html"
    try:
        parent, pin = read_row(form, "parent"), read_pin(form)
        comment = service.write(db.session(), current_user, experiment, body, tags, parent_id=parent, pin=pin)
    except CommentProblem as problem:
        values = {name: form.get(name, "") for name in FIELDS}
        said = {**values, "body": body, "parent": form.get("parent"), "problem": problem}
        return render_template(template, **{**for_form(experiment), **said}), 422
    answer = "" if is_reply else render_template(template, **for_form(experiment))
    return with_news(answer, "comment-made", comment)


@blueprint.post("/comments/preview")
@login_required
def preview() -> ResponseReturnValue:
    """How a text will look; of its @names those are marked who can be mentioned on the ``experiment``."""
    body = read_body(request.form)[: service.LONGEST]
    number = request.args.get("experiment", type=row_id)
    people = people_named(db.session(), find_experiment(number), names_in(body)) if number else []
    return render(body, {user.username for user in people}) or '<p class="text-secondary">Nothing to preview yet.</p>'


@blueprint.get("/comments/<int:comment_id>")
@login_or_link
def show(comment_id: int) -> ResponseReturnValue:
    """One comment, e.g. after an edit was given up, or after somebody changed it; nothing (204) once it is gone."""
    comment = find_row(comment_id)
    return ("", 204) if reading.is_gone(db.session(), comment, current_user) else render_comment(comment)


@blueprint.get("/comments/<int:comment_id>/thread")
@login_or_link
def thread(comment_id: int) -> ResponseReturnValue:
    """A comment with its replies; nothing (204) once it is gone."""
    comment = find_row(comment_id)
    if reading.is_gone(db.session(), comment, current_user):
        return "", 204
    found = reading.Thread(comment, reading.replies_to(db.session(), comment, current_user))
    return render_template("comments/_thread.html", thread=found, **for_comments())


@blueprint.get("/comments/<int:comment_id>/reply")
@login_required
def reply(comment_id: int) -> ResponseReturnValue:
    """The form below a thread. Whoever is answered within a thread is named first, while they can be mentioned."""
    comment = find_comment(comment_id)
    if not policy.may_react(current_user, comment):
        abort(403)
    author = comment.author
    named = comment.parent_id is not None and author.id != current_user.id and author.deactivated_at is None
    body = f"@{author.username} " if named else ""
    values = {"parent": comment.id, "body": body}
    return render_template("comments/_reply.html", **{**for_form(comment.experiment), **values})


@blueprint.get("/comments/<int:comment_id>/history")
@login_required
def history(comment_id: int) -> ResponseReturnValue:
    """What a comment said before, and what was changed each time."""
    comment = find_comment(comment_id)
    if not policy.may_read_history(current_user, comment):
        abort(403)
    return render_template("comments/_history.html", comment=comment, steps=steps(comment))


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
        abort(403, HIDDEN if comment.disabled and comment.author_id == current_user.id else None)
    body, tags = read_body(request.form), request.form.get("tags", "")
    try:
        if request.form.get("seen") not in (None, str(comment.edited_at or "")):
            raise CommentProblem("body", CHANGED.format(shorten(comment.body, MOST_SHOWN, placeholder=" …")))
        service.edit(db.session(), comment, body, tags)
    except CommentProblem as problem:
        return render_template("comments/_edit.html", comment=comment, body=body, tags=tags, problem=problem), 422
    return render_comment(find_comment(comment_id))


@blueprint.post("/comments/<int:comment_id>/delete")
@login_required
def delete(comment_id: int) -> ResponseReturnValue:
    """Take a comment away; a line stays from which it can be brought back."""
    comment = find_comment(comment_id)
    if not policy.may_delete_comment(current_user, comment):
        abort(403)
    service.delete(db.session(), current_user, comment)
    return with_news(render_comment(find_comment(comment_id)), "comment-deleted", comment)


@blueprint.post("/comments/<int:comment_id>/undelete")
@login_required
def undelete(comment_id: int) -> ResponseReturnValue:
    """Bring it back."""
    comment = find_comment(comment_id)
    if not policy.may_undelete_comment(current_user, comment):
        abort(403)
    service.undelete(db.session(), comment)
    return render_comment(find_comment(comment_id))


@blueprint.post("/comments/<int:comment_id>/<any(disable,restore):what>")
@login_required
def moderate(comment_id: int, what: str) -> ResponseReturnValue:
    """Hide a comment's words from others, or show them again."""
    comment = find_comment(comment_id)
    if not policy.may_moderate(current_user, comment.experiment):
        abort(403)
    try:
        service.moderate(db.session(), comment, what == "disable", request.form.get("reason", ""))
    except CommentProblem as problem:
        abort(422, problem.message)
    return render_comment(find_comment(comment_id))


@blueprint.post("/comments/<int:comment_id>/react")
@login_required
def react(comment_id: int) -> ResponseReturnValue:
    """Give a reaction, or with ``on=0`` take it back."""
    comment = find_comment(comment_id)
    if not policy.may_react(current_user, comment):
        abort(403)
    try:
        service.react(
            db.session(), current_user, comment, request.form.get("reaction", ""), request.form.get("on") != "0"
        )
    except CommentProblem as problem:
        abort(422, problem.message)
    return render_comment(find_comment(comment_id))


def find_experiment(experiment_id: int) -> Experiment:
    """The experiment, or 404."""
    experiment = db.session.get(Experiment, experiment_id)
    if experiment is None or not policy.may_see(current_user, experiment):
        abort(404)
    return experiment


def find_comment(comment_id: int) -> Comment:
    """The comment with all that its template reads, or 404. What was deleted is there where it was answered, or can come back."""
    comment = find_row(comment_id)
    if reading.is_gone(db.session(), comment, current_user):
        abort(404)
    return comment


def find_row(comment_id: int) -> Comment:
    """The comment whatever has become of it, or 404."""
    comment = reading.find(db.session(), comment_id)
    if comment is None or not policy.may_see(current_user, comment.experiment):
        abort(404)
    return comment


def for_form(experiment: Experiment) -> dict[str, Any]:
    """What the form for a new comment shows."""
    trials = [{"id": trial.id, "number": trial.number} for trial in experiment.trials]
    empty = dict.fromkeys(FIELDS, "") | {"problem": None}
    return {
        "experiment": experiment,
        "trials": trials,
        "may_comment": policy.may_comment(current_user, experiment),
        **empty,
    }


def for_comments() -> dict[str, Any]:
    """What the templates of comments ask."""
    return {"policy": policy, "tallies": tallies, "choices": CHOICES}


def render_comment(comment: Comment) -> str:
    """One comment."""
    return render_template("comments/_comment.html", comment=comment, **for_comments())


def with_news(answer: str, event: str, comment: Comment) -> Response:
    """An answer that tells the page which asked what came of it."""
    response = Response(answer, mimetype="text/html")
    told = {"id": comment.id, "thread": comment.parent_id or comment.id}
    response.headers["HX-Trigger"] = orjson.dumps({event: told}).decode()
    return response
