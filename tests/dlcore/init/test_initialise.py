"""Applying a rule to a network: what is filled, what is left alone, and how units and their inputs are counted."""

from typing import Any

import pytest
import torch
from torch import nn

from dlcore.init import Initialiser
from dlcore.init.he_normal import HeNormal
from dlcore.init.he_uniform import HeUniform
from dlcore.init.inv_sqrt import InvSqrt
from dlcore.init.orthogonal import Orthogonal
from dlcore.init.small import Small
from dlcore.init.sparse import Sparse
from dlcore.init.xavier_normal import XavierNormal
from dlcore.init.xavier_uniform import XavierUniform
from dlcore.initialise import fans, initialise
from dlcore.modules.flat_linear import FlatLinear

# (rule, Σ|w| of each weight, Σw of each weight) with seed 7, as these five have been from the first day.
KEPT: list[tuple[Initialiser, list[float], list[float]]] = [
    (HeNormal(), [44.64324137434596, 385.73315304934476, 21.352641861187294],
     [-3.6008944624918513, -12.034211939128, 0.48798326565884054]),
    (HeUniform(), [47.77718198450748, 420.8129628080451, 28.069474241696298],
     [-0.8051249465206638, 7.449101369721575, -5.948271113447845]),
    (Small(), [1.6402973255389952, 46.287975989637744, 0.6752298077808518],
     [-0.13230531217413954, -1.444105371474734, 0.015431381860253168]),
    (XavierNormal(), [23.314172644517384, 372.99915789825945, 19.09838434960693],
     [-1.8805059569422156, -11.6369331185374, 0.43646547850221395]),
    (XavierUniform(), [24.950819146062713, 406.9209165980046, 25.106099334545434],
     [-0.42046289815334603, 7.203188283338022, -5.320295059122145]),
]  # fmt: skip


def small_network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(),
        nn.Linear(8 * 36, 20), nn.PReLU(), nn.Linear(20, 5),
    )  # fmt: skip


@pytest.mark.parametrize(("part", "sizes", "sums"), KEPT, ids=[part.kind for part, _, _ in KEPT])
def test_a_seed_gives_the_numbers_that_it_always_gave(part: Initialiser, sizes: list[float], sums: list[float]) -> None:
    model = small_network()
    initialise(model, part, seed=7)
    weights = [parameter.detach().double() for parameter in model.parameters() if parameter.ndim > 1]
    assert [weight.abs().sum().item() for weight in weights] == pytest.approx(sizes, rel=1e-6)
    assert [weight.sum().item() for weight in weights] == pytest.approx(sums, rel=1e-5)


def test_biases_start_from_the_constant_and_normalisation_from_its_own() -> None:
    model = small_network()
    initialise(model, HeNormal(bias=0.01), seed=0)
    for layer in (model[0], model[4], model[6]):
        assert layer.bias.unique().tolist() == pytest.approx([0.01])
    assert model[1].weight.unique().tolist() == [1.0]
    assert model[1].bias.unique().tolist() == [0.0]
    assert model[5].weight.tolist() == [0.25]  # PReLU's slope
    initialise(model, HeNormal(), seed=0)
    assert not model[0].bias.any()


