"""What a person is told, for programs: the list, and what they chose."""

from typing import Annotated

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from typing_extensions import TypedDict

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body, read_count
from webapp.api.description import documented, whole_number
from webapp.api.experiments import find_experiment
from webapp.api.paging import Listing
from webapp.api.problems import invalid, refused
from webapp.api.resources import Moment, Path
from webapp.formatting import iso
from webapp.ids import LARGEST
from webapp.models import Channel, Notification, NotificationChoice, Scope, db
from webapp.notifications.routes import ring
from webapp.notifying import choices, inbox, wording


class ReadBody(Body):
    """Which notifications have been seen."""

    ids: list[int] | None = Field(None, max_length=1000, description="Their ids; all of yours where it is left out.")
    read: bool = Field(True, description="false: they are to be unread again, which takes ids.")


class PreferencesBody(Body):
    """What you are told from now on; what is left out stays."""

    channels: dict[str, list[str]] = Field(
        default_factory=dict,
        description="By which ways (page, mail, webhook) you hear of each kind: mention, comment, ended, failed, diverged.",
        json_schema_extra={
            "properties": {kind.value: {"type": "array", "items": {"enum": list(Channel)}} for kind in choices.CHOSEN},
            "additionalProperties": False,
        },
    )
    rhythm: str | None = Field(
        None,
        description="How often mail comes.",
        json_schema_extra={"enum": ["off", "at_once", "hourly", "daily", None]},
    )
    hour: int | None = Field(None, ge=0, le=23, description="When the daily mail comes, in UTC.")


class WatchingBody(Body):
    """How you follow an experiment."""

    watching: str = Field(
        description="involved: what concerns you, as for everybody at first; watch: everything; mute: nothing.",
        json_schema_extra={"enum": ["involved", "watch", "mute"]},
    )


@with_config(extra="forbid")
class NotificationResource(TypedDict):
    """Something that you were told."""

    id: int
    kind: str
    text: Annotated[str, Field(description="In one line.")]
    details: Annotated[str, Field(description="The beginning of the comment, or why the trial failed.")]
    url: Annotated[Path, Field(description="The page that it leads to.")]
    experiment: int | None
    trial: int | None
    comment: int | None
    webhook: int | None
    created_at: Moment
    read_at: Moment | None


@with_config(extra="forbid")
class PreferencesResource(TypedDict):
    """What you are told, and how."""

    channels: Annotated[dict[str, list[str]], Field(description="By kind, the ways by which you hear of it.")]
    rhythm: str
    hour: Annotated[int, Field(description="When the daily mail comes, in UTC.")]


@with_config(extra="forbid")
class WatchingResource(TypedDict):
    """How you follow an experiment."""

    watching: Annotated[str, Field(description="involved, watch or mute.")]


Unread = Annotated[int, Field(description="How many you have not read.")]
NOTIFICATIONS = Listing("notifications", NotificationResource, default=inbox.PAGE, most=100, beside={"unread": Unread})


@blueprint.get("/notifications")
@documented(
    "List your notifications",
    query={"unread": whole_number("1: only those that you have not read.", 0, 1, 0)},
    answer=NOTIFICATIONS,
)
def list_notifications() -> ResponseReturnValue:
    """The newest first. ``unread`` counts all that you have not read."""
    found = inbox.on_pages(current_user, unread=read_count("unread", 0, 0, 1) == 1)
    unread = inbox.count_unread(db.session(), current_user)
    return NOTIFICATIONS.of_query(found, {Notification.id: True}, notification_resource, unread=unread)


@blueprint.post("/notifications/read")
@documented("Mark notifications as read", body=ReadBody, status=204)
def read_notifications() -> ResponseReturnValue:
    """Or as unread. Ids that are not yours are passed over."""
    body = read_body(ReadBody)
    if any(not 0 < number <= LARGEST for number in body.ids or ()):
        raise invalid([Problem("ids", f"ids must be between 1 and {LARGEST:,}.")])
    if body.read:
        inbox.mark_read(db.session(), current_user, body.ids)
    elif body.ids is None:
        raise invalid([Problem("ids", "Say which notifications are to be unread again.")])
    else:
        inbox.mark_unread(db.session(), current_user, body.ids)
    ring()
    return Response(status=204)


@blueprint.get("/notifications/preferences")
@documented("Show what you are told, and how", answer=PreferencesResource)
def show_preferences() -> ResponseReturnValue:
    """The matrix, and how often mail comes."""
    return jsonify(preferences_resource(choices.of_person(db.session(), current_user.id)))


@blueprint.patch("/notifications/preferences")
@documented("Choose what you are told, and how", body=PreferencesBody, answer=PreferencesResource, scope=Scope.ACCOUNT)
def change_preferences() -> ResponseReturnValue:
    """Kinds that are left out stay as they are."""
    body = read_body(PreferencesBody)
    choice = choices.of_person(db.session(), current_user.id)
    rhythm = choice.rhythm if body.rhythm is None else body.rhythm
    hour = choice.hour if body.hour is None else body.hour
    try:
        changed = choices.choose(db.session(), current_user.id, body.channels, rhythm, hour)
    except choices.ChoiceProblem as problem:
        raise refused(problem) from problem
    return jsonify(preferences_resource(changed))


@blueprint.get("/experiments/<int:experiment_id>/watching")
@documented("Show how you follow an experiment", errors=(404,), answer=WatchingResource)
def show_watching(experiment_id: int) -> ResponseReturnValue:
    """involved, watch or mute."""
    find_experiment(experiment_id)
    return jsonify(watching=choices.watching(db.session(), current_user.id, experiment_id))


@blueprint.put("/experiments/<int:experiment_id>/watching")
@documented("Watch or mute an experiment", body=WatchingBody, errors=(404,), answer=WatchingResource)
def change_watching(experiment_id: int) -> ResponseReturnValue:
    """For you alone."""
    experiment = find_experiment(experiment_id)
    body = read_body(WatchingBody)
    try:
        choices.watch(db.session(), current_user, experiment, body.watching)
    except choices.ChoiceProblem as problem:
        raise refused(problem) from problem
    return jsonify(watching=body.watching)


def notification_resource(notification: Notification) -> NotificationResource:
    """One of them, in words."""
    return {
        "id": notification.id,
        "kind": notification.kind,
        "text": wording.sentence(notification),
        "details": wording.details(notification),
        "url": wording.place(notification),
        "experiment": notification.experiment_id,
        "trial": notification.trial_id,
        "comment": notification.comment_id,
        "webhook": notification.webhook_id,
        "created_at": iso(notification.created_at),
        "read_at": iso(notification.read_at) or None,
    }


def preferences_resource(choice: NotificationChoice) -> PreferencesResource:
    """What somebody chose."""
    return {"channels": choices.matrix(choice), "rhythm": choice.rhythm, "hour": choice.hour}
