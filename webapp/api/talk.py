"""What belongs to comments, for programs: reactions, moderation, history, people to mention, pins on curves."""

from typing import Annotated

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from typing_extensions import TypedDict

from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body, read_ids
from webapp.api.comment_resources import CommentResource, comment_resource
from webapp.api.comments import allowed, checked, seen_comment, seen_experiment
from webapp.api.description import documented, ids
from webapp.api.resources import Moment
from webapp.comments import reading, service
from webapp.comments.people import people_who_see
from webapp.comments.pins import pins_of
from webapp.comments.reactions import CHOICES
from webapp.formatting import iso
from webapp.models import User, db

MOST_EXPERIMENTS = 50


class ModerationBody(Body):
    """Whether a comment's words are hidden from others."""

    disabled: bool = Field(description="true hides them, false shows them again.")
    reason: str = Field("", description="Why, for everybody to read, at most 300 characters.")


class ReactionBody(Body):
    """A reaction that is given or taken back."""

    reaction: str = Field(description="Which one.", json_schema_extra={"enum": list(CHOICES)})
    on: bool = Field(True, description="false takes it back.")


@with_config(extra="forbid")
class MentionableResource(TypedDict):
    """Somebody who can be mentioned."""

    username: str
    name: str


@with_config(extra="forbid")
class MentionableListResource(TypedDict):
    """Those who can be mentioned, the likeliest first."""

    people: list[MentionableResource]


@with_config(extra="forbid")
class PinnedResource(TypedDict):
    """A point of a curve that a comment is about, with the beginning of what it says."""

    comment: int
    experiment: int
    trial: int | None
    key: str | None
    step: int | None
    value: float | None
    author: Annotated[str, Field(description="How its author is called.")]
    said: str


@with_config(extra="forbid")
class PinsResource(TypedDict):
    """The pins of experiments, and how many comments each has."""

    pins: list[PinnedResource]
    counts: Annotated[dict[str, int], Field(description="By the experiment's id.")]


@with_config(extra="forbid")
class VersionResource(TypedDict):
    """What a comment said from a moment on."""

    timestamp: Moment
    body: str


@with_config(extra="forbid")
class HistoryResource(TypedDict):
    """All that a comment said, the present words last."""

    versions: list[VersionResource]


@blueprint.get("/experiments/<int:experiment_id>/people")
@documented(
    "Find people to mention",
    query={"q": "How their username or a word of their name begins."},
    errors=(404,),
    answer=MentionableListResource,
)
def list_mentionable(experiment_id: int) -> ResponseReturnValue:
    """At most eight of those who may see the experiment."""
    experiment = seen_experiment(experiment_id)
    found = people_who_see(db.session(), experiment, request.args.get("q", "")[:80])
    return jsonify(people=[person(user) for user in found])


@blueprint.get("/pins")
@documented(
    "Read the pins of experiments",
    query={"experiments": ids("1 to 50 ids with commas between.", 1, MOST_EXPERIMENTS)},
    answer=PinsResource,
)
def list_pins() -> ResponseReturnValue:
    """The points of their curves that comments are about, with the beginning of each, and how many comments there are."""
    wanted = read_ids("experiments", MOST_EXPERIMENTS)
    return jsonify(
        pins=pins_of(db.session(), current_user, wanted), counts=reading.counts(db.session(), current_user, wanted)
    )


@blueprint.post("/comments/<int:comment_id>/moderation")
@documented("Hide a comment, or show it again", body=ModerationBody, errors=(403, 404), answer=CommentResource)
def moderate_comment(comment_id: int) -> ResponseReturnValue:
    """For the experiment's owner and administrators."""
    comment = seen_comment(comment_id)
    is_moderator = policy.may_moderate(current_user, comment.experiment)
    allowed(is_moderator, "Only the experiment's owner and administrators moderate.")
    body = read_body(ModerationBody)
    checked(lambda: service.moderate(db.session(), comment, body.disabled, body.reason))
    return jsonify(comment_resource(seen_comment(comment_id), current_user))


@blueprint.post("/comments/<int:comment_id>/reactions")
@documented("React to a comment", body=ReactionBody, errors=(403, 404), answer=CommentResource)
def react_to_comment(comment_id: int) -> ResponseReturnValue:
    """Each reaction at most once; to give it twice changes nothing."""
    comment = seen_comment(comment_id)
    allowed(policy.may_react(current_user, comment), "You may not react to this comment.")
    body = read_body(ReactionBody)
    checked(lambda: service.react(db.session(), current_user, comment, body.reaction, body.on))
    return jsonify(comment_resource(seen_comment(comment_id), current_user))


@blueprint.get("/comments/<int:comment_id>/history")
@documented("Read what a comment said before", errors=(403, 404), answer=HistoryResource)
def show_history(comment_id: int) -> ResponseReturnValue:
    """Its versions, oldest first, the present one last; for its author and moderators."""
    comment = seen_comment(comment_id)
    allowed(policy.may_read_history(current_user, comment), "Only its author and moderators read a comment's history.")
    said = [(version.timestamp, version.body) for version in comment.versions]
    said.append((comment.edited_at or comment.timestamp, comment.body))
    return jsonify(versions=[{"timestamp": iso(moment), "body": body} for moment, body in said])


def person(user: User) -> dict[str, str]:
    """Somebody, as they are mentioned."""
    return {"username": user.username, "name": user.shown_name}
