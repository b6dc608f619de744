"""Trials, their curves, events, pictures and histograms, for programs."""

import math
from typing import Annotated, NotRequired

import numpy as np
import orjson
from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from typing_extensions import TypedDict

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import read_count, read_number, read_word
from webapp.api.description import documented, number, one_of, whole_number
from webapp.api.matching import tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid
from webapp.api.resources import (
    HistogramsResource,
    LogLineResource,
    PictureResource,
    TrialResource,
    WeightsResource,
    histograms_resource,
    log_line_resource,
    picture_resource,
    trial_resource,
    weights_resource,
)
from webapp.experiments.waiting import why_waiting
from webapp.exports.contents import contents_of
from webapp.exports.csv_text import csv_pieces
from webapp.exports.sending import download
from webapp.finite import finite_or_name
from webapp.live.streams import is_position, stream_events
from webapp.models import Artifact, Experiment, LogLine, Trial, db
from webapp.store import artifacts, curves, histograms
from webapp.store.live import Source
from webapp.store.storage import NotKept

MOST_KEYS = 200


@with_config(extra="forbid")
class CurveResource(TypedDict):
    """The points of one curve as columns."""

    step: list[int]
    value: Annotated[list[float | None], Field(description="null where a value is not finite.")]
    time: Annotated[list[float], Field(description="Unix seconds.")]
    nonfinite: NotRequired[
        Annotated[list[tuple[int, str]], Field(description="Positions of the nulls, and what they are: NaN, Infinity.")]
    ]


@with_config(extra="forbid")
class HistogramsByKey(TypedDict):
    """All keys that a trial has, and the histograms of those that were asked for."""

    keys: list[str]
    histograms: dict[str, HistogramsResource]


class ErrorsResource(TypedDict):
    """What a trial gets wrong on the test part; by the task there is more in it."""

    trial: int
    step: int
    epoch: float
    picture: str | None


PICTURES = Listing("pictures", PictureResource, default=5000, most=5000)
CHECKPOINTS = Listing("checkpoints", WeightsResource)
LOG = Listing("lines", LogLineResource, default=200, most=1000)


@blueprint.get("/trials/<int:trial_id>")
@documented("Show a trial", errors=(404,), answer=TrialResource)
def show_trial(trial_id: int) -> ResponseReturnValue:
    """Its state, progress and results; ``waiting`` says why one that is queued has not started yet."""
    trial = find_trial(trial_id)
    return tagged(jsonify({**trial_resource(trial), "waiting": why_waiting(db.session(), trial)}))


@blueprint.get("/trials/<int:trial_id>/curves")
@documented(
    "Read a trial's curves",
    query={
        "keys": "Curve keys with commas between; all of them otherwise.",
        "points": whole_number("At most so many points a curve. Extremes and NaN always survive.", 10, 100_000, 1500),
        "from": number("Only from here on, in the unit of x."),
        "to": number("Only up to here, in the unit of x."),
        "x": one_of("The unit of from and to; time is in Unix seconds.", "step", "epoch", "time"),
        "format": one_of("csv: as text/csv, for links, which cannot send an Accept header.", "json", "csv"),
    },
    errors=(404,),
    answers=("application/json", "text/csv"),
    answer=dict[str, CurveResource],
    cost=2,
)
def show_curves(trial_id: int) -> ResponseReturnValue:
    """``{key: {step, value, time}}``; a value that is not finite is null and listed in ``nonfinite``.

    As text/csv every point exactly as it was logged.
    """
    trial = find_trial(trial_id)
    known = curves.keys(db.session(), trial_id)
    keys = wanted_keys(known)
    accepted = request.accept_mimetypes.best_match(["application/json", "text/csv"])
    if accepted == "text/csv" or read_word("format", "json", "csv") == "csv":
        contents = contents_of(db.session(), current_app.extensions["storage"], trial, keys)
        return download(
            db.session(), csv_pieces(db.session(), contents), f"trial-{trial_id}.csv", "text/csv; charset=utf-8"
        )
    points = read_count("points", 1500, 10, 100_000)
    read = read_window(trial, keys, points)
    body = {key: curve_json(data) for key, data in read.items()}
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), content_type="application/json")


