"""Stars, what was looked at last, and the search over everything, for programs."""

from typing import Any

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.api import blueprint
from webapp.api.bodies import read_count
from webapp.api.description import documented
from webapp.api.experiments import find_experiment
from webapp.api.problems import Refused
from webapp.api.resources import comment_resource, experiment_resource
from webapp.api.tags import tag_resource
from webapp.finding import stars, visits
from webapp.finding.everything import excerpt, find_everything
from webapp.formatting import iso
from webapp.models import User, db


@blueprint.get("/stars")
@documented("List what you starred", query={"limit": "1 to 500; 100 otherwise."}, errors=(422,))
def list_stars() -> ResponseReturnValue:
    """The newest star first. The table's search finds them by ``is:starred``."""
    found = stars.starred(db.session(), current_user, read_count("limit", 100, 1, stars.MOST))
    return jsonify(
        experiments=[{**experiment_resource(each.experiment), "starred_at": iso(each.created_at)} for each in found]
    )


@blueprint.put("/experiments/<int:experiment_id>/star")
@documented("Star an experiment", status=204, errors=(404, 409))
def star_experiment(experiment_id: int) -> ResponseReturnValue:
    """For yourself alone; one that is starred already stays so."""
    try:
        stars.star(db.session(), current_user, find_experiment(experiment_id))
    except stars.TooManyStars as problem:
        raise Refused(409, str(problem)) from problem
    return Response(status=204)


@blueprint.delete("/experiments/<int:experiment_id>/star")
@documented("Take your star from an experiment", status=204, errors=(404,))
def unstar_experiment(experiment_id: int) -> ResponseReturnValue:
    """Where there is none, nothing happens."""
    stars.unstar(db.session(), current_user, find_experiment(experiment_id).id)
    return Response(status=204)


@blueprint.get("/recent")
@documented("List what you looked at last", query={"limit": "1 to 50; 50 otherwise."}, errors=(422,))
def list_recent() -> ResponseReturnValue:
    """The experiments whose pages you opened, the last one first. Nobody else sees this."""
    found = visits.recent(db.session(), current_user, read_count("limit", visits.KEPT, 1, visits.KEPT))
    return jsonify(
        experiments=[{**experiment_resource(each.experiment), "seen_at": iso(each.seen_at)} for each in found]
    )


@blueprint.delete("/recent")
@documented("Forget what you looked at last", status=204)
def forget_recent() -> ResponseReturnValue:
    """All of it."""
    visits.forget(db.session(), current_user.id)
    return Response(status=204)


@blueprint.get("/search")
@documented(
    "Search everything",
    query={
        "q": "Words, #tag, @person, or a search of the table.",
        "limit": "How many of each kind, 1 to 50; 10 otherwise.",
    },
    errors=(422,),
)
def search() -> ResponseReturnValue:
    """Experiments, comments, tags and people, of each the first few that you may see; ``more`` names the kinds with others."""
    text = request.args.get("q", "")
    found = find_everything(db.session(), current_user, text, read_count("limit", 10, 1, 50))
    return jsonify(
        experiments=[experiment_resource(each) for each in found.experiments],
        comments=[
            {**comment_resource(each, current_user), "excerpt": excerpt(each.body, text)} for each in found.comments
        ],
        tags=[
            {**tag_resource(each.tag), "experiments": each.experiments, "comments": each.comments}
            for each in found.tags
        ],
        people=[person_resource(each) for each in found.people],
        more=sorted(found.more),
    )


def person_resource(person: User) -> dict[str, Any]:
    """A person by name, and where their experiments are."""
    url = url_for("experiments.listing", search=f"owner:{person.username}")
    return {"username": person.username, "name": person.shown_name, "url": url}
