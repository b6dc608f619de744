"""How things look to programs: each form is declared once, as a type. The API's document describes its answers by the same types."""

from typing import Annotated, Any, NotRequired

from flask import url_for
from pydantic import Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from dlcore.events import Histogram
from webapp.datasets.service import data_of
from webapp.formatting import iso
from webapp.models import (
    ApiToken,
    Artifact,
    Dataset,
    Experiment,
    Layout,
    LogLine,
    Priority,
    State,
    Trial,
    User,
    Visibility,
)

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time", "description": "In UTC."})]
StateName = Annotated[str, WithJsonSchema({"type": "string", "enum": [state.value for state in State]})]
PriorityName = Annotated[str, WithJsonSchema({"type": "string", "enum": [one.word for one in Priority]})]
Path = Annotated[str, Field(description="An address of this site, without its host.")]


@with_config(extra="forbid")
class ShortTrialResource(TypedDict):
    """A trial, as an experiment that was just submitted names it."""

    id: int
    number: Annotated[int, Field(description="1, 2, … within its experiment.")]
    seed: int
    state: StateName


@with_config(extra="forbid")
class SubmittedResource(TypedDict):
    """An experiment that was just submitted."""

    id: int
    trials: list[ShortTrialResource]
    url: Annotated[Path, Field(description="Its page.")]


@with_config(extra="forbid")
class TrialResource(TypedDict):
    """A trial: one training run of an experiment."""

    id: int
    experiment: int
    number: Annotated[int, Field(description="1, 2, … within its experiment.")]
    seed: int
    state: StateName
    request: Annotated[str | None, Field(description="What it was asked and has not done yet.")]
    queue: str
    priority: PriorityName
    attempt: int
    failure: Annotated[str | None, Field(description="Why it failed, in a sentence.")]
    step: int
    steps: int | None
    epoch: float
    examples_per_second: float | None
    results: Annotated[
        dict[str, Any],
        Field(
            description="By metric: an object with best and last, or a number such as duration_s. A number that is not finite is its name."
        ),
    ]
    created_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    waiting: NotRequired[Annotated[str | None, Field(description="Why one that is queued has not started yet.")]]


@with_config(extra="forbid")
class ExperimentResource(TypedDict):
    """An experiment with its trials."""

    id: int
    title: str
    description: str
    owner: Annotated[str, Field(description="The owner's username.")]
    tags: list[str]
    state: StateName
    archived: bool
    visibility: Annotated[str, WithJsonSchema({"type": "string", "enum": [one.value for one in Visibility]})]
    created_at: Moment
    updated_at: Moment
    spec: Annotated[dict[str, Any] | None, Field(description="The whole job as data; null where it was imported.")]
    imported: bool
    trials: list[TrialResource]
    url: Annotated[Path, Field(description="Its page.")]
    runs: NotRequired[Annotated[list[dict[str, Any]], Field(description="What each imported run told of itself.")]]


@with_config(extra="forbid")
class PictureResource(TypedDict):
    """A picture and where it is."""

    id: int
    kind: str
    name: Annotated[str, Field(description="What it shows, e.g. the layer.")]
    step: int
    epoch: float
    details: dict[str, Any]
    url: Path


@with_config(extra="forbid")
class WeightsResource(TypedDict):
    """A file of weights and where it is."""

    id: int
    kind: Annotated[str, WithJsonSchema({"type": "string", "enum": ["best", "checkpoint"]})]
    step: int
    epoch: float
    best: Annotated[Any, Field(description="The evaluation whose weights these are.")]
    size_bytes: int
    sha256: str
    created_at: Moment
    url: Path


@with_config(extra="forbid")
class HistogramsResource(TypedDict):
    """The histograms of one key as columns, in the order of their steps."""

    step: list[int]
    epoch: list[float]
    low: list[float | None]
    high: list[float | None]
    nonfinite: list[int]
    counts: list[list[int]]


@with_config(extra="forbid")
class DatasetResource(TypedDict):
    """An uploaded data set and what was found in it."""

    id: int
    name: str
    owner: str
    data: Annotated[dict[str, Any], Field(description="What a spec says to use it.")]
    size_bytes: int
    found: dict[str, Any]
    created_at: Moment
    experiments: NotRequired[Annotated[list[int], Field(description="The experiments that use it.")]]


@with_config(extra="forbid")
class LayoutResource(TypedDict):
    """A person's layout of chart pages."""

    id: int
    name: str
    pins: list[str]
    toolbar: dict[str, str]
    columns: int
    height: str
    default: bool


@with_config(extra="forbid")
class LogLineResource(TypedDict):
    """A line of a trial's log; a traceback is one of level “error”."""

    id: int
    attempt: int
    at: Moment
    level: str
    step: int | None
    message: str


@with_config(extra="forbid")
class PersonResource(TypedDict):
    """Somebody with an account."""

    id: int
    username: str
    name: str
    about: str
    role: str
    created_at: Moment


@with_config(extra="forbid")
class TokenResource(TypedDict):
    """A token of yours, without its text."""

    id: int
    label: str
    hint: Annotated[str, Field(description="Its last characters.")]
    scopes: list[str]
    created_at: Moment
    expires_at: Annotated[Moment | None, Field(description="null: never.")]
    last_used_at: Moment | None
    last_used_from: Annotated[str | None, Field(description="The address from which it was used last.")]


