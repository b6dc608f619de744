"""How things look to programs."""

from typing import Any

from flask import url_for

from dlcore.events import Histogram
from webapp import policy
from webapp.comments.reactions import tallies
from webapp.datasets.service import data_of
from webapp.formatting import iso
from webapp.models import Artifact, Comment, Dataset, Experiment, Layout, Priority, Trial, User


def experiment_resource(experiment: Experiment) -> dict[str, Any]:
    """An experiment with the short form of its trials."""
    return {
        "id": experiment.id,
        "title": experiment.title,
        "description": experiment.description,
        "owner": experiment.owner.username,
        "tags": [tag.name for tag in experiment.tags],
        "state": experiment.state.value,
        "archived": experiment.archived,
        "created_at": iso(experiment.created_at),
        "updated_at": iso(experiment.updated_at),
        "spec": experiment.spec or None,
        "imported": experiment.is_imported,
        "trials": [trial_resource(trial) for trial in experiment.trials],
        "url": url_for("experiments.show", experiment_id=experiment.id),
    }


def imported_resource(experiment: Experiment) -> dict[str, Any]:
    """An experiment with what each of its runs told of itself, where it was imported."""
    told = experiment.imported if experiment.is_imported else None
    return {**experiment_resource(experiment), **({"runs": told["runs"]} if told else {})}


def trial_resource(trial: Trial) -> dict[str, Any]:
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


def comment_resource(comment: Comment, reader: User) -> dict[str, Any]:
    """A comment; the words of one that a moderator hid are for its author and moderators, those of a deleted one for nobody."""
    readable = policy.may_read_comment(reader, comment)
    pin = {"trial": comment.pin_trial_id, "key": comment.pin_key, "step": comment.pin_step, "value": comment.pin_value}
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


def picture_resource(artifact: Artifact) -> dict[str, Any]:
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


def weights_resource(artifact: Artifact) -> dict[str, Any]:
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


def histograms_resource(histograms: list[Histogram]) -> dict[str, list[Any]]:
    """The histograms of one key as columns, in the order of their steps."""
    return {
        "step": [histogram.step for histogram in histograms],
        "epoch": [histogram.epoch for histogram in histograms],
        "low": [histogram.low for histogram in histograms],
        "high": [histogram.high for histogram in histograms],
        "nonfinite": [histogram.nonfinite for histogram in histograms],
        "counts": [histogram.counts.tolist() for histogram in histograms],
    }


def dataset_resource(dataset: Dataset) -> dict[str, Any]:
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


def layout_resource(layout: Layout) -> dict[str, Any]:
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
