"""What tests of the loop share: a spec trained to its end, and what it said, by key."""

from collections.abc import Iterable, Sequence
from typing import Any

from dlcore.events import Checkpoint, Event, Results, Scalars, Text
from dlcore.train import train
from dlcore.validation import parse_spec

WALL_CLOCK = {"throughput"}


def events_of(spec: dict[str, Any], **options: Any) -> list[Event]:
    return list(train(parse_spec(spec), **options))


def curves_of(events: Iterable[Event]) -> dict[str, dict[int, float]]:
    """key -> {step: value}, wall-clock curves left out; a step that came twice is an error."""
    curves: dict[str, dict[int, float]] = {}
    for event in events:
        if isinstance(event, Scalars) and event.key not in WALL_CLOCK:
            curve = curves.setdefault(event.key, {})
            for step, value in zip(event.steps.tolist(), event.values.tolist(), strict=True):
                assert step not in curve, (event.key, step)
                curve[step] = value
    return curves


def results_of(events: Sequence[Event]) -> dict[str, Any]:
    return dict([event.values for event in events if isinstance(event, Results)][-1])


def last_checkpoint(events: Sequence[Event]) -> Checkpoint:
    return [event for event in events if isinstance(event, Checkpoint)][-1]


def log_of(events: Sequence[Event]) -> str:
    return "\n".join(event.message for event in events if isinstance(event, Text))
