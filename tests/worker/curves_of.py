"""What a trial's curves should be, and what they are."""

import functools
from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Event, Histogram, Scalars
from dlcore.spec import Spec
from dlcore.train import train
from tests.making import same_bits
from webapp.store import curves, histograms
from webapp.store.live import Entry

MEASURED = {"throughput"}  # depends on the clock

LONG = {
    "data": {"kind": "digits"},
    "network": {"kind": "mlp", "hidden": [16], "dropout": 0.2},
    "epochs": 150,
    "monitor": {"every_steps": 10, "pictures_every_epochs": 50},
}


def expected_curves(spec: dict[str, Any]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The (steps, values) of each curve when nothing interrupts training; trained once, however many tests ask."""
    return dict(curves_of(Spec.model_validate(spec).model_dump_json()))


@functools.cache
def curves_of(spec: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Those of a spec in JSON."""
    return curves_in(train(Spec.model_validate_json(spec)))


def curves_in(events: Iterable[Event]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The (steps, values) of each curve that training told of."""
    pieces: dict[str, list[Scalars]] = {}
    for event in events:
        if isinstance(event, Scalars) and event.key not in MEASURED:
            pieces.setdefault(event.key, []).append(event)
    return {key: (join(parts, "steps"), join(parts, "values")) for key, parts in pieces.items()}


def expected_histograms(spec: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Everything about each histogram when nothing interrupts training."""
    return sorted(facts(event) for event in train(Spec.model_validate(spec)) if isinstance(event, Histogram))


def stored_histograms(sessions: sessionmaker[Session], trial_id: int) -> list[tuple[Any, ...]]:
    """Everything about each histogram that is durable."""
    with sessions() as session:
        names = histograms.keys(session, trial_id)
        return sorted(facts(found) for key in names for found in histograms.read(session, trial_id, key, 10**6))


def facts(event: Histogram) -> tuple[Any, ...]:
    """Everything about a histogram, so that two can be compared."""
    counts = tuple(event.counts.tolist())
    return event.key, event.step, event.epoch, event.low, event.high, event.nonfinite, counts


def join(pieces: list[Scalars], column: str) -> np.ndarray:
    return np.concatenate([getattr(piece, column) for piece in pieces])


def stored_curves(sessions: sessionmaker[Session], trial_id: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The (steps, values) of each curve that is durable."""
    with sessions() as session:
        names = [key for key in curves.keys(session, trial_id) if key not in MEASURED]
        found = curves.read(session, trial_id, names, points=10_000_000)
    return {key: (data.steps, data.values) for key, data in found.items()}


def streamed_curves(entries: list[Entry]) -> dict[str, tuple[list[int], list[float]]]:
    """The (steps, values) of each curve in a stream's entries, in their order."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for _, kind, payload in entries:
        if kind == "points":
            for key, (steps, values, _times) in payload["curves"].items():
                held = found.setdefault(key, ([], []))
                held[0].extend(steps)
                held[1].extend(float(value) for value in values)
    return {key: held for key, held in found.items() if key not in MEASURED}


def assert_same_curves(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """The same keys, and in each the same steps and the same values, bit for bit."""
    assert sorted(found) == sorted(expected)
    for key, (steps, values) in expected.items():
        assert list(found[key][0]) == list(steps), f"{key}: a hole or a double"
        assert same_bits(found[key][1], values), f"{key}: other values"
