"""Training ends when nothing gets better, and what is kept is the best there was."""

from typing import Any

import numpy as np
import pytest

from dlcore.events import Checkpoint
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of, events_of, last_checkpoint, log_of, results_of

#: An MLP that learns 60 digits by heart: the validation loss rises soon.
SPEC: dict[str, Any] = {
    "data": {"kind": "digits", "train_size": 60},
    "network": {"kind": "mlp", "hidden": [64]},
    "optimizer": {"kind": "adam", "lr": 0.01},
    "batch_size": 20,
    "epochs": 60,
    "regularisation": [{"kind": "early_stopping", "metric": "loss", "patience": 3}],
}


def test_it_stops_after_the_patience_and_says_so() -> None:
    events = events_of(SPEC)
    losses = curves_of(events)["validation/loss"]
    best = min(losses, key=lambda step: losses[step])
    assert len(losses) < 60
    assert max(losses) - best == 3 * 3  # three epochs of three steps
    assert "Stopped early" in log_of(events)


def test_the_kept_weights_are_those_of_the_best_evaluation() -> None:
    events = events_of(SPEC)
    losses = curves_of(events)["validation/loss"]
    best_step = min(losses, key=lambda step: losses[step])
    shorter = events_of({**SPEC, "epochs": best_step // 3, "regularisation": []})
    for name, array in last_checkpoint(shorter).arrays.items():
        if name.startswith("model/"):
            np.testing.assert_array_equal(array, last_checkpoint(events).arrays[name])
    assert results_of(events)["test/loss"] == results_of(shorter)["test/loss"]


def test_the_kept_weights_are_not_averaged_once_more_by_an_optimizer_that_averages() -> None:
    changes = {"optimizer": {"kind": "schedule_free_adamw", "lr": 0.05}, "epochs": 12}
    arrays = last_checkpoint(events_of({**SPEC, **changes})).arrays
    for name, array in arrays.items():
        if name.startswith("best/"):
            np.testing.assert_array_equal(arrays[name.replace("best/", "model/")], array)


def test_without_keeping_the_best_the_last_weights_are_tested() -> None:
    events = events_of({**SPEC, "regularisation": [{**SPEC["regularisation"][0], "keep_best": False}]})
    last = events_of({**SPEC, "epochs": len(curves_of(events)["validation/loss"]), "regularisation": []})
    assert results_of(events)["test/loss"] == results_of(last)["test/loss"]


@pytest.mark.parametrize("after", [4, 17, 10_000])
def test_resuming_stops_at_the_same_place_with_the_same_weights(after: int) -> None:
    whole = events_of(SPEC)
    before, checkpoint = [], None
    for event in train(parse_spec(SPEC), checkpoint_now=lambda: True):
        before.append(event)
        if isinstance(event, Checkpoint):
            checkpoint = event
            if event.step >= after:
                break
    assert checkpoint is not None
    resumed = events_of(SPEC, resume=checkpoint)
    assert results_of(resumed)["test/loss"] == results_of(whole)["test/loss"]
    assert {**curves_of(before), **curves_of(resumed)}.keys() == curves_of(whole).keys()
    assert last_checkpoint(resumed).step == last_checkpoint(whole).step
