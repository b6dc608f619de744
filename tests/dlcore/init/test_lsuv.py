"""LSUV: each layer's output on the batch has variance 1, measured on the finished network."""

from typing import Any

import pytest
import torch
from torch import nn

from dlcore.events import Scalars
from dlcore.init.he_normal import HeNormal
from dlcore.init.lsuv import LSUV
from dlcore.initialise import initialise
from dlcore.train import train
from dlcore.validation import parse_spec

BATCH = 3.0 + 20.0 * torch.rand(64, 3, 12, 12, generator=torch.Generator().manual_seed(0))


class Residual(nn.Module):
    """x + F(x), the convolution used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv(torch.relu(self.conv(x)))


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), Residual(), nn.Dropout(0.5),
        nn.Conv2d(8, 16, 3, groups=2, bias=False), nn.Sigmoid(), nn.Flatten(), nn.Linear(16 * 64, 30), nn.ELU(), nn.Linear(30, 4),
    )  # fmt: skip


def variances(model: nn.Module, batch: torch.Tensor) -> list[float]:
    """Of the first output of each layer with weights, in evaluation mode."""
    found: dict[nn.Module, float] = {}
    layers = [module for module in model.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    hooks = [
        layer.register_forward_hook(lambda layer, _, output: found.setdefault(layer, output.var().item()) and None)
        for layer in layers
    ]
    model.eval()
    with torch.no_grad():
        model(batch)
    model.train()
    for hook in hooks:
        hook.remove()
    return list(found.values())


@pytest.mark.parametrize("bias", [0.0, 0.5])
def test_the_output_of_each_layer_has_unit_variance(bias: float) -> None:
    model = network()
    initialise(model, LSUV(bias=bias), seed=0, batch=BATCH)
    measured = variances(model, BATCH)
    assert len(measured) == 5
    assert measured == pytest.approx([1.0] * 5, abs=0.02)


def test_without_it_they_have_not() -> None:
    model = network()
    initialise(model, HeNormal(), seed=0, batch=BATCH)
    assert max(abs(variance - 1) for variance in variances(model, BATCH)) > 1


def test_nothing_but_weights_is_changed() -> None:
    model = network()
    state = torch.get_rng_state()
    initialise(model, LSUV(), seed=0, batch=BATCH)
    assert torch.equal(torch.get_rng_state(), state)  # dropout drew nothing
    assert model[1].running_mean.tolist() == [0.0] * 8
    assert model.training
    assert not [module for module in model.modules() if module._forward_hooks]


def test_a_batch_of_nothing_but_zeros_leaves_the_weights_finite() -> None:
    model = network()
    initialise(model, LSUV(), seed=0, batch=torch.zeros_like(BATCH))
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_a_batch_is_asked_for() -> None:
    with pytest.raises(ValueError, match="batch of training inputs"):
        initialise(network(), LSUV(), seed=0)


def losses(spec: dict[str, Any]) -> list[float]:
    events = train(parse_spec(spec))
    return [
        value for event in events if isinstance(event, Scalars) and event.key == "train/loss" for value in event.values
    ]


@pytest.mark.parametrize("initialisation", ["lsuv", "orthogonal", "sparse", "zeros"])
def test_the_loop_starts_from_it(initialisation: str) -> None:
    spec = {
        "data": {"kind": "digits", "train_size": 300}, "network": {"kind": "lenet5"}, "epochs": 2, "batch_size": 50,
        "initialisation": {"kind": initialisation, "bias": 0.01}, "optimizer": {"kind": "sgd", "lr": 0.1},
    }  # fmt: skip
    first = losses(spec)
    assert first == losses(spec)
    assert (first[-1] < 0.8 * first[0]) == (initialisation == "lsuv")  # twelve steps are too few for the others
