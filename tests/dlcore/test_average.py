"""A running average of the weights is kept beside them, evaluated, and survives an interruption."""

from typing import Any

import numpy as np
import pytest
import torch

from dlcore.events import Checkpoint
from dlcore.run import Run
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of, events_of, last_checkpoint, results_of

SPEC: dict[str, Any] = {
    "data": {"kind": "digits"},
    "network": {"kind": "mlp", "hidden": [16], "batch_norm": True},
    "optimizer": {"kind": "sgd", "lr": 0.5},
    "epochs": 3,
    "weight_average": 0.9,
}


@pytest.mark.erratum(28)
def test_the_average_follows_its_formula() -> None:
    run = Run(parse_spec(SPEC), 0)
    assert run.average is not None
    expected = None
    for event in range(5):
        with torch.no_grad():
            run.model.fc1.weight.fill_(float(event))  # type: ignore[union-attr, operator]
        run.average.update_parameters(run.model)
        expected = float(event) if expected is None else 0.9 * expected + 0.1 * event
    np.testing.assert_allclose(run.average.module.fc1.weight.detach(), expected, rtol=1e-6)


def test_it_is_evaluated_beside_the_weights_themselves() -> None:
    events = events_of(SPEC)
    curves, results = curves_of(events), results_of(events)
    assert curves["validation_averaged/accuracy"].keys() == curves["validation/accuracy"].keys()
    assert curves["validation_averaged/loss"] != curves["validation/loss"]
    assert {"test/accuracy", "test_averaged/accuracy"} <= results.keys()


def test_training_itself_does_not_notice() -> None:
    without = curves_of(events_of({**SPEC, "weight_average": None}))
    for key, curve in curves_of(events_of(SPEC)).items():
        assert "averaged" in key or curve == without[key]


def test_it_comes_back_bit_for_bit() -> None:
    whole = last_checkpoint(events_of(SPEC))
    first = next(e for e in train(parse_spec(SPEC), checkpoint_now=lambda: True) if isinstance(e, Checkpoint))
    resumed = last_checkpoint(events_of(SPEC, resume=first))
    averages = [name for name in whole.arrays if name.startswith("average/")]
    assert len(averages) > 5
    for name in averages:
        np.testing.assert_array_equal(resumed.arrays[name], whole.arrays[name])


@pytest.mark.parametrize("decay", [-0.1, 1.0])
def test_a_share_outside_its_range_is_named(decay: float) -> None:
    with pytest.raises(ValueError, match="Average of weights must be between 0 and"):
        parse_spec({**SPEC, "weight_average": decay})
