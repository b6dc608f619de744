"""Initialisers: the deviation or the limit that their formula says."""

import math

import pytest
import torch

from dlcore.init import Initialiser
from dlcore.init.he_normal import HeNormal
from dlcore.init.he_uniform import HeUniform
from dlcore.init.small import Small
from dlcore.init.xavier_normal import XavierNormal
from dlcore.init.xavier_uniform import XavierUniform
from dlcore.initialise import initialise

IN, OUT = 400, 300


def filled(part: Initialiser) -> torch.Tensor:
    weight = torch.empty(OUT, IN, dtype=torch.float64)
    part.fill(weight, IN, OUT, torch.Generator().manual_seed(0))
    return weight


@pytest.mark.parametrize(
    ("part", "deviation"),
    [
        (HeNormal(), math.sqrt(2 / IN)),
        (XavierNormal(), math.sqrt(2 / (IN + OUT))),
        (Small(), 0.01),
        (HeUniform(), math.sqrt(2 / IN)),
        (XavierUniform(), math.sqrt(2 / (IN + OUT))),
    ],
)
def test_the_deviation_is_the_formulas(part: Initialiser, deviation: float) -> None:
    weight = filled(part)
    assert weight.std().item() == pytest.approx(deviation, rel=0.01)
    assert abs(weight.mean().item()) < 4 * deviation / math.sqrt(IN * OUT)


@pytest.mark.parametrize(
    ("part", "limit"), [(HeUniform(), math.sqrt(6 / IN)), (XavierUniform(), math.sqrt(6 / (IN + OUT)))]
)
def test_uniform_weights_stay_within_their_limit(part: Initialiser, limit: float) -> None:
    assert 0.999 * limit < filled(part).abs().max().item() <= limit


def test_a_convolutions_fan_counts_its_window_and_biases_are_zero() -> None:
    model = torch.nn.Sequential(torch.nn.Conv2d(64, 128, 5))
    initialise(model, HeNormal(), seed=0)
    assert model[0].weight.std().item() == pytest.approx(math.sqrt(2 / (64 * 25)), rel=0.02)
    assert not model[0].bias.any()


def test_the_seed_decides_the_weights() -> None:
    models = [torch.nn.Linear(10, 10) for _ in range(3)]
    for model, seed in zip(models, (1, 1, 2), strict=True):
        initialise(model, HeNormal(), seed)
    assert torch.equal(models[0].weight, models[1].weight)
    assert not torch.equal(models[0].weight, models[2].weight)
