"""Comparisons for programs: what experiments differ in, their final values, mean curves of groups, and those that are kept."""

from typing import Annotated, Any

import orjson
from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from typing_extensions import TypedDict

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body, read_count, read_word, words
from webapp.api.description import ROW, Parameter, documented, ids, one_of, whole_number
from webapp.api.matching import check_match, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid, refused
from webapp.api.resources import Moment, Path, PictureResource, StateName, picture_resource
from webapp.compare import saved
from webapp.compare.axes import axes_of
from webapp.compare.chosen import FEWEST, MOST, absent, find, read_ids
from webapp.compare.differences import rows_of
from webapp.compare.grouping import (
    BY_EXPERIMENT,
    NoSuchField,
    curve_as_json,
    groups_of,
    mean_curves,
)
from webapp.compare.pictures import filters_of
from webapp.compare.summary import Column, Summary, all_columns, summaries
from webapp.formatting import iso
from webapp.models import Comparison, Experiment, db
from webapp.models.comparison import NAME_LONGEST

WHICH = f"Numbers of {FEWEST} to {MOST} experiments with commas between, in the order in which they are to stand."
IDS = ids(WHICH, FEWEST, MOST)
MOST_KEYS = 20


SEVERAL = WHICH.replace(" with commas between", "")
UNIQUE: dict[str, Any] = {"items": ROW, "minItems": FEWEST, "maxItems": MOST, "uniqueItems": True}


class ComparisonBody(Body):
    """A comparison that is to be kept."""

    name: str = Field(description="What it is called, 1 to 120 characters.", json_schema_extra=words(NAME_LONGEST))
    ids: list[int] = Field(description=SEVERAL, json_schema_extra=UNIQUE)
    view: str = Field(
        "", description="How the page looks: the query of its address, and #tab; at most 2,000 characters."
    )
    notes: str = Field("", description="Markdown, at most 20,000 characters.")


class ComparisonPatch(Body):
    """What may be changed of a comparison; what is left out stays."""

    name: str | None = Field(None, description="Another name.", json_schema_extra=words(NAME_LONGEST))
    ids: list[int] | None = Field(None, description=f"{SEVERAL} All of them from now on.", json_schema_extra=UNIQUE)
    view: str | None = Field(None, description="Another view.")
    notes: str | None = Field(None, description="Other notes.")


@with_config(extra="forbid")
class ShortExperimentResource(TypedDict):
    """An experiment, briefly."""

    id: int
    title: str
    state: StateName
    trials: Annotated[list[int], Field(description="Their ids.")]
    url: Path


@with_config(extra="forbid")
class DifferenceResource(TypedDict):
    """A path of specs, and its value in each."""

    path: str
    values: Annotated[list[str | None], Field(description="In words; null where a spec has no such path.")]


@with_config(extra="forbid")
class ComparedValue(TypedDict):
    """A number, and its standard deviation where it is the mean of several."""

    mean: float | None
    deviation: float | None


@with_config(extra="forbid")
class MetricResource(TypedDict):
    """A metric of compared experiments."""

    metric: str
    which: Annotated[str, Field(description="best or last.")]
    heading: str
    better: Annotated[str | None, Field(description="higher or lower, where it is known.")]
    values: list[ComparedValue]
    best: Annotated[list[int], Field(description="The experiments that are best in it.")]


@with_config(extra="forbid")
class AxisResource(TypedDict):
    """A field of specs or a result, by which experiments can be plotted."""

    name: str
    title: str
    source: Annotated[str, Field(description="field or result.")]
    kind: Annotated[str, Field(description="number or category.")]
    scale: Annotated[str, Field(description="linear or log.")]
    better: str | None
    values: list[float | str | None]


@with_config(extra="forbid")
class ComparedResource(TypedDict):
    """Experiments beside each other; every list of values is in their order."""

    experiments: list[ShortExperimentResource]
    differences: list[DifferenceResource]
    metrics: list[MetricResource]
    axes: list[AxisResource]


@with_config(extra="forbid")
class GroupResource(TypedDict):
    """Experiments whose curves are averaged, and their trials."""

    label: str
    experiments: list[int]
    trials: Annotated[list[int], Field(description="Those that are averaged.")]


@with_config(extra="forbid")
class MeanCurveResource(TypedDict):
    """The mean of curves, as columns."""

    step: list[int]
    mean: Annotated[list[float | str], Field(description="A number, or the name of one that is not finite.")]
    deviation: Annotated[list[float | None], Field(description="null where fewer than two trials reach the step.")]
    count: list[int]
    time: Annotated[list[float], Field(description="Of the trial that goes furthest.")]
    trial: Annotated[int, Field(description="The trial that goes furthest.")]


@with_config(extra="forbid")
class MeanCurvesResource(TypedDict):
    """Mean curves of groups."""

    groups: list[GroupResource]
    curves: Annotated[dict[str, list[MeanCurveResource | None]], Field(description="By key, one for each group.")]
    left_out: Annotated[int, Field(description="How many trials are not averaged.")]


