"""What the pages ask for while they live."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import cast

import orjson
import redis
from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from webapp import policy
from webapp.ids import row_ids
from webapp.live import blueprint
from webapp.live.snapshot import snapshot
from webapp.live.streams import read_positions, stream_events, write_positions
from webapp.models import Artifact, Experiment, Trial, db
from webapp.store import artifacts
from webapp.store.live import Source
from webapp.store.news import experiment_topic, person_topic, read_topic
from webapp.store.storage import BadKey, NotKept, Storage

MOST_TRIALS = 50
MOST_TOPICS = 60  # a page that compares fifty experiments follows each
CACHE_S = 365 * 24 * 3600


@blueprint.before_request
def for_people_only() -> None:
    """Everything here is for those who are logged in, or followed a public link."""
    if not current_user.is_authenticated and not current_user.link_keys:
        abort(401)


@blueprint.get("/live/events")
def events() -> ResponseReturnValue:
    """The server-sent events of ``trials`` and ``topics``, behind ``after`` or, after a broken connection, ``Last-Event-ID``.

    What of them is not to be seen any more is told at once; where nothing is left, 404.
    """
    topics = wanted_topics()
    trials = wanted_trials() if request.args.get("trials") or not topics else []
    positions = read_positions(request.headers.get("Last-Event-ID") or request.args.get("after", ""))
    sources: list[Source] = [*sorted(trial.id for trial in trials), *topics]
    asked: set[Source] = {
        *row_ids(request.args.get("trials", "")),
        *filter(None, request.args.get("topics", "").split(",")),
    }
    return stream_events(sources, positions, lost=asked - set(sources))


@blueprint.get("/live/snapshot")
def show_snapshot() -> ResponseReturnValue:
    """The curves of ``trials`` as they are now, and the position from which events go on."""
    points = whole_number("points", 1500, 10, 20_000) or 1500
    first, last = whole_number("from"), whole_number("to")
    asked = request.args.get("keys")
    keys = [key for key in asked.split(",") if key][:500] if asked else None
    client, shown = current_app.extensions["redis"], {}
    positions: dict[Source, str] = {}
    for trial in wanted_trials():
        try:
            found = snapshot(db.session(), client, trial, keys, points, first, last)
        except redis.RedisError:
            client = None  # it is away: what is durable is shown, and the page is told
            found = snapshot(db.session(), client, trial, keys, points, first, last)
        positions[trial.id], shown[str(trial.id)] = found
    body = {"position": write_positions(positions), "live": client is not None, "trials": shown}
    return Response(orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"})


@blueprint.get("/artifacts/<int:artifact_id>")
def artifact(artifact_id: int) -> ResponseReturnValue:
    """A file that a trial made; it never changes."""
    query = (
        select(Artifact).join(Trial).join(Experiment).where(Artifact.id == artifact_id, policy.seen_by(current_user))
    )
    found = db.session.scalar(query) or abort(404)
    if found.kind in artifacts.WITH_WEIGHTS:  # each is gone soon, and its number may then be another's
        return send_weights(found)
    answer = Response(mimetype=found.media_type, headers={"Content-Length": str(found.size_bytes)})
    answer.headers["Cache-Control"] = f"private, max-age={CACHE_S}, immutable"
    answer.set_etag(found.sha256)
    if answer.make_conditional(request).status_code != HTTPStatus.NOT_MODIFIED:
        answer.response = pieces_of(found)
    return answer


@blueprint.get("/artifacts/trials/<int:trial_id>/<any(best, checkpoint):kind>")
def weights(trial_id: int, kind: str) -> ResponseReturnValue:
    """The weights of a trial's best evaluation, or its newest checkpoint, as they are now."""
    seen = policy.trials_seen_by(db.session(), current_user, [trial_id])
    found = artifacts.of_kind(db.session(), trial_id, kind) if seen else []
    return send_weights(found[0]) if found else abort(404)


def send_weights(found: Artifact) -> Response:
    """A file to keep, for those who are logged in."""
    if not policy.may_take_weights(current_user):
        abort(404)
    name = f"trial-{found.trial_id}-{found.kind}-step-{found.step}.safetensors"
    answer = Response(pieces_of(found), mimetype=found.media_type)
    answer.headers["Content-Length"] = str(found.size_bytes)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def pieces_of(found: Artifact) -> Iterator[bytes]:
    """The bytes of an artifact, or 404. Raises StorageAway, which is answered with 503."""
    try:
        return cast("Storage", current_app.extensions["storage"]).pieces(found.path)
    except (NotKept, BadKey):
        abort(404)


def wanted_trials() -> list[Trial]:
    """The trials that ``trials=12,13`` names, of those that one sees; 404 when none of them is there."""
    ids = row_ids(request.args.get("trials", ""))
    if not ids or len(ids) > MOST_TRIALS:
        abort(422, f"The field trials must name 1 to {MOST_TRIALS} trials, such as 12,13.")
    query = select(Trial).join(Experiment).where(Trial.id.in_(ids), policy.seen_by(current_user))
    return list(db.session.scalars(query.options(contains_eager(Trial.experiment)))) or abort(404)


def wanted_topics() -> list[str]:
    """What ``topics=experiment:12,person:3`` names of what one may follow; 404 when it names none of that.

    An experiment's are for those who may see it, a person's for nobody else.
    """
    words = [word for word in request.args.get("topics", "").split(",") if word]
    named = [topic for topic in map(read_topic, words) if topic]
    if len(named) < len(words) or len(named) > MOST_TOPICS:
        abort(422, f"The field topics must name at most {MOST_TOPICS} topics, such as experiment:12,person:3.")
    ids = [topic.id for topic in named if topic.kind == "experiment"]
    seen = select(Experiment.id).where(Experiment.id.in_(ids), policy.seen_by(current_user))
    mine = {experiment_topic(number) for number in db.session.scalars(seen)} if ids else set()
    found = sorted({*map(str, named)} & {*mine, person_topic(current_user.id)})
    return found if found or not named else abort(404)


def whole_number(name: str, default: int | None = None, low: int = -(2**53), high: int = 2**53) -> int | None:
    """A number of the query string; 422 when it is none."""
    text = request.args.get(name, "")
    if not text:
        return default
    try:
        value = round(float(text))
    except (ValueError, OverflowError):
        abort(422, f"The field {name} must be a number.")
    return min(max(value, low), high)
