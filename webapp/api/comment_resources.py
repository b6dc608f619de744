"""How comments and their pins look to programs."""

from typing import Annotated

from pydantic import Field, with_config
from typing_extensions import TypedDict

from webapp import policy
from webapp.api.resources import Moment
from webapp.comments.reactions import tallies
from webapp.formatting import iso
from webapp.models import Comment, User


@with_config(extra="forbid")
class PinResource(TypedDict):
    """A point of a curve that a comment is about."""

    trial: int | None
    key: str | None
    step: int | None
    value: float | None


@with_config(extra="forbid")
class CommentResource(TypedDict):
    """A comment; the words of one that a moderator hid are for its author and moderators, and null for others."""

    id: int
    experiment: int
    parent: Annotated[int | None, Field(description="The comment that this one replies to.")]
    author: str
    body: Annotated[str | None, Field(description="Markdown.")]
    body_html: str | None
    tags: list[str]
    pin: PinResource | None
    reactions: Annotated[dict[str, list[str]], Field(description="By its name, who gave it.")]
    timestamp: Moment
    edited_at: Moment | None
    disabled: bool
    disabled_reason: str | None
    deleted: bool


def comment_resource(comment: Comment, reader: User) -> CommentResource:
    """A comment; the words of one that a moderator hid are for its author and moderators, those of a deleted one for nobody."""
    readable = policy.may_read_comment(reader, comment)
    pin: PinResource = {
        "trial": comment.pin_trial_id,
        "key": comment.pin_key,
        "step": comment.pin_step,
        "value": comment.pin_value,
    }
    return {
        "id": comment.id,
        "experiment": comment.experiment_id,
        "parent": comment.parent_id,
        "author": comment.author.username,
        "body": comment.body if readable else None,
        "body_html": comment.body_html if readable else None,
        "tags": [tag.name for tag in comment.tags] if readable else [],
        "pin": pin if readable and comment.is_pinned else None,
        "reactions": {tally.name: tally.usernames for tally in tallies(comment, reader)} if readable else {},
        "timestamp": iso(comment.timestamp),
        "edited_at": iso(comment.edited_at) or None,
        "disabled": comment.disabled,
        "disabled_reason": comment.disabled_reason,
        "deleted": comment.is_deleted,
    }
