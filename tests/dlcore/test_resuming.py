"""A run that is killed and put down at random moments ends bit for bit like one that nobody disturbed."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.checkpoint import load, save
from dlcore.events import Checkpoint, Event, Histogram, Picture, Results, Scalars
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.dlcore.training import WALL_CLOCK, curves_of, last_checkpoint

DIGITS = {"kind": "digits", "train_size": 240}
SMALL_CONVNET = [
    {"kind": "conv", "filters": 4, "size": 3},
    {"kind": "batch_norm"},
    {"kind": "relu"},
    {"kind": "max_pool"},
    {"kind": "flatten"},
    {"kind": "dropout", "rate": 0.3},
]
MLP = {"kind": "mlp", "hidden": [12], "dropout": 0.3}
SPECS: dict[str, dict[str, Any]] = {
    "adam, plateau, early stopping and averages": {
        "network": MLP,
        "optimizer": {"kind": "adam", "lr": 0.03},
        "schedule": {"kind": "plateau", "patience": 1, "warm_up_epochs": 0.5},
        "regularisation": [{"kind": "early_stopping", "patience": 2}, {"kind": "l2"}],
        "weight_average": 0.9,
        "epochs": 8,
    },
    "a convnet with batch norm, augmentation and momentum": {
        "data": {**DIGITS, "augment": [{"kind": "crop", "padding": 1}, {"kind": "noise"}]},
        "network": {"kind": "layers", "layers": SMALL_CONVNET},
        "optimizer": {"kind": "momentum", "lr": 0.02},
        "schedule": {"kind": "cosine", "warm_up_epochs": 1},
        "monitor": {"every_steps": 1, "evaluate_every_steps": 2},
    },
    "a schedule-free optimizer that ends with its best weights": {
        "network": MLP,
        "optimizer": {"kind": "schedule_free_adamw", "lr": 0.1},
        "regularisation": [{"kind": "early_stopping", "metric": "accuracy", "patience": 1}],
        "epochs": 6,
    },
    "muon with clipping, in half precision": {
        "network": MLP,
        "optimizer": {"kind": "muon"},
        "schedule": {"kind": "one_cycle"},
        "regularisation": [{"kind": "clip_norm"}, {"kind": "max_norm"}],
        "precision": "bfloat16",
    },
    "several steps of a line search within one": {
        "network": MLP,
        "optimizer": {"kind": "lbfgs", "iterations": 2},
        "epochs": 2,
    },
}


@pytest.fixture(autouse=True)
def _a_flush_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcore.recorder.FLUSH_S", 0.0)


@pytest.mark.parametrize("changes", SPECS.values(), ids=SPECS.keys())
def test_it_ends_with_the_same_curves_pictures_and_weights(changes: dict[str, Any], tmp_path: Path) -> None:
    spec = parse_spec({"data": DIGITS, "batch_size": 64, "epochs": 4, "monitor": {"every_steps": 2}, **changes})
    whole = list(train(spec))
    lives = 0
    for seed in range(3):
        joined, more = disturbed(spec, tmp_path / str(seed), random.Random(seed))
        lives += more
        assert curves_of(joined) == curves_of(whole)
        assert clock_steps(joined) == clock_steps(whole)
        assert facts(joined) == facts(whole)
        assert final(joined) == final(whole)
    assert lives > 6


def disturbed(spec: Any, folder: Path, chance: random.Random) -> tuple[list[Event], int]:
    """What a run says that is often put down, and killed with what it said since its last checkpoint; how many lives it had."""
    said: list[Event] = []
    for life in range(1, 200):
        resume = load(folder / "state") if (folder / "state").exists() else None
        run = train(spec, resume=resume, checkpoint_now=lambda: chance.random() < 0.2)
        kept = len(said)
        for event in run:
            said.append(event)
            if isinstance(event, Checkpoint):
                save(event, folder / "state")
                kept = len(said)
            if chance.random() < (0.3 if isinstance(event, Checkpoint) else 0.01):
                break
        else:
            return said, life
        run.close()
        del said[kept:]
    raise AssertionError("it came to no end")


def clock_steps(events: Sequence[Event]) -> dict[str, list[int]]:
    """Where curves have points whose values depend on the clock."""
    found: dict[str, list[int]] = {}
    for event in events:
        if isinstance(event, Scalars) and event.key in WALL_CLOCK:
            found.setdefault(event.key, []).extend(event.steps.tolist())
    return found


def facts(events: Sequence[Event]) -> list[Any]:
    """Everything about histograms and pictures, in order; those that were made again at the same step are the same."""
    found = {}
    for event in events:
        if isinstance(event, Histogram):
            place = event.key, event.step
            found[place] = (event.epoch, event.low, event.high, event.nonfinite, *event.counts.tolist())
        elif isinstance(event, Picture):
            found[event.name, event.step] = (event.epoch, event.pixels.tobytes())
    return sorted(found.items())


def final(events: Sequence[Event]) -> tuple[Any, ...]:
    """The results, and the whole state at the end: weights, their average and the best ones, optimizer, random states."""
    results = [event.values for event in events if isinstance(event, Results)][-1]
    state = last_checkpoint(events)
    arrays = {name: (str(array.dtype), np.asarray(array).tobytes()) for name, array in state.arrays.items()}
    clock = ("elapsed_s", "examples_per_second")
    details = {name: value for name, value in state.details.items() if name not in clock}
    return (
        {name: value for name, value in results.items() if name != "duration_s"},
        state.step,
        state.epoch,
        arrays,
        details,
    )
