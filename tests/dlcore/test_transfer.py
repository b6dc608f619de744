"""Starting from what another trial has learnt."""

from typing import Any

import numpy as np
import pytest
import torch

from dlcore.errors import TrainingError
from dlcore.events import Checkpoint
from dlcore.networks.mlp import MLP
from dlcore.networks.vgg import VGG
from dlcore.run import Run
from dlcore.start import Start
from dlcore.train import train
from dlcore.transfer import freeze, take_over
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of, events_of, last_checkpoint, log_of, results_of

SPEC: dict[str, Any] = {
    "data": {"kind": "digits"},
    "network": {"kind": "mlp", "hidden": [32, 16], "batch_norm": True},
    "optimizer": {"kind": "momentum", "lr": 0.05},
    "epochs": 2,
}
START = {**SPEC, "seed": 1, "start": {"trial": 7}}


@pytest.fixture(scope="module")
def trained() -> dict[str, Any]:
    torch.set_num_threads(1)
    return dict(last_checkpoint(events_of(SPEC)).arrays)


def test_the_body_is_taken_over_and_the_head_starts_fresh(trained: dict[str, Any]) -> None:
    run = Run(parse_spec(START), 1, trained)
    own = run.model.state_dict()
    np.testing.assert_array_equal(own["fc1.weight"], trained["model/fc1.weight"])
    np.testing.assert_array_equal(own["norm1.running_mean"], trained["model/norm1.running_mean"])
    assert not np.array_equal(own["fc3.weight"], trained["model/fc3.weight"])


def test_the_head_may_be_taken_over_as_well(trained: dict[str, Any]) -> None:
    run = Run(parse_spec({**START, "start": {"trial": 7, "new_head": False}}), 1, trained)
    np.testing.assert_array_equal(run.model.state_dict()["fc3.weight"], trained["model/fc3.weight"])


def test_it_learns_faster_than_from_scratch(trained: dict[str, Any]) -> None:
    few = {**START, "data": {"kind": "digits", "train_size": 100}, "batch_size": 20, "epochs": 3}
    transferred = results_of(events_of(few, weights=trained))["test/accuracy"]
    scratch = results_of(events_of({**few, "start": {}}))["test/accuracy"]
    assert transferred > scratch


def test_frozen_layers_stay_as_they_are_with_their_averages(trained: dict[str, Any]) -> None:
    events = events_of({**START, "start": {"trial": 7, "freeze": 1}}, weights=trained)
    after = last_checkpoint(events).arrays
    for name in ("fc1.weight", "fc1.bias", "norm1.weight", "norm1.running_mean", "norm1.running_var"):
        np.testing.assert_array_equal(after[f"model/{name}"], trained[f"model/{name}"])
    assert not np.array_equal(after["model/fc2.weight"], trained["model/fc2.weight"])
    assert "update_ratio/fc1.weight" not in curves_of(events)
    assert "Frozen: fc1, norm1" in log_of(events) or "Frozen: fc1" in log_of(events)


def test_the_body_learns_at_a_rate_of_its_own(trained: dict[str, Any]) -> None:
    run = Run(parse_spec({**START, "start": {"trial": 7, "body_lr": 0.1}}), 1, trained)
    rates = {id(p): group["lr"] for group in run.optimizer.param_groups for p in group["params"]}
    named = dict(run.model.named_parameters())
    assert rates[id(named["fc3.weight"])] == pytest.approx(0.05)
    assert rates[id(named["fc1.weight"])] == pytest.approx(0.005)


def test_a_body_rate_of_zero_moves_the_head_alone(trained: dict[str, Any]) -> None:
    after = last_checkpoint(events_of({**START, "start": {"trial": 7, "body_lr": 0.0}}, weights=trained)).arrays
    np.testing.assert_array_equal(after["model/fc2.weight"], trained["model/fc2.weight"])


def test_a_transferred_run_resumes_bit_for_bit(trained: dict[str, Any]) -> None:
    spec = {**START, "start": {"trial": 7, "body_lr": 0.1, "freeze": 1}}
    whole = last_checkpoint(events_of(spec, weights=trained))
    first = next(
        event
        for event in train(parse_spec(spec), weights=trained, checkpoint_now=lambda: True)
        if isinstance(event, Checkpoint)
    )
    assert first.step < whole.step
    resumed = last_checkpoint(events_of(spec, resume=first))
    for name, array in whole.arrays.items():
        np.testing.assert_array_equal(resumed.arrays[name], array)


def test_a_deep_vgg_starts_from_a_shallow_one() -> None:
    """Simonyan & Zisserman: the first convolutions and the last layers of A initialise the deeper ones."""
    shape = (3, 32, 32)
    shallow, deep = VGG(depth="A").build(shape, 10), VGG(depth="E").build(shape, 10)
    arrays = {f"model/{name}": value.numpy() for name, value in shallow.state_dict().items()}
    taken = take_over(deep, arrays, Start(new_head=False))
    assert taken >= {"conv1_1.weight", "conv2_1.weight", "conv3_1.weight", "conv3_2.weight"}
    assert set(dict(shallow.named_parameters())) <= taken


def test_weights_of_another_kind_of_network_are_refused(trained: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="no layer has the same name and shape"):
        events_of({**START, "network": {"kind": "lenet5"}}, weights=trained)


def test_freezing_everything_is_refused(trained: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="nothing is left to train"):
        events_of({**START, "start": {"trial": 7, "freeze": 3}}, weights=trained)


def test_blocks_are_counted_by_layers_with_weights() -> None:
    model = MLP(hidden=(4, 4), batch_norm=True).build((3,), 2)
    assert freeze(model, 2) == ["fc1", "fc2"]
    assert {name for name, p in model.named_parameters() if p.requires_grad} == {"fc3.weight", "fc3.bias"}
