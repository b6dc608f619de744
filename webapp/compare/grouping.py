"""Experiments in groups, by a field of their specs, and the mean curves of each group's trials."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.compare.differences import rows_of
from webapp.compare.means import MeanCurve, mean_of
from webapp.finite import finite_or_name
from webapp.models import CurveChunk, Experiment
from webapp.store import curves

BY_EXPERIMENT = "experiment"
NO_SUCH_FIELD = "–"
EXACT_POINTS = (
    150_000  # of all curves together: with so many every point is read, with more the extremes of even stretches
)
COARSE_POINTS = 1000
MOST_TRIALS = 1000


@dataclass(frozen=True)
class Group:
    """Experiments that have the same value, and their trials: all, or the first of each where ``share_of_each`` says so."""

    label: str
    experiments: list[int]
    trials: list[int]


class NoSuchField(ValueError):
    """None of the specs has the path that was asked for."""


def share_of_each(experiments: Sequence[Experiment]) -> int | None:
    """How many trials of each experiment are averaged, its first ones; None for all, where they have at most MOST_TRIALS together."""
    count = sum(len(experiment.trials) for experiment in experiments)
    return MOST_TRIALS // len(experiments) if count > MOST_TRIALS else None


def groups_of(experiments: Sequence[Experiment], by: str) -> list[Group]:
    """A group for each value of the path ``by``, in the order in which the experiments bring them in; each experiment by itself
    where ``by`` is "experiment". Raises NoSuchField.
    """
    labels = [experiment.title for experiment in experiments]
    keys: Sequence[Any] = [experiment.id for experiment in experiments]
    if by != BY_EXPERIMENT:
        row = next((row for row in rows_of([experiment.spec for experiment in experiments]) if row.path == by), None)
        if row is None:
            raise NoSuchField(by)
        keys = labels = [NO_SUCH_FIELD if value is None else value for value in row.values]
    found: dict[Any, Group] = {}
    share = share_of_each(experiments)
    for key, label, experiment in zip(keys, labels, experiments, strict=True):
        group = found.setdefault(key, Group(label, [], []))
        group.experiments.append(experiment.id)
        group.trials.extend(trial.id for trial in experiment.trials[:share])
    return list(found.values())


def mean_curves(
    session: Session, groups: Sequence[Group], keys: Sequence[str], points: int
) -> dict[str, list[MeanCurve | None]]:
    """For each key the mean curve of each group."""
    return {key: means_of_key(session, groups, key, points) for key in keys}


def means_of_key(session: Session, groups: Sequence[Group], key: str, points: int) -> list[MeanCurve | None]:
    """From every point where these are not too many, else from the extremes of even stretches, whose deviation is wider."""
    trials = [trial for group in groups for trial in group.trials]
    read_points = curves.EVERY_POINT if count_of(session, trials, key) <= EXACT_POINTS else max(points, COARSE_POINTS)
    return [
        mean_of([curves.read_one(session, trial, key, read_points, None, None) for trial in group.trials], points)
        for group in groups
    ]


def count_of(session: Session, trials: Sequence[int], key: str) -> int:
    """How many points the curves of some trials have together."""
    query = select(func.sum(CurveChunk.count)).where(CurveChunk.trial_id.in_(trials), CurveChunk.key == key)
    return session.scalar(query) or 0


def curve_as_json(curve: MeanCurve | None, group: Group) -> dict[str, Any] | None:
    """For JSON, which knows no NaN: values that are not finite travel by name, a deviation that there is not is null."""
    if curve is None:
        return None
    return {
        "step": curve.steps.tolist(),
        "mean": [finite_or_name(value) for value in curve.mean.tolist()],
        "deviation": [value if np.isfinite(value) else None for value in curve.deviation.tolist()],
        "count": curve.count.tolist(),
        "time": curve.times.tolist(),
        "trial": group.trials[curve.furthest],
    }
