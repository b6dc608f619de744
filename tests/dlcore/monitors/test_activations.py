"""Dead and saturated units, counted by hand."""

import math

import pytest
import torch
from torch import nn

from dlcore.monitors.activations import ActivationMonitor
from dlcore.networks.mlp import ACTIVATIONS, MLP


def shares(model: nn.Module, inputs: torch.Tensor) -> dict[str, float]:
    monitor = ActivationMonitor(model)
    monitor.attach()
    model(inputs)
    return dict(zip(monitor.keys, monitor.detach().tolist(), strict=True))


def test_a_unit_is_dead_when_no_example_makes_it_fire() -> None:
    inputs = torch.tensor([[-1.0, -2.0, 3.0, 0.0], [-1.0, 5.0, -3.0, 0.0]])
    assert shares(nn.Sequential(nn.ReLU()), inputs) == {"dead/0": 0.5}  # the first and, never above 0, the last


def test_a_channel_is_dead_when_it_is_zero_at_every_place() -> None:
    inputs = -torch.ones(3, 4, 5, 5)
    inputs[2, 1, 4, 4] = 1.0
    assert shares(nn.Sequential(nn.ReLU()), inputs) == {"dead/0": 0.75}


@pytest.mark.parametrize("activation", [nn.Tanh(), nn.Sigmoid()])
def test_a_unit_is_saturated_beyond_4_on_either_side(activation: nn.Module) -> None:
    inputs = torch.tensor([[4.1, -4.1, 3.9, -3.9], [-40.0, 0.0, 0.0, 0.0]])
    assert shares(nn.Sequential(activation), inputs) == {"saturated/0": pytest.approx(3 / 8)}


def test_saturated_units_pass_hardly_any_gradient() -> None:
    assert 1 - math.tanh(4) ** 2 < 0.002
    assert 1 / (1 + math.exp(-4)) * (1 - 1 / (1 + math.exp(-4))) < 0.02


def test_only_rectified_units_can_be_dead() -> None:
    watched = {
        name: ActivationMonitor(MLP(hidden=(5,), activation=name).build((4,), 3)).keys  # type: ignore[arg-type]
        for name in ACTIVATIONS
    }
    assert {name: keys for name, keys in watched.items() if keys} == {
        "relu": ["dead/relu1"],
        "tanh": ["saturated/tanh1"],
        "sigmoid": ["saturated/sigmoid1"],
    }


def test_modules_inside_others_are_watched_too() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.Tanh(), nn.Linear(4, 4)), nn.ReLU())
    assert list(shares(model, torch.zeros(2, 4))) == ["saturated/1.0", "dead/2"]


def test_a_module_that_a_batch_does_not_reach_has_no_share() -> None:
    class Detour(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.taken, self.spared = nn.ReLU(), nn.ReLU()

        def forward(self, input: torch.Tensor) -> torch.Tensor:
            return self.taken(input)

    found = shares(Detour(), torch.ones(2, 3))
    assert found["dead/taken"] == 0
    assert math.isnan(found["dead/spared"])


def test_nothing_is_watched_between_measurements() -> None:
    model = nn.Sequential(nn.ReLU())
    monitor = ActivationMonitor(model)
    monitor.attach()
    model(torch.ones(2, 3))
    first = monitor.detach()
    model(-torch.ones(2, 3))
    assert not model[0]._forward_hooks
    assert first.tolist() == [0.0]


def test_units_that_cannot_fire_are_seen_in_a_built_network() -> None:
    model = MLP(hidden=(10,)).build((4,), 3)
    with torch.no_grad():
        model.get_submodule("fc1").bias[:3] = -100.0  # type: ignore[index,operator]
        model.get_submodule("fc1").bias[3:] = 100.0  # type: ignore[index,operator]
    assert shares(model, torch.randn(64, 4)) == {"dead/relu1": pytest.approx(0.3)}
