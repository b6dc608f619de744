"""Through ten layers of the matching activation the signal keeps its size; with the wrong rule it dies out.

The size is the root mean square of a layer's activations: it is their standard deviation where their mean is 0 (tanh, SELU,
linear), and what He's derivation keeps where it is not (ReLU gives nothing below 0).
"""

import pytest
import torch
from torch import nn

from dlcore.init import Initialiser
from dlcore.init.he_normal import HeNormal
from dlcore.init.he_uniform import HeUniform
from dlcore.init.inv_sqrt import InvSqrt
from dlcore.init.lecun_uniform import LeCunUniform
from dlcore.init.lsuv import LSUV
from dlcore.init.orthogonal import Orthogonal
from dlcore.init.small import Small
from dlcore.init.sparse import Sparse
from dlcore.init.xavier_normal import XavierNormal
from dlcore.init.xavier_uniform import XavierUniform
from dlcore.init.zeros import Zeros
from dlcore.initialise import initialise
from dlcore.part import discover

DEPTH, WIDTH, EXAMPLES = 10, 256, 200
KEEPING: list[tuple[Initialiser, type[nn.Module], float]] = [
    # (rule, activation, size of the inputs). Tanh shrinks what is not small, so its rules are about small inputs.
    (HeNormal(), nn.ReLU, 1.0),
    (HeUniform(), nn.ReLU, 1.0),
    (Orthogonal(gain=2**0.5), nn.ReLU, 1.0),
    (LSUV(), nn.ReLU, 1.0),
    (InvSqrt(), nn.SELU, 1.0),
    (LeCunUniform(), nn.SELU, 1.0),
    (XavierNormal(), nn.Tanh, 0.1),
    (XavierUniform(), nn.Tanh, 0.1),
    (InvSqrt(), nn.Tanh, 0.1),
    (Orthogonal(), nn.Tanh, 0.1),
    (LSUV(), nn.Tanh, 1.0),
    (Sparse(deviation=10**-0.5), nn.Tanh, 0.1),
    (Orthogonal(), nn.Identity, 1.0),
    (InvSqrt(), nn.Identity, 1.0),
]
DYING: list[tuple[Initialiser, type[nn.Module]]] = [
    (Zeros(), nn.ReLU), (Zeros(), nn.Tanh), (Small(), nn.ReLU), (Small(), nn.Tanh), (Sparse(), nn.ReLU),
]  # fmt: skip


def sizes(part: Initialiser, activation: type[nn.Module], size: float) -> list[float]:
    """The root mean square after each activation, by the size of the inputs."""
    model = nn.Sequential()
    for _ in range(DEPTH):
        model.extend([nn.Linear(WIDTH, WIDTH), activation()])
    inputs = size * torch.randn(EXAMPLES, WIDTH, generator=torch.Generator().manual_seed(1))
    initialise(model, part, seed=0, batch=inputs)
    found = []
    for layer in model:
        inputs = layer(inputs)
        if isinstance(layer, activation):
            found.append(inputs.square().mean().sqrt().item() / size)
    return found


@pytest.mark.parametrize(("part", "activation", "size"), KEEPING)
def test_the_signal_keeps_its_size(part: Initialiser, activation: type[nn.Module], size: float) -> None:
    assert all(0.5 < measured < 2 for measured in sizes(part, activation, size))


@pytest.mark.parametrize(("part", "activation"), DYING)
def test_the_signal_dies_out(part: Initialiser, activation: type[nn.Module]) -> None:
    assert sizes(part, activation, 1.0)[-1] < 1e-6


def test_every_initialiser_is_shown_to_keep_the_signal_or_to_lose_it() -> None:
    shown = {part.kind for part, *_ in [*KEEPING, *DYING]}
    assert shown == {part.kinds()[0] for part in discover("dlcore.init", Initialiser)}


def test_an_orthogonal_network_without_activations_is_a_rotation() -> None:
    measured = sizes(Orthogonal(), nn.Identity, 1.0)
    assert measured == pytest.approx([measured[0]] * DEPTH, rel=1e-5)


def test_selu_is_drawn_to_a_size_of_one() -> None:
    assert sizes(InvSqrt(), nn.SELU, 1.0)[-1] == pytest.approx(1, abs=0.1)


def test_tanh_shrinks_inputs_of_size_one_from_0_63_to_about_a_quarter() -> None:
    """√E tanh²(z) = 0.628 for z ~ N(0, 1): known, and no fault of the rule."""
    measured = sizes(XavierNormal(), nn.Tanh, 1.0)
    assert measured[0] == pytest.approx(0.628, abs=0.01)
    assert 0.2 < measured[-1] < 0.3


def test_xaviers_rule_halves_relus_variance_in_each_layer_and_hes_makes_up_for_it() -> None:
    assert sizes(XavierNormal(), nn.ReLU, 1.0)[-1] == pytest.approx(2 ** (-DEPTH / 2), rel=0.5)
    assert sizes(HeNormal(), nn.ReLU, 1.0)[-1] == pytest.approx(1, rel=0.5)


@pytest.mark.erratum(8)
def test_the_root_with_a_factor_of_a_hundredth_loses_the_signal_like_any_small_rule() -> None:
    """0.01/√n, as it circulates, cancels the calibration: here it is Small with that deviation."""
    assert sizes(Small(deviation=0.01 / WIDTH**0.5), nn.Tanh, 1.0)[-1] < 1e-15
    assert sizes(InvSqrt(), nn.Tanh, 1.0)[-1] > 0.2
