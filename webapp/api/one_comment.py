"""One comment: other words, hidden or shown again, deleted."""

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field
from sqlalchemy import select

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body
from webapp.api.description import documented
from webapp.api.matching import check_match, tagged
from webapp.api.problems import Refused, invalid
from webapp.api.resources import CommentResource, comment_resource
from webapp.comments import service
from webapp.models import Comment, Experiment, db


class CommentPatch(Body):
    """What may be changed of a comment; what is left out stays."""

    body: str | None = Field(None, description="Other Markdown, for its author.")
    tags: list[str] | None = Field(None, description="All its tags from now on, for its author.")
    disabled: bool | None = Field(None, description="Hide its words from others, or show them again, for moderators.")


@blueprint.get("/comments/<int:comment_id>")
@documented("Show a comment", errors=(404,), answer=CommentResource)
def show_comment(comment_id: int) -> ResponseReturnValue:
    """With its words, where you may read them."""
    return tagged(jsonify(comment_resource(find_comment(comment_id), current_user)))


@blueprint.patch("/comments/<int:comment_id>")
@documented("Change a comment", body=CommentPatch, errors=(404, 412), answer=CommentResource)
def change_comment(comment_id: int) -> ResponseReturnValue:
    """Its author changes the words, moderators hide and restore them."""
    comment = find_comment(comment_id)
    body = read_body(CommentPatch)
    if (body.body is not None or body.tags is not None) and not policy.may_edit_comment(current_user, comment):
        raise Refused(403, "Only its author may change a comment's words, and not after a moderator hid them.")
    if body.disabled is not None and not policy.may_moderate(current_user, comment.experiment):
        raise Refused(403, "Administrators and the experiment's owner hide and restore comments.")
    check_match(comment, lambda: comment_resource(comment, current_user))
    text = comment.body if body.body is None else body.body
    tags = [tag.name for tag in comment.tags] if body.tags is None else body.tags
    try:
        if body.disabled is not None:
            comment.disabled = body.disabled
        if body.body is not None or body.tags is not None:
            service.edit(db.session(), comment, text, tags)
        db.session.commit()
    except service.CommentProblem as problem:
        raise invalid([Problem(problem.field, problem.message)]) from problem
    return tagged(jsonify(comment_resource(comment, current_user)))


@blueprint.delete("/comments/<int:comment_id>")
@documented("Delete a comment", status=204, errors=(404,))
def delete_comment(comment_id: int) -> ResponseReturnValue:
    """For good."""
    comment = find_comment(comment_id)
    if not policy.may_delete_comment(current_user, comment):
        raise Refused(403, "Only its author and administrators delete a comment.")
    db.session.delete(comment)
    db.session.commit()
    return Response(status=204)


def find_comment(comment_id: int) -> Comment:
    """The comment with all that its form reads, or Refused (404)."""
    query = select(Comment).join(Experiment).where(Comment.id == comment_id, policy.seen_by(current_user))
    comment = db.session.scalar(query.options(*service.WHOLE))
    if comment is None:
        raise Refused(404, f"There is no comment {comment_id}.")
    return comment