@with_config(extra="forbid")
class ComparedPicturesResource(TypedDict):
    """Pictures of compared experiments."""

    pictures: Annotated[dict[str, list[PictureResource]], Field(description="By the experiment's id.")]


@with_config(extra="forbid")
class ComparisonResource(TypedDict):
    """A comparison that is kept."""

    id: int
    name: str
    owner: str
    ids: Annotated[list[int], Field(description="Those of its experiments that you may see.")]
    hidden: Annotated[int, Field(description="How many of its experiments you may not see.")]
    view: str
    notes: str
    notes_html: str
    created_at: Moment
    updated_at: Moment
    url: Annotated[Path, Field(description="Its page, for whoever is given it.")]


COMPARISONS = Listing("comparisons", ComparisonResource, default=saved.MOST_KEPT, most=saved.MOST_KEPT)


@blueprint.get("/compare")
@documented(
    "Compare experiments",
    query={"ids": IDS, "equal": one_of("1: also the fields of the specs in which they do not differ.", "0", "1")},
    errors=(404,),
    answer=ComparedResource,
)
def compare_experiments() -> ResponseReturnValue:
    """``differences``: {path, values}, null where a spec has no such path. ``metrics``: each with the mean and deviation over each
    experiment's trials, and the ids of the best where it is known which way it gets better. ``axes``: what can be plotted
    against what, with raw values.
    """
    with_equal = read_word("equal", "0", "1") == "1"
    experiments = wanted_experiments()
    columns = all_columns(experiments)
    rows = summaries(experiments, len(experiments), columns)
    specs = [experiment.spec for experiment in experiments]
    compared = [row for row in rows_of(specs) if with_equal or not row.is_equal]
    return jsonify(
        experiments=[short_resource(experiment) for experiment in experiments],
        differences=[{"path": row.path, "values": list(row.values)} for row in compared],
        metrics=[metric_resource(column, place, rows) for place, column in enumerate(columns)],
        axes=[axis.as_json() for axis in axes_of(specs, columns, rows)],
    )