class Unshared(nn.Module):
    """Two places, each with three units of its own that see four numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(6, 4))
        self.groups = 2
        self.fans = (4, 3)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (nn.Linear(30, 20), (30, 20)),
        (FlatLinear(30, 20), (30, 20)),
        (nn.Conv1d(4, 6, 5), (4 * 5, 6 * 5)),
        (nn.Conv2d(4, 6, (3, 5)), (4 * 15, 6 * 15)),
        (nn.Conv3d(4, 6, 3), (4 * 27, 6 * 27)),
        (nn.Conv2d(8, 12, 3, groups=4), (2 * 9, 3 * 9)),
        (nn.Conv2d(8, 8, 3, groups=8), (9, 9)),
        (nn.ConvTranspose2d(4, 6, 3), (4 * 9, 6 * 9)),
        (nn.ConvTranspose2d(4, 6, 4, stride=2), (4 * 4, 6 * 16)),
        (nn.ConvTranspose1d(8, 6, 3, stride=2, groups=2), (6, 9)),
        (Unshared(), (4, 3)),
    ],
    ids=repr,
)
def test_what_a_unit_sums_and_who_sees_a_number_is_counted(layer: nn.Module, expected: tuple[int, int]) -> None:
    assert fans(layer) == expected


LAYERS: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "fully connected": (nn.Linear(200, 300), (200,)),
    "convolution": (nn.Conv2d(32, 64, 5), (32, 12, 12)),
    "one-dimensional": (nn.Conv1d(32, 64, 5, stride=2), (32, 40)),
    "three-dimensional": (nn.Conv3d(16, 64, 3), (16, 6, 6, 6)),
    "dilated": (nn.Conv2d(32, 64, 3, dilation=2), (32, 12, 12)),
    "grouped": (nn.Conv2d(32, 64, 3, groups=4), (32, 12, 12)),
    "depthwise": (nn.Conv2d(256, 256, 3, groups=256), (256, 8, 8)),
    "transposed": (nn.ConvTranspose2d(64, 64, 4, stride=2, padding=3), (64, 8, 8)),
    "transposed and grouped": (nn.ConvTranspose2d(64, 64, 4, stride=2, padding=3, groups=4), (64, 8, 8)),
}


def variance_after(part: Initialiser, name: str) -> float:
    """Of what a layer makes of inputs with variance 1; paddings here cut off the edges, where less is summed."""
    layer, shape = LAYERS[name]
    initialise(layer, part, seed=3)
    with torch.no_grad():
        return float(layer(torch.randn(16, *shape, generator=torch.Generator().manual_seed(4))).var())


@pytest.mark.erratum(49)
@pytest.mark.parametrize("name", LAYERS)
def test_sums_keep_the_variance_of_what_they_sum(name: str) -> None:
    """Var(Σ w x) = n_in · Var(w) · Var(x), so weights of variance 1/n_in hand on what they get."""
    assert variance_after(InvSqrt(), name) == pytest.approx(1, rel=0.12)


@pytest.mark.parametrize("name", ["convolution", "one-dimensional", "three-dimensional", "grouped", "depthwise"])
def test_orthogonal_filters_keep_the_variance_of_what_they_sum(name: str) -> None:
    assert variance_after(Orthogonal(), name) == pytest.approx(1, rel=0.02)


def test_an_orthogonal_layer_that_widens_spreads_the_same_length_over_more_units() -> None:
    assert variance_after(Orthogonal(), "fully connected") == pytest.approx(200 / 300, rel=0.02)


def rows(layer: Any) -> torch.Tensor:
    """A transposed convolution's weights, a row for each unit of a group."""
    weight = layer.weight.detach()
    return torch.cat([part.transpose(0, 1).flatten(1) for part in weight.chunk(layer.groups)])


def test_a_transposed_convolutions_units_are_its_output_channels() -> None:
    layer = nn.ConvTranspose2d(8, 6, 3, groups=2)
    initialise(layer, Sparse(), seed=0)
    assert (rows(layer) != 0).sum(dim=1).tolist() == [10] * 6
    initialise(layer, Orthogonal(), seed=0)
    torch.testing.assert_close(rows(layer).norm(dim=1), torch.ones(6))


def test_each_group_gets_an_orthogonal_map_of_its_own() -> None:
    layer = nn.Conv2d(8, 12, 3, groups=4)
    initialise(layer, Orthogonal(), seed=0)
    for group in layer.weight.detach().chunk(4):
        torch.testing.assert_close(group.flatten(1) @ group.flatten(1).T, torch.eye(3), rtol=0, atol=1e-6)
    unshared = Unshared()
    initialise(unshared, Orthogonal(), seed=0)
    torch.testing.assert_close(unshared.weight.detach().norm(dim=1), torch.ones(6))
