"""Numbers of activations that the papers and the notes state, and mistakes that are made with them."""

import math
from typing import get_args

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from dlcore.describe import describe_network
from dlcore.layers import Layer
from dlcore.layers.elu import ELU
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.gelu import GELU
from dlcore.layers.leaky_relu import LeakyReLU
from dlcore.layers.maxout import Maxout
from dlcore.layers.prelu import PReLU
from dlcore.layers.relu import ReLU
from dlcore.layers.selu import SELU
from dlcore.layers.sigmoid import Sigmoid
from dlcore.layers.silu import SiLU
from dlcore.layers.softplus import Softplus
from dlcore.layers.tanh import Tanh
from dlcore.losses.softmax import Softmax
from dlcore.networks.lenet5 import LeNet5
from dlcore.networks.mlp import ACTIVATIONS, MLP, Activation


def at(layer: Layer, *points: float) -> list[float]:
    values = torch.tensor([points], dtype=torch.float64)
    return layer.build((len(points),)).double()(values)[0].tolist()


def slope_at(layer: Layer, *points: float) -> list[float]:
    values = torch.tensor([points], dtype=torch.float64, requires_grad=True)
    layer.build((len(points),)).double()(values).sum().backward()
    assert values.grad is not None
    return values.grad[0].tolist()


def test_a_sigmoid_neuron_computes_and() -> None:
    both, one, none = at(Sigmoid(), -30 + 20 + 20, -30 + 20, -30)
    assert none == pytest.approx(9.4e-14, rel=0.01)
    assert one == pytest.approx(4.54e-5, rel=1e-3)
    assert both == pytest.approx(0.99995, abs=1e-5)


def test_the_sigmoids_slope_is_s_times_1_minus_s_and_at_most_a_quarter() -> None:
    assert slope_at(Sigmoid(), 0.0) == [0.25]
    (s,) = at(Sigmoid(), 1.7)
    assert slope_at(Sigmoid(), 1.7) == pytest.approx([s * (1 - s)], rel=1e-12)


def test_a_sigmoid_of_large_numbers_is_finite() -> None:
    assert at(Sigmoid(), -1000, 1000) == [0.0, 1.0]
    assert slope_at(Sigmoid(), -1000, 1000) == [0.0, 0.0]


@pytest.mark.erratum(25)
def test_tanh_has_a_gradient_that_vanishes_only_in_saturation() -> None:
    assert slope_at(Tanh(), 0.0, 1.0) == pytest.approx([1.0, 1 - math.tanh(1) ** 2])
    assert slope_at(Tanh(), 10.0)[0] < 1e-8


@pytest.mark.erratum(24)
def test_a_relu_closes_the_left_side() -> None:
    assert at(ReLU(), -3.0, -1e-9, 2.0) == [0.0, 0.0, 2.0]
    assert slope_at(ReLU(), -3.0, 2.0) == [0.0, 1.0]


@pytest.mark.erratum(23)
def test_a_leaky_relus_slope_is_1_from_0_on_not_from_1() -> None:
    assert slope_at(LeakyReLU(), 0.5, 1.5, -0.5) == pytest.approx([1.0, 1.0, 0.01])
    assert at(LeakyReLU(), -2.0, 0.5) == pytest.approx([-0.02, 0.5])


def test_a_prelu_starts_at_a_quarter_and_learns_its_slope_on_the_left() -> None:
    module = PReLU().build((2,))
    module(torch.tensor([[-3.0, 4.0], [-1.0, 1.0]])).sum().backward()
    assert at(PReLU(), -2.0) == [-0.5]
    assert next(module.parameters()).grad.tolist() == [-4.0, 0.0]  # type: ignore[union-attr]


def test_a_prelus_slope_is_a_channels_or_everyones() -> None:
    assert PReLU().parameters((6, 4, 4)) == 6
    assert PReLU(per_channel=False).parameters((6, 4, 4)) == 1


def test_an_elu_ends_at_minus_alpha_and_is_smooth_at_0_for_alpha_1() -> None:
    assert at(ELU(alpha=0.7), -50.0) == pytest.approx([-0.7])
    assert slope_at(ELU(), -1e-9, 1e-9) == pytest.approx([1.0, 1.0])