@with_config(extra="forbid")
class IssuedTokenResource(TokenResource):
    """A token that was just issued."""

    token: Annotated[str | None, Field(description="Its text, told this once; null when the same request comes again.")]


def experiment_resource(experiment: Experiment) -> ExperimentResource:
    """An experiment with the short form of its trials."""
    return {
        "id": experiment.id,
        "title": experiment.title,
        "description": experiment.description,
        "owner": experiment.owner.username,
        "tags": [tag.name for tag in experiment.tags],
        "state": experiment.state.value,
        "archived": experiment.archived,
        "visibility": experiment.visibility,
        "created_at": iso(experiment.created_at),
        "updated_at": iso(experiment.updated_at),
        "spec": experiment.spec or None,
        "imported": experiment.is_imported,
        "trials": [trial_resource(trial) for trial in experiment.trials],
        "url": url_for("experiments.show", experiment_id=experiment.id),
    }


def imported_resource(experiment: Experiment) -> ExperimentResource:
    """An experiment with what each of its runs told of itself, where it was imported."""
    shown, told = experiment_resource(experiment), experiment.imported if experiment.is_imported else None
    return {**shown, "runs": told["runs"]} if told else shown


def submitted_resource(experiment: Experiment) -> SubmittedResource:
    """An experiment that was just submitted."""
    return {
        "id": experiment.id,
        "trials": [
            {"id": trial.id, "number": trial.number, "seed": trial.seed, "state": trial.state}
            for trial in experiment.trials
        ],
        "url": url_for("experiments.show", experiment_id=experiment.id),
    }


def trial_resource(trial: Trial) -> TrialResource:
    """A trial with its results."""
    return {
        "id": trial.id,
        "experiment": trial.experiment_id,
        "number": trial.number,
        "seed": trial.seed,
        "state": trial.state,
        "request": trial.request,
        "queue": trial.queue,
        "priority": Priority(trial.priority).word,
        "attempt": trial.attempt,
        "failure": trial.failure,
        "step": trial.step,
        "steps": trial.steps,
        "epoch": trial.epoch,
        "examples_per_second": trial.examples_per_second,
        "results": trial.results,
        "created_at": iso(trial.created_at),
        "started_at": iso(trial.started_at) or None,
        "ended_at": iso(trial.ended_at) or None,
    }


def picture_resource(artifact: Artifact) -> PictureResource:
    """A picture and where it is."""
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "name": artifact.name,
        "step": artifact.step,
        "epoch": artifact.epoch,
        "details": artifact.details,
        "url": url_for("live.artifact", artifact_id=artifact.id),
    }


def weights_resource(artifact: Artifact) -> WeightsResource:
    """A file of weights and where it is."""
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "step": artifact.step,
        "epoch": artifact.epoch,
        "best": artifact.details.get("best") or None,
        "size_bytes": artifact.size_bytes,
        "sha256": artifact.sha256,
        "created_at": iso(artifact.created_at),
        "url": url_for("live.artifact", artifact_id=artifact.id),
    }


def histograms_resource(histograms: list[Histogram]) -> HistogramsResource:
    """The histograms of one key as columns, in the order of their steps."""
    return {
        "step": [histogram.step for histogram in histograms],
        "epoch": [histogram.epoch for histogram in histograms],
        "low": [histogram.low for histogram in histograms],
        "high": [histogram.high for histogram in histograms],
        "nonfinite": [histogram.nonfinite for histogram in histograms],
        "counts": [histogram.counts.tolist() for histogram in histograms],
    }


def dataset_resource(dataset: Dataset) -> DatasetResource:
    """An uploaded data set and what was found in it; ``data`` is what a spec says to use it."""
    return {
        "id": dataset.id,
        "name": dataset.name,
        "owner": dataset.owner.username,
        "data": data_of(dataset),
        "size_bytes": dataset.size_bytes,
        "found": dataset.found,
        "created_at": iso(dataset.created_at),
    }


def layout_resource(layout: Layout) -> LayoutResource:
    """A person's layout of chart pages."""
    return {
        "id": layout.id,
        "name": layout.name,
        "pins": layout.pins,
        "toolbar": layout.toolbar,
        "columns": layout.columns,
        "height": layout.height,
        "default": layout.is_default,
    }


def log_line_resource(line: LogLine) -> LogLineResource:
    """A line of a trial's log."""
    return {
        "id": line.id,
        "attempt": line.attempt,
        "at": iso(line.at),
        "level": line.level,
        "step": line.step,
        "message": line.message,
    }


def person_resource(user: User) -> PersonResource:
    """Somebody with an account, without what is nobody else's."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "about": user.about,
        "role": user.role,
        "created_at": iso(user.created_at),
    }


def token_resource(token: ApiToken) -> TokenResource:
    """A token without its text."""
    return {
        "id": token.id,
        "label": token.label,
        "hint": token.hint,
        "scopes": token.kept_scopes.split(),
        "created_at": iso(token.created_at),
        "expires_at": iso(token.expires_at) or None,
        "last_used_at": iso(token.last_used_at) or None,
        "last_used_from": token.last_used_from,
    }
