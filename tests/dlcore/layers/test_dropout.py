"""Dropout and DropConnect: what is dropped, what stays at evaluation, and that seeds decide."""

import math

import pytest
import torch

from dlcore.layers import Layer, Shape
from dlcore.layers.drop_connect import DropConnect
from dlcore.layers.dropout import Dropout

RATES = [0.2, 0.5, 0.75]
every_rate = pytest.mark.parametrize("rate", RATES)


@every_rate
def test_the_share_of_units_that_is_kept_is_one_minus_the_rate(rate: float) -> None:
    torch.manual_seed(0)
    kept = (Dropout(rate=rate).build((1000,))(torch.ones(200, 1000)) != 0).double().mean().item()
    assert kept == pytest.approx(1 - rate, abs=5 * math.sqrt(rate * (1 - rate) / 200_000))


@pytest.mark.erratum(11)
@every_rate
def test_kept_units_are_divided_by_the_share_kept(rate: float) -> None:
    out = Dropout(rate=rate).build((1000,))(torch.ones(20, 1000, dtype=torch.float64))
    assert sorted(set(out.flatten().tolist())) == pytest.approx([0.0, 1 / (1 - rate)])


@pytest.mark.erratum(11)
@every_rate
def test_evaluation_changes_nothing_so_that_the_expected_value_is_kept(rate: float) -> None:
    """Not "times the dropout probability": the inverted form has paid in training already."""
    torch.manual_seed(1)
    module = Dropout(rate=rate).build((1000,))
    ones = torch.ones(200, 1000)
    deviation = math.sqrt(rate / (1 - rate) / 200_000)
    assert module(ones).mean().item() == pytest.approx(1.0, abs=5 * deviation)
    assert torch.equal(module.eval()(ones), ones)


@pytest.mark.parametrize("shape", [(64, 9), (64, 4, 4), (64, 3, 4, 4)], ids=["sequence", "picture", "volume"])
def test_whole_channels_are_dropped_where_there_are_channels(shape: Shape) -> None:
    torch.manual_seed(2)
    out = Dropout(rate=0.5).build(shape)(torch.ones(50, *shape)).flatten(2)
    assert torch.equal(out.amin(2), out.amax(2))
    dropped = (out.amax(2) == 0).double().mean().item()
    assert dropped == pytest.approx(0.5, abs=5 * math.sqrt(0.25 / 3200))


@pytest.mark.parametrize("layer", [Dropout(), DropConnect(units=30)], ids=lambda layer: layer.kind)
def test_the_same_seed_drops_the_same(layer: Layer) -> None:
    module = layer.build((40,))
    inputs = torch.randn(10, 40)

    def drawn(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return module(inputs)

    assert torch.equal(drawn(3), drawn(3))
    assert not torch.equal(drawn(3), drawn(4))


def test_a_rate_of_0_drops_nothing() -> None:
    inputs = torch.randn(4, 40)
    assert torch.equal(Dropout(rate=0.0).build((40,))(inputs), inputs)
    module = DropConnect(units=30, rate=0.0).build((40,))
    assert torch.equal(module(inputs), module.eval()(inputs))


@torch.no_grad()
def masked_weights(rate: float) -> torch.Tensor:
    """The weights that one batch saw, where each is 1: rows of the identity bring them out one by one."""
    module = DropConnect(units=400, rate=rate, bias=False).build((300,)).double()
    module.weight.fill_(1.0)  # type: ignore[union-attr,operator]
    return module(torch.eye(300, dtype=torch.float64))


@every_rate
def test_drop_connect_drops_weights_at_its_rate(rate: float) -> None:
    torch.manual_seed(5)
    weights = masked_weights(rate)
    assert sorted(set(weights.flatten().tolist())) == pytest.approx([0.0, 1 / (1 - rate)])
    kept = (weights != 0).double().mean().item()
    assert kept == pytest.approx(1 - rate, abs=5 * math.sqrt(rate * (1 - rate) / weights.numel()))


def test_drop_connect_drops_weights_and_not_units() -> None:
    torch.manual_seed(6)
    weights = masked_weights(0.5)
    assert weights.any(0).all()  # no unit lost all that comes in,
    assert weights.any(1).all()  # and no input all that it goes to
    assert not torch.equal(masked_weights(0.5), weights)  # a new mask for each batch


@torch.no_grad()
def test_drop_connect_evaluates_with_the_mean_of_the_weights() -> None:
    torch.manual_seed(7)
    module = DropConnect(units=5, rate=0.5).build((20,)).double()
    inputs = torch.randn(3, 20, dtype=torch.float64)
    runs = torch.stack([module(inputs) for _ in range(4000)])
    deviations = runs.std(0) / math.sqrt(4000)
    assert ((runs.mean(0) - module.eval()(inputs)).abs() < 5 * deviations).all()


@torch.no_grad()
def test_drop_connect_keeps_its_biases() -> None:
    module = DropConnect(units=50, rate=0.9).build((10,))
    module.bias.fill_(3.0)  # type: ignore[union-attr,operator]
    assert (module(torch.zeros(2, 10)) == 3).all()
