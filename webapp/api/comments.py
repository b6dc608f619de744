"""Comments, for programs."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.bodies import CommentBody, read_body
from webapp.api.description import documented
from webapp.api.experiments import find_experiment
from webapp.api.paging import Listing
from webapp.api.problems import invalid
from webapp.api.resources import CommentResource, comment_resource
from webapp.comments import service
from webapp.models import Comment, db

COMMENTS = Listing("comments", CommentResource, default=500, most=500)


@blueprint.get("/experiments/<int:experiment_id>/comments")
@documented("List an experiment's comments", errors=(404,), answer=COMMENTS)
def list_comments(experiment_id: int) -> ResponseReturnValue:
    """Oldest first."""
    find_experiment(experiment_id)
    comments = select(Comment).where(Comment.experiment_id == experiment_id).options(*service.WHOLE)
    return COMMENTS.of_query(comments, {Comment.id: False}, lambda one: comment_resource(one, current_user))


@blueprint.post("/experiments/<int:experiment_id>/comments")
@documented("Comment on an experiment", body=CommentBody, status=201, errors=(404,), answer=CommentResource)
def create_comment(experiment_id: int) -> ResponseReturnValue:
    """Markdown and tags."""
    experiment = find_experiment(experiment_id)
    body = read_body(CommentBody)
    try:
        comment = service.write(db.session(), current_user, experiment, body.body, body.tags)
    except service.CommentProblem as problem:
        raise invalid([Problem(problem.field, problem.message)]) from problem
    return jsonify(comment_resource(comment, current_user)), 201