@blueprint.get("/compare/curves")
@documented(
    "Read mean curves of groups",
    query={
        "ids": IDS,
        "by": "A path of the specs, e.g. optimizer.kind: a group for each of its values. experiment: a group for each experiment.",
        "keys": Parameter(
            f"1 to {MOST_KEYS} curve keys with commas between.", {"type": "string", "minLength": 1}, required=True
        ),
        "points": whole_number("About so many points a curve, 10 to 5,000; 400 otherwise.", 10, 5000, 400),
    },
    errors=(404,),
    answer=MeanCurvesResource,
)
def show_mean_curves() -> ResponseReturnValue:
    """``groups``: {label, experiments, trials}; ``curves``: {key: [a curve for each group, or null]}, each with step, mean, deviation
    (of a sample, null where fewer than two trials reach the step), count, and time of the ``trial`` that goes furthest. Values
    that are not finite travel by name.
    Of more than 1,000 trials an equal share of each experiment's is averaged, its first ones; ``left_out`` counts the others.
    """
    experiments = wanted_experiments()
    points = read_count("points", 400, 10, 5000)
    keys = list(dict.fromkeys(key for key in request.args.get("keys", "").split(",") if key))
    if not 1 <= len(keys) <= MOST_KEYS:
        raise invalid([Problem("keys", f"Name 1 to {MOST_KEYS} curve keys; you named {len(keys):,}.")])
    by = request.args.get("by") or BY_EXPERIMENT
    try:
        groups = groups_of(experiments, by)
    except NoSuchField as error:
        raise invalid([Problem("by", f"None of the specs has the field “{by[:60]}”.")], 404) from error
    averaged = sum(len(group.trials) for group in groups)
    found = mean_curves(db.session(), groups, keys, points)
    body = {
        "groups": [vars(group) for group in groups],
        "curves": {
            key: [curve_as_json(curve, group) for curve, group in zip(curves, groups, strict=True)]
            for key, curves in found.items()
        },
        "left_out": sum(len(experiment.trials) for experiment in experiments) - averaged,
    }
    return Response(orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"})


@blueprint.get("/compare/pictures")
@documented(
    "Show the filters of compared experiments", query={"ids": IDS}, errors=(404,), answer=ComparedPicturesResource
)
def list_compared_pictures() -> ResponseReturnValue:
    """``{pictures: {experiment: [...]}}``: of each experiment those of its first trial that has any, by their steps."""
    experiments = wanted_experiments()
    found = filters_of(db.session(), [experiment.id for experiment in experiments])
    return jsonify(
        pictures={
            str(number): [picture_resource(picture) for picture in pictures] for number, pictures in found.items()
        }
    )


@blueprint.get("/comparisons")
@documented("List your comparisons", answer=COMPARISONS)
def list_comparisons() -> ResponseReturnValue:
    """The one that was changed last first."""
    found = saved.of_person(db.session(), current_user.id)
    return COMPARISONS.of_items(found, lambda one: (-one.updated_at.timestamp(), -one.id), comparison_resource)


@blueprint.post("/comparisons")
@documented("Keep a comparison", body=ComparisonBody, status=201, errors=(403,), answer=ComparisonResource)
def create_comparison() -> ResponseReturnValue:
    """``url`` is its page; whoever is given it sees the comparison, and of its experiments those that they may see."""
    if not policy.may_keep_comparisons(current_user):
        raise Refused(403, "Viewers keep no comparisons.")
    body = read_body(ComparisonBody)
    try:
        comparison = saved.create(db.session(), current_user, **body.model_dump())
    except saved.ComparisonProblem as problem:
        raise refused(problem) from problem
    return tagged(jsonify(comparison_resource(comparison))), 201


@blueprint.get("/comparisons/<int:comparison_id>")
@documented(
    "Show a comparison",
    query={"key": "The key from its address, where it is somebody else's."},
    errors=(404,),
    answer=ComparisonResource,
)
def show_comparison(comparison_id: int) -> ResponseReturnValue:
    """``hidden``: how many of its experiments you may not see; ``ids`` are the others."""
    comparison = saved.by_id(db.session(), comparison_id)
    if comparison is None or not policy.may_see_comparison(current_user, comparison, request.args.get("key", "")):
        raise Refused(404, f"There is no comparison {comparison_id}, or this is not its key.")
    return tagged(jsonify(comparison_resource(comparison)))


@blueprint.patch("/comparisons/<int:comparison_id>")
@documented("Change a comparison", body=ComparisonPatch, errors=(404, 412), answer=ComparisonResource)
def change_comparison(comparison_id: int) -> ResponseReturnValue:
    """Its name, view, notes and experiments."""
    comparison = own_comparison(comparison_id)
    changed = read_body(ComparisonPatch).model_dump()
    check_match(comparison, lambda: comparison_resource(comparison))
    try:
        saved.change(db.session(), comparison, **changed)
    except saved.ComparisonProblem as problem:
        raise refused(problem) from problem
    return tagged(jsonify(comparison_resource(comparison)))


@blueprint.delete("/comparisons/<int:comparison_id>")
@documented("Delete a comparison", status=204, errors=(404, 412))
def delete_comparison(comparison_id: int) -> ResponseReturnValue:
    """For good; its experiments stay."""
    comparison = own_comparison(comparison_id)
    check_match(comparison, lambda: comparison_resource(comparison))
    saved.delete(db.session(), comparison)
    return Response(status=204)


def wanted_experiments() -> list[Experiment]:
    """The experiments that ``ids`` names; raises Refused (422, or 404 where one is not there)."""
    ids, problem = read_ids(request.args.get("ids", ""))
    experiments = [] if problem else find(db.session(), ids, current_user)
    if not problem and (missing := absent(ids, experiments)):
        raise invalid([Problem("ids", missing)], 404)
    if not problem and len(experiments) < FEWEST:
        problem = f"Name {FEWEST} to {MOST} experiments, such as 3,5; you named {len(experiments)}."
    if problem:
        raise invalid([Problem("ids", problem)])
    return experiments


def own_comparison(comparison_id: int) -> Comparison:
    """The comparison when this person may change it, or Refused (404): nobody learns which ones others have."""
    comparison = saved.by_id(db.session(), comparison_id)
    if comparison is None or not policy.may_change_comparison(current_user, comparison):
        raise Refused(404, f"You have no comparison {comparison_id}.")
    return comparison


def comparison_resource(comparison: Comparison) -> ComparisonResource:
    """A comparison, with those of its experiments that the reader may see."""
    seen = find(db.session(), comparison.ids, current_user)
    return {
        "id": comparison.id,
        "name": comparison.name,
        "owner": comparison.owner.username,
        "ids": [experiment.id for experiment in seen],
        "hidden": len(comparison.ids) - len(seen),
        "view": comparison.view,
        "notes": comparison.notes,
        "notes_html": comparison.notes_html,
        "created_at": iso(comparison.created_at),
        "updated_at": iso(comparison.updated_at),
        "url": url_for("compare.saved", comparison_key=comparison.key),
    }


def short_resource(experiment: Experiment) -> ShortExperimentResource:
    """An experiment, briefly."""
    return {
        "id": experiment.id,
        "title": experiment.title,
        "state": experiment.state.value,
        "trials": [trial.id for trial in experiment.trials],
        "url": url_for("experiments.show", experiment_id=experiment.id),
    }


def metric_resource(column: Column, place: int, rows: list[Summary]) -> MetricResource:
    """A metric, its value of each experiment, and the ids of those that are best in it."""
    cells = [row.cells[place] for row in rows]
    known = [cell.value for cell in cells if cell.value is not None]
    pick = {"higher": max, "lower": min}.get(column.better or "")
    best = pick(known) if pick and len(set(known)) > 1 else None
    return {
        "metric": column.metric,
        "which": column.which,
        "heading": column.heading,
        "better": column.better,
        "values": [{"mean": cell.value, "deviation": cell.deviation} for cell in cells],
        "best": [
            row.experiment.id for row, cell in zip(rows, cells, strict=True) if best is not None and cell.value == best
        ],
    }
