"""Stars, what was looked at last, and the search over everything, for programs."""

from typing import Annotated

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from typing_extensions import TypedDict

from webapp.api import blueprint
from webapp.api.bodies import read_count
from webapp.api.comment_resources import CommentResource, comment_resource
from webapp.api.description import documented, whole_number
from webapp.api.experiments import find_experiment
from webapp.api.paging import Listing
from webapp.api.problems import Refused
from webapp.api.resources import (
    ExperimentResource,
    Moment,
    Path,
    experiment_resource,
)
from webapp.api.tags import CountedTagResource, counted_resource
from webapp.finding import stars, visits
from webapp.finding.everything import excerpt, find_everything
from webapp.formatting import iso
from webapp.models import Comment, Star, User, Visit, db


@with_config(extra="forbid")
class StarredResource(ExperimentResource):
    """An experiment that you starred."""

    starred_at: Moment


@with_config(extra="forbid")
class SeenResource(ExperimentResource):
    """An experiment that you looked at."""

    seen_at: Moment


@with_config(extra="forbid")
class FoundCommentResource(CommentResource):
    """A comment that was found."""

    excerpt: Annotated[str, Field(description="Its words around the first that was looked for.")]


@with_config(extra="forbid")
class FoundPersonResource(TypedDict):
    """Somebody who was found."""

    username: str
    name: str
    url: Annotated[Path, Field(description="Where their experiments are.")]


@with_config(extra="forbid")
class FoundResource(TypedDict):
    """What a search over everything finds."""

    experiments: list[ExperimentResource]
    comments: list[FoundCommentResource]
    tags: list[CountedTagResource]
    people: list[FoundPersonResource]
    more: Annotated[list[str], Field(description="The kinds of which there are others.")]


STARS = Listing("experiments", StarredResource, default=100, most=stars.MOST)
RECENT = Listing("experiments", SeenResource, default=visits.KEPT, most=visits.KEPT)


@blueprint.get("/stars")
@documented("List what you starred", answer=STARS)
def list_stars() -> ResponseReturnValue:
    """The newest star first. The table's search finds them by ``is:starred``."""
    found = stars.starred(db.session(), current_user)
    return STARS.of_items(found, lambda each: (-each.created_at.timestamp(), -each.experiment_id), starred_resource)


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
@documented("List what you looked at last", answer=RECENT)
def list_recent() -> ResponseReturnValue:
    """The experiments whose pages you opened, the last one first. Nobody else sees this."""
    found = visits.recent(db.session(), current_user)
    return RECENT.of_items(found, lambda each: (-each.seen_at.timestamp(), -each.experiment_id), seen_resource)


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
        "limit": whole_number("How many of each kind, 1 to 50; 10 otherwise.", 1, 50, 10),
    },
    answer=FoundResource,
)
def search() -> ResponseReturnValue:
    """Experiments, comments, tags and people, of each the first few that you may see; ``more`` names the kinds with others."""
    text = request.args.get("q", "")
    found = find_everything(db.session(), current_user, text, read_count("limit", 10, 1, 50))
    return jsonify(
        experiments=[experiment_resource(each) for each in found.experiments],
        comments=[found_comment(each, text) for each in found.comments],
        tags=[counted_resource(each) for each in found.tags],
        people=[person_resource(each) for each in found.people],
        more=sorted(found.more),
    )


def starred_resource(star: Star) -> StarredResource:
    """An experiment with when it was starred."""
    return {**experiment_resource(star.experiment), "starred_at": iso(star.created_at)}


def seen_resource(visit: Visit) -> SeenResource:
    """An experiment with when it was looked at."""
    return {**experiment_resource(visit.experiment), "seen_at": iso(visit.seen_at)}


def found_comment(comment: Comment, text: str) -> FoundCommentResource:
    """A comment with its words around what was looked for."""
    return {**comment_resource(comment, current_user), "excerpt": excerpt(comment.body, text)}


def person_resource(person: User) -> FoundPersonResource:
    """A person by name, and where their experiments are."""
    url = url_for("experiments.listing", search=f"owner:{person.username}")
    return {"username": person.username, "name": person.shown_name, "url": url}
