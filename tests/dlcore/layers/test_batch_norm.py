"""Batch normalisation: the formula in training, the running averages, and what the notes had wrong."""

import numpy as np
import pytest
import torch

from dlcore.events import Results
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.relu import ReLU
from dlcore.networks import Network
from dlcore.networks.mlp import MLP
from dlcore.networks.vgg import VGG
from dlcore.train import train
from dlcore.validation import parse_spec

Z = torch.tensor([[1.0], [2.0], [4.0]], dtype=torch.float64)


def normalised(z: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    return BatchNorm(eps=eps).build(tuple(z.shape[1:])).double()(z)


@pytest.mark.erratum(9, 10)
@pytest.mark.parametrize("lengths", [(), (7,), (4, 5), (3, 4, 5)], ids=["row", "sequence", "picture", "volume"])
def test_it_is_its_formula_over_the_batch_and_all_places(lengths: tuple[int, ...]) -> None:
    z = 3 * np.random.default_rng(0).standard_normal((32, 5, *lengths)) + 1
    axes = (0, *range(2, z.ndim))
    mean = z.mean(axes, keepdims=True)
    variance = ((z - mean) ** 2).mean(axes, keepdims=True)
    expected = (z - mean) / np.sqrt(variance + 1e-5)
    np.testing.assert_allclose(normalised(torch.from_numpy(z)).detach().numpy(), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.erratum(9)
def test_the_variance_is_of_squares() -> None:
    """Without the square the variance of [1, 2, 4] would be 0; it is 1.5556."""
    expected = (np.array([1, 2, 4]) - 7 / 3) / np.sqrt(14 / 9 + 1e-5)
    assert normalised(Z).flatten().tolist() == pytest.approx(expected.tolist(), rel=1e-12)


@pytest.mark.erratum(9)
def test_epsilon_is_inside_the_root() -> None:
    inside = (4 - 7 / 3) / np.sqrt(14 / 9 + 0.1)
    outside = (4 - 7 / 3) / (np.sqrt(14 / 9) + 0.1)
    assert normalised(Z, eps=0.1)[2].item() == pytest.approx(inside, rel=1e-12)
    assert inside != pytest.approx(outside, rel=1e-2)


@pytest.mark.erratum(10)
def test_it_divides_by_the_deviation_as_well() -> None:
    assert normalised(100 * Z).std(unbiased=False).item() == pytest.approx(1.0, rel=1e-6)


@pytest.mark.erratum(10)
def test_gamma_and_beta_give_back_what_was_taken() -> None:
    module = BatchNorm().build((1,)).double()
    with torch.no_grad():
        module.weight.fill_(np.sqrt(14 / 9 + 1e-5))  # type: ignore[union-attr,operator]
        module.bias.fill_(7 / 3)  # type: ignore[union-attr,operator]
    assert torch.allclose(module(Z), Z, atol=1e-12)


def test_the_running_averages_take_a_tenth_of_each_batch() -> None:
    """Of the mean, and of the unbiased variance m/(m − 1)·σ², as the paper has it for evaluation."""
    module = BatchNorm().build((1,)).double()
    mean, variance = 0.0, 1.0
    for batch in (Z, Z + 3, 2 * Z):
        module(batch)
        mean = 0.9 * mean + 0.1 * batch.mean().item()
        variance = 0.9 * variance + 0.1 * batch.var(unbiased=True).item()
    assert module.running_mean.item() == pytest.approx(mean, rel=1e-12)  # type: ignore[union-attr,operator]
    assert module.running_var.item() == pytest.approx(variance, rel=1e-12)  # type: ignore[union-attr,operator]


def test_an_example_alone_is_evaluated_as_in_a_batch() -> None:
    module = BatchNorm().build((3, 4, 4)).double()
    examples = torch.randn(8, 3, 4, 4, dtype=torch.float64)
    module(examples)
    module.eval()
    assert torch.equal(module(examples)[2:3], module(examples[2:3]))


@pytest.mark.parametrize("shape", [(3,), (3, 1, 1)], ids=["row", "picture of one pixel"])
def test_a_batch_of_one_number_per_channel_takes_the_running_averages(shape: tuple[int, ...]) -> None:
    module = BatchNorm().build(shape).double()
    module(torch.randn(8, *shape, dtype=torch.float64))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    alone = torch.randn(1, *shape, dtype=torch.float64)
    in_training = module(alone)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert torch.equal(in_training, module.eval()(alone))


def test_an_epoch_may_end_with_a_single_example() -> None:
    spec = {
        "data": {"kind": "digits"},  # 1,439 for training
        "network": {"kind": "mlp", "hidden": [8], "batch_norm": True},
        "batch_size": 719,
        "epochs": 1,
    }
    assert [event for event in train(parse_spec(spec)) if isinstance(event, Results)]


def test_gamma_and_beta_are_two_numbers_for_each_channel() -> None:
    assert BatchNorm().parameters((64, 14, 14)) == 128


@pytest.mark.erratum(10)
@pytest.mark.parametrize(
    ("network", "shape"),
    [(MLP(batch_norm=True), (20,)), (VGG(depth="A", batch_norm=True), (3, 32, 32))],
    ids=["mlp", "vgg"],
)
def test_it_stands_between_the_sums_and_the_activation(network: Network, shape: tuple[int, ...]) -> None:
    layers = network.layers_for(shape, 10)
    places = [place for place, layer in enumerate(layers) if isinstance(layer, BatchNorm)]
    assert places
    for place in places:
        assert isinstance(layers[place - 1], FullyConnected | Conv)
        assert isinstance(layers[place + 1], ReLU)