def wanted_keys(known: list[str]) -> list[str]:
    """The keys that ``keys`` asks for, ``known`` when it asks for none. Raises Refused (422) when these are too many."""
    asked = [key for key in request.args.get("keys", "").split(",") if key]
    if len(asked) > MOST_KEYS:
        raise invalid([Problem("keys", f"At most {MOST_KEYS} keys at once; you asked for {len(asked):,}.")])
    return list(dict.fromkeys(asked)) if asked else known


def read_window(trial: Trial, keys: list[str], points: int) -> dict[str, curves.CurveData]:
    """The curves in the window that from, to and x ask for; raises Refused (422)."""
    unit, start, end = read_word("x", "step", "epoch", "time"), read_number("from"), read_number("to")
    if unit == "time" and (start is not None or end is not None):
        low, high = -math.inf if start is None else start, math.inf if end is None else end
        return curves.read_times(db.session(), trial.id, keys, points, low, high)
    scale = 1.0
    if unit == "epoch":
        epochs = trial.experiment.spec.get("epochs") or 1
        scale = (trial.steps or epochs) / epochs
    first = None if start is None else step_within(math.ceil(start * scale))
    last = None if end is None else step_within(math.floor(end * scale))
    return curves.read(db.session(), trial.id, keys, points=points, first=first, last=last)


def step_within(step: int) -> int:
    """The step, or the nearest one that a database can hold: epochs beyond all bounds are many more steps."""
    return min(max(step, curves.FIRST), curves.LAST)


def curve_json(data: curves.CurveData) -> CurveResource:
    """One curve for JSON, which knows no NaN: null there, and its name beside it."""
    curve: CurveResource = {
        "step": data.steps.tolist(),
        "value": data.values.tolist(),
        "time": data.times.tolist(),
    }
    odd = np.flatnonzero(~np.isfinite(data.values))
    if odd.size:
        curve["nonfinite"] = [(int(i), str(finite_or_name(float(data.values[i])))) for i in odd]
    return curve


@blueprint.get("/trials/<int:trial_id>/histograms")
@documented(
    "Read a trial's histograms",
    query={
        "keys": "Histogram keys with commas between, e.g. activations/relu1,gradients/fc1.weight; only the list of them otherwise.",
        "steps": whole_number("At most so many of each key, at even distances.", 1, 1000, 200),
    },
    errors=(404,),
    answer=HistogramsByKey,
    cost=2,
)
def show_histograms(trial_id: int) -> ResponseReturnValue:
    """``keys``: all that the trial has; ``histograms``: {key: {step, epoch, low, high, nonfinite, counts}} of those asked for.

    Each step's counts are of even bins from low to high; values that are not finite are in none of them.
    """
    find_trial(trial_id)
    most = read_count("steps", 200, 1, 1000)
    read = {key: histograms.read(db.session(), trial_id, key, most) for key in wanted_keys([])}
    return jsonify(
        keys=histograms.keys(db.session(), trial_id),
        histograms={key: histograms_resource(found) for key, found in read.items()},
    )


@blueprint.get("/trials/<int:trial_id>/events")
@documented(
    "Follow a trial",
    query={"after": "The same as Last-Event-ID, for links."},
    errors=(404,),
    answers=("text/event-stream",),
    cost=5,
)
def follow_trial(trial_id: int) -> ResponseReturnValue:
    """Server-sent events as it trains: points, state, picture, histograms, log. ``Last-Event-ID`` goes on where a connection broke."""
    find_trial(trial_id)
    position = request.headers.get("Last-Event-ID") or request.args.get("after") or None
    known: dict[Source, str] = {trial_id: position} if position and is_position(position) else {}
    return stream_events([trial_id], known, single=True)


