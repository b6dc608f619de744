"""Comments and conversations, for programs."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from sqlalchemy import select
from typing_extensions import TypedDict

from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import TAG_NAMES, Body, read_body, words
from webapp.api.comment_resources import CommentResource, comment_resource
from webapp.api.description import documented
from webapp.api.experiments import find_experiment
from webapp.api.matching import check_match, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, refused
from webapp.comments import reading, service
from webapp.comments.markdown import render
from webapp.comments.pins import LARGEST_STEP, LONGEST_KEY, Pin
from webapp.comments.problem import CommentProblem
from webapp.models import Comment, Experiment, Scope, db

Result = TypeVar("Result")


class PinBody(Body):
    """A point of a curve."""

    trial: int = Field(description="The id of a trial of the experiment.", ge=0, le=2**31 - 1)
    key: str = Field(
        description="The curve's key, such as train/loss, 1 to 200 characters.", json_schema_extra=words(LONGEST_KEY)
    )
    step: int = Field(description="Where on the curve.", ge=0, le=LARGEST_STEP)
    value: float | None = Field(None, description="What the curve showed there.")


class CommentBody(Body):
    """A new comment."""

    body: str = Field(
        description="Markdown with tables, code, formulas ($x^2$) and @mentions, 1 to 20,000 characters.",
        json_schema_extra=words(),
    )
    tags: list[str] = Field(default_factory=list, description="At most 20 words.", json_schema_extra=TAG_NAMES)
    parent: int | None = Field(None, description="The comment that this one replies to.", ge=0, le=2**31 - 1)
    pin: PinBody | None = Field(None, description="The point of a curve that it is about.")


class PreviewBody(Body):
    """Words that are not said yet."""

    body: str = Field(description="Markdown, at most 20,000 characters.")


class CommentPatch(Body):
    """What may be changed of a comment; what is left out stays."""

    body: str | None = Field(
        None,
        description="Other words; what it said before is kept in its history.",
        json_schema_extra=words(),
    )
    tags: list[str] | None = Field(None, description="All its tags from now on.", json_schema_extra=TAG_NAMES)


@with_config(extra="forbid")
class PreviewResource(TypedDict):
    """How a text will look."""

    body_html: str


COMMENTS = Listing("comments", CommentResource, default=500, most=500)


@blueprint.get("/experiments/<int:experiment_id>/comments")
@documented("List an experiment's comments", errors=(404,), answer=COMMENTS)
def list_comments(experiment_id: int) -> ResponseReturnValue:
    """Oldest first; a reply names its ``parent``. One that was deleted is listed without its words where it was answered."""
    seen_experiment(experiment_id)
    shown = (Comment.experiment_id == experiment_id, reading.shown_to(current_user))
    query = select(Comment).where(*shown).options(*reading.LOADED)
    return COMMENTS.of_query(query, {Comment.id: False}, lambda one: comment_resource(one, current_user))


@blueprint.post("/experiments/<int:experiment_id>/comments")
@documented("Comment on an experiment", body=CommentBody, status=201, errors=(403, 404), answer=CommentResource)
def create_comment(experiment_id: int) -> ResponseReturnValue:
    """Markdown and tags; with ``parent`` as a reply, with ``pin`` at a point of a curve. A reply to a reply joins its thread."""
    experiment = seen_experiment(experiment_id)
    allowed(policy.may_comment(current_user, experiment), "You may read this experiment's comments, but not write any.")
    body = read_body(CommentBody)
    pin = Pin(body.pin.trial, body.pin.key, body.pin.step, body.pin.value) if body.pin else None
    comment = checked(
        lambda: service.write(
            db.session(), current_user, experiment, body.body, body.tags, parent_id=body.parent, pin=pin
        )
    )
    return jsonify(comment_resource(comment, current_user)), 201


@blueprint.post("/comments/preview")
@documented("See how a comment will look", body=PreviewBody, answer=PreviewResource, scope=Scope.READ)
def preview_comment() -> ResponseReturnValue:
    """The HTML of its Markdown. Nothing is kept."""
    body = read_body(PreviewBody).body
    checked(lambda: service.check_length(body))
    return jsonify(body_html=render(body))


@blueprint.get("/comments/<int:comment_id>")
@documented("Show a comment", errors=(404,), answer=CommentResource)
def show_comment(comment_id: int) -> ResponseReturnValue:
    """As in the list of its experiment."""
    return tagged(jsonify(comment_resource(seen_comment(comment_id), current_user)))


@blueprint.patch("/comments/<int:comment_id>")
@documented("Edit a comment", body=CommentPatch, errors=(403, 404, 412), answer=CommentResource)
def change_comment(comment_id: int) -> ResponseReturnValue:
    """Only its author may."""
    comment = seen_comment(comment_id)
    allowed(
        policy.may_edit_comment(current_user, comment), "Only its author edits a comment, and not while it is hidden."
    )
    body = read_body(CommentPatch)
    check_match(comment, lambda: comment_resource(comment, current_user))
    tags = [tag.name for tag in comment.tags] if body.tags is None else body.tags
    checked(lambda: service.edit(db.session(), comment, comment.body if body.body is None else body.body, tags))
    return tagged(jsonify(comment_resource(seen_comment(comment_id), current_user)))


@blueprint.delete("/comments/<int:comment_id>")
@documented("Delete a comment", status=204, errors=(403, 404, 412))
def delete_comment(comment_id: int) -> ResponseReturnValue:
    """For its author and administrators. Whoever deleted it can bring it back within seven days."""
    comment = seen_comment(comment_id)
    allowed(policy.may_delete_comment(current_user, comment), "Only its author and administrators delete a comment.")
    check_match(comment, lambda: comment_resource(comment, current_user))
    service.delete(db.session(), current_user, comment)
    return Response(status=204)


@blueprint.post("/comments/<int:comment_id>/undelete")
@documented("Bring a deleted comment back", errors=(403, 404), answer=CommentResource)
def undelete_comment(comment_id: int) -> ResponseReturnValue:
    """For whoever deleted it, within seven days."""
    comment = seen_comment(comment_id)
    allowed(
        policy.may_undelete_comment(current_user, comment), "Only who deleted a comment brings it back, for seven days."
    )
    service.undelete(db.session(), comment)
    return jsonify(comment_resource(seen_comment(comment_id), current_user))


def seen_experiment(experiment_id: int) -> Experiment:
    """The experiment, where this person may see it; Refused (404) otherwise."""
    experiment = find_experiment(experiment_id)
    if not policy.may_see(current_user, experiment):
        raise Refused(404, f"There is no experiment {experiment_id}.")
    return experiment


def seen_comment(comment_id: int) -> Comment:
    """The comment, where this person may see its experiment and it is not gone for them; Refused (404) otherwise."""
    comment = reading.find(db.session(), comment_id)
    if (
        comment is None
        or not policy.may_see(current_user, comment.experiment)
        or reading.is_gone(db.session(), comment, current_user)
    ):
        raise Refused(404, f"There is no comment {comment_id}.")
    return comment


def allowed(may: bool, sentence: str) -> None:
    """Refused (403) where one may not."""
    if not may:
        raise Refused(403, sentence)


def checked(do: Callable[[], Result]) -> Result:
    """What ``do`` gives; a problem of the comment is Refused (422)."""
    try:
        return do()
    except CommentProblem as problem:
        raise refused(problem) from problem