def test_selu_keeps_mean_0_and_variance_1() -> None:
    def value(z: float) -> float:
        return at(SELU(), z)[0]

    def expected(power: int) -> float:
        sides = ((-12, 0), (0, 12))
        return sum(quad(lambda z: value(z) ** power * norm.pdf(z), low, high)[0] for low, high in sides)

    assert expected(1) == pytest.approx(0, abs=1e-8)
    assert expected(2) == pytest.approx(1, abs=1e-8)


def test_softplus_is_exact_far_out() -> None:
    assert at(Softplus(), 25.0, -700.0) == pytest.approx([25 + math.exp(-25), math.exp(-700)], rel=1e-15)
    assert at(Softplus(), 0.0) == pytest.approx([math.log(2)])
    assert slope_at(Softplus(), 0.3) == pytest.approx(at(Sigmoid(), 0.3))


def test_gelus_two_forms_are_near_each_other_but_not_the_same() -> None:
    points = np.linspace(-5, 5, 101).tolist()
    apart = np.abs(np.subtract(at(GELU(), *points), at(GELU(form="tanh"), *points)))
    assert 1e-5 < apart.max() < 1e-3
    assert at(GELU(), 1.0) == pytest.approx([0.8413447460685429])  # Φ(1)


def test_silus_lowest_point_is_where_it_should_be() -> None:
    assert at(SiLU(), -1.2784645427610738) == pytest.approx([-0.27846454276107380])
    assert slope_at(SiLU(), -1.2784645427610738) == pytest.approx([0.0], abs=1e-12)


@torch.no_grad()
@pytest.mark.parametrize(("second", "expected"), [(0.0, 0.0), (0.01, -0.03), (-1.0, 3.0)], ids=["relu", "leaky", "abs"])
def test_maxout_of_two_pieces_can_be_other_activations(second: float, expected: float) -> None:
    module = Maxout(units=1).build((1,))
    module.weight.copy_(torch.tensor([[1.0], [second]]))  # type: ignore[union-attr,operator]
    module.bias.zero_()  # type: ignore[union-attr,operator]
    assert module(torch.tensor([[-3.0]])).item() == pytest.approx(expected)
    assert module(torch.tensor([[3.0]])).item() == pytest.approx(3.0)


def test_maxout_doubles_the_parameters() -> None:
    assert Maxout(units=10, pieces=2).parameters((20,)) == 2 * (20 * 10 + 10)


@pytest.mark.erratum(22)
def test_the_probabilities_of_three_logits_are_those_of_unweighted_exponentials() -> None:
    """The notes write 2.8·e^28 / (2.8·e^28 + 1.3·e^13 + 1), which is 0.8886."""
    logits = torch.tensor([[2.8, 1.3, 0.0]], dtype=torch.float64)
    loss = Softmax().build()
    probabilities = [math.exp(-loss(logits, torch.tensor([label])).item()) for label in range(3)]
    assert probabilities == pytest.approx([0.7789, 0.1738, 0.0474], abs=5e-5)


def test_layers_without_an_activation_between_them_are_one_linear_map() -> None:
    first, second = FullyConnected(units=3).build((5,)).double(), FullyConnected(units=4).build((3,)).double()
    inputs = torch.randn(7, 5, dtype=torch.float64)
    weight = second.weight @ first.weight  # type: ignore[operator]
    bias = second.weight @ first.bias + second.bias  # type: ignore[operator]
    torch.testing.assert_close(second(first(inputs)), inputs @ weight.T + bias)
    assert torch.linalg.matrix_rank(weight) == 3
    bent = second(torch.relu(first(inputs)))
    assert not torch.allclose(bent, inputs @ weight.T + bias, atol=1e-2)


def test_the_softmax_of_logits_of_1000_is_finite() -> None:
    loss = Softmax().build()
    assert loss(torch.tensor([[1000.0, 0.0]]), torch.tensor([0])).item() == 0
    assert loss(torch.tensor([[1000.0, 0.0]]), torch.tensor([1])).item() == 1000


@pytest.mark.parametrize("activation", get_args(Activation))
def test_networks_offer_every_activation_by_its_kind(activation: Activation) -> None:
    assert ACTIVATIONS[activation]().kind == activation
    for network in (MLP(hidden=(5,), activation=activation), LeNet5(activation=activation)):
        rows = describe_network(network, (1, 12, 12), 3)
        model = network.build((1, 12, 12), 3)
        assert sum(row.parameters for row in rows) == sum(p.numel() for p in model.parameters())
        assert model(torch.randn(2, 1, 12, 12)).shape == (2, 3)