@blueprint.get("/trials/<int:trial_id>/pictures")
@documented("List a trial's pictures", query={"kind": "Only this kind, e.g. filters."}, errors=(404,), answer=PICTURES)
def list_pictures(trial_id: int) -> ResponseReturnValue:
    """In the order of their steps, each with the address of the PNG."""
    find_trial(trial_id)
    pictures = select(Artifact).where(Artifact.trial_id == trial_id, Artifact.media_type == "image/png")
    if kind := request.args.get("kind"):
        pictures = pictures.where(Artifact.kind == kind)
    return PICTURES.of_query(pictures, {Artifact.step: False, Artifact.id: False}, picture_resource)


@blueprint.get("/trials/<int:trial_id>/checkpoints")
@documented("List a trial's weights", errors=(404,), answer=CHECKPOINTS)
def list_checkpoints(trial_id: int) -> ResponseReturnValue:
    """``best``: the weights of the best evaluation. ``checkpoint``: the whole state, the last two while it trains, then the last.

    Each with the address of a safetensors file; ``model/...`` are its weights.
    """
    find_trial(trial_id)
    found = select(Artifact).where(Artifact.trial_id == trial_id, Artifact.kind.in_(artifacts.WITH_WEIGHTS))
    order = {Artifact.kind: False, Artifact.step: True, Artifact.id: True}
    return CHECKPOINTS.of_query(found, order, weights_resource)


@blueprint.get("/trials/<int:trial_id>/log")
@documented(
    "Read a trial's log",
    query={"order": one_of("The oldest line first, or the newest.", "oldest", "newest")},
    errors=(404,),
    answer=LOG,
)
def show_log(trial_id: int) -> ResponseReturnValue:
    """What its attempts said, and why it failed."""
    find_trial(trial_id)
    lines = select(LogLine).where(LogLine.trial_id == trial_id)
    newest_first = read_word("order", "oldest", "newest") == "newest"
    return LOG.of_query(lines, {LogLine.id: newest_first}, log_line_resource)


@blueprint.get("/trials/<int:trial_id>/errors")
@documented("Read what a trial gets wrong on the test part", errors=(404,), answer=ErrorsResource)
def show_errors(trial_id: int) -> ResponseReturnValue:
    """By the task: the confusion matrix (rows: truth, columns: what was said), precision, recall and F1, errors of numbers.

    ``worst`` are the most confident mistakes, each with the example's position in the test part. ``picture`` is the address
    of a PNG of them in the same order, ``tiles`` its geometry; where examples are no pictures each has its ``row`` of numbers.
    """
    find_trial(trial_id)
    found = artifacts.of_kind(db.session(), trial_id, "errors")
    report = next((artifact for artifact in found if artifact.media_type == artifacts.JSON), None)
    try:
        if report is None:
            raise NotKept
        content = orjson.loads(current_app.extensions["storage"].read(report.path))
    except NotKept as error:
        raise Refused(404, f"Trial {trial_id} has no report on its test part.") from error
    picture = next(
        (picture_resource(a)["url"] for a in found if a.media_type == artifacts.PNG and a.step == report.step), None
    )
    head = {"trial": trial_id, "step": report.step, "epoch": report.epoch, "picture": picture}
    return Response(orjson.dumps({**head, **content}), content_type="application/json")


def find_trial(trial_id: int) -> Trial:
    """The trial with its experiment, or Refused (404)."""
    trial = db.session.scalar(
        select(Trial)
        .join(Experiment)
        .where(Trial.id == trial_id, policy.seen_by(current_user))
        .options(joinedload(Trial.experiment).joinedload(Experiment.owner))
    )
    if trial is None:
        raise Refused(404, f"There is no trial {trial_id}.")
    return trial
