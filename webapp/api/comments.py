"""Comments, for programs."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import CommentBody, read_body
from webapp.api.document import documented
from webapp.api.experiments import find_experiment
from webapp.api.problems import Refused, invalid
from webapp.api.resources import comment_resource
from webapp.comments import service
from webapp.models import db


@blueprint.get("/experiments/<int:experiment_id>/comments")
@documented("List an experiment's comments", errors=(404,))
def list_comments(experiment_id: int) -> ResponseReturnValue:
    """Oldest first."""
    find_experiment(experiment_id)
    comments = service.of_experiment(db.session(), experiment_id)
    return jsonify(comments=[comment_resource(comment, current_user) for comment in comments])


@blueprint.post("/experiments/<int:experiment_id>/comments")
@documented("Comment on an experiment", body=CommentBody, status=201, errors=(403, 404, 422))
def create_comment(experiment_id: int) -> ResponseReturnValue:
    """Markdown and tags."""
    experiment = find_experiment(experiment_id)
    if not policy.may_comment(current_user, experiment):
        raise Refused(403, policy.refusal(current_user))
    body = read_body(CommentBody)
    try:
        comment = service.write(db.session(), current_user, experiment, body.body, body.tags)
    except service.CommentProblem as problem:
        raise invalid([Problem(problem.field, problem.message)]) from problem
    return jsonify(comment_resource(comment, current_user)), 201
