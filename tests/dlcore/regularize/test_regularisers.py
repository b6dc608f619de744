"""Every declared regulariser: its cost, and one step of SGD with it, by NumPy in float64."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch.nn import Parameter

from dlcore.part import discover
from dlcore.regularize import Regulariser
from dlcore.regularize.clip_norm import ClipNorm
from dlcore.regularize.clip_value import ClipValue
from dlcore.regularize.early_stopping import EarlyStopping
from dlcore.regularize.elastic_net import ElasticNet
from dlcore.regularize.l1 import L1
from dlcore.regularize.l2 import L2
from dlcore.regularize.max_norm import MaxNorm
from dlcore.regularize.weight_decay import WeightDecay
from tests.dlcore.regularize.references import REFERENCES, Cost, Step

LR = 0.1
RANDOM = np.random.default_rng(0)
SHAPES = ((4, 3), (2, 3, 2, 2), (4,))  # a fully connected layer's, a convolution's, a bias
VALUES = [RANDOM.normal(size=shape) for shape in SHAPES]
GRADIENTS = [2 * RANDOM.normal(size=shape) for shape in SHAPES]
each_regulariser = pytest.mark.parametrize(
    ("regulariser", "cost", "step"), REFERENCES, ids=[repr(regulariser) for regulariser, _, _ in REFERENCES]
)


def parameters() -> list[Parameter]:
    made = [Parameter(torch.tensor(value)) for value in VALUES]
    for parameter, gradient in zip(made, GRADIENTS, strict=True):
        parameter.grad = torch.tensor(gradient)
    return made


def weights_of(trained: Sequence[Parameter]) -> list[Parameter]:
    return [parameter for parameter in trained if parameter.ndim > 1]


def take_step(optimizer: torch.optim.Optimizer, trained: Sequence[Parameter], *regularisers: Regulariser) -> None:
    """What the loop does."""
    for regulariser in regularisers:
        regulariser.before_step(weights_of(trained), trained, optimizer.param_groups[0]["lr"])
    optimizer.step()
    for regulariser in regularisers:
        regulariser.after_step(weights_of(trained))


def gradient_of(trained: Sequence[Parameter]) -> np.ndarray:
    return torch.cat([p.grad.flatten() for p in trained if p.grad is not None]).numpy()


def test_every_regulariser_has_a_reference_here() -> None:
    declared = {part.kinds()[0] for part in discover("dlcore.regularize", Regulariser) if part is not EarlyStopping}
    assert {regulariser.kind for regulariser, _, _ in REFERENCES} == declared


@each_regulariser
def test_one_step_of_sgd_is_its_closed_form(regulariser: Regulariser, cost: Cost, step: Step) -> None:
    trained = parameters()
    take_step(torch.optim.SGD(trained, lr=LR), trained, regulariser)
    for ours, expected in zip(trained, step(VALUES, GRADIENTS, LR), strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), expected, rtol=1e-12)


@each_regulariser
def test_the_penalty_is_the_formulas(regulariser: Regulariser, cost: Cost, step: Step) -> None:
    weights = weights_of(parameters())
    assert regulariser.penalty(weights).item() == pytest.approx(sum(cost(v) for v in VALUES if v.ndim > 1), rel=1e-12)


@pytest.mark.parametrize("regulariser", [L2(strength=0.3), L1(strength=0.3), ElasticNet(l1=0.3, l2=0.2)], ids=repr)
def test_what_is_added_to_the_gradients_is_the_slope_of_the_penalty(regulariser: Regulariser) -> None:
    trained = parameters()
    with torch.no_grad():
        trained[0][0, 0] = 0.0  # where |w| has its kink, 0 is added
    slopes = torch.autograd.grad(regulariser.penalty(weights_of(trained)), weights_of(trained))
    regulariser.before_step(weights_of(trained), trained, LR)
    for parameter, gradient, slope in zip(trained, GRADIENTS, slopes, strict=False):
        assert parameter.grad is not None
        torch.testing.assert_close(parameter.grad - torch.tensor(gradient), slope, rtol=1e-12, atol=1e-14)


@each_regulariser
def test_it_says_whether_weights_move_before_the_step(regulariser: Regulariser, cost: Cost, step: Step) -> None:
    trained = parameters()
    regulariser.before_step(weights_of(trained), trained, LR)
    moved = any(not np.array_equal(p.detach().numpy(), value) for p, value in zip(trained, VALUES, strict=True))
    assert moved == regulariser.moves_weights


@each_regulariser
def test_the_values_of_tensors_are_never_asked_for(regulariser: Regulariser, cost: Cost, step: Step) -> None:
    """Tensors on the meta device have none: ``item()`` or an ``if`` on one raises, as it would make a GPU wait."""
    trained = [Parameter(torch.empty(shape, device="meta")) for shape in SHAPES]
    for parameter in trained:
        parameter.grad = torch.empty_like(parameter)
    regulariser.before_step(weights_of(trained), trained, LR)
    regulariser.after_step(weights_of(trained))
    assert regulariser.penalty(weights_of(trained)).shape == ()


@each_regulariser
def test_weights_without_a_gradient_and_no_weights_at_all_are_no_trouble(
    regulariser: Regulariser, cost: Cost, step: Step
) -> None:
    unused = Parameter(torch.full((2, 2), 0.1, dtype=torch.float64))
    for weights in ([unused], []):
        regulariser.before_step(weights, weights, LR)
        regulariser.after_step(weights)
    assert regulariser.penalty([]).item() == 0
    assert unused.grad is None
    assert unused.unique().tolist() == [0.1]


def test_max_norm_cuts_units_that_are_too_long_and_leaves_the_others() -> None:
    weight = Parameter(torch.tensor([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]], dtype=torch.float64))
    MaxNorm(c=1.0).after_step([weight])
    assert weight[0].tolist() == pytest.approx([0.6, 0.8], rel=1e-6)
    assert weight[0].norm() <= 1
    assert torch.equal(weight[1:].detach(), torch.tensor([[0.3, 0.4], [0.0, 0.0]], dtype=torch.float64))


def test_max_norm_takes_a_filter_with_all_its_channels_as_one_unit() -> None:
    weight = Parameter(torch.ones(2, 3, 2, 2))
    MaxNorm(c=1.0).after_step([weight])
    assert weight.flatten(1).norm(dim=1).tolist() == pytest.approx([1, 1], rel=1e-6)


def test_max_norm_again_changes_nothing() -> None:
    weight = Parameter(torch.randn(20, 30, generator=torch.Generator().manual_seed(0), dtype=torch.float64))
    MaxNorm(c=2.0).after_step([weight])
    once = weight.detach().clone()
    MaxNorm(c=2.0).after_step([weight])
    assert torch.equal(weight.detach(), once)


def test_clipping_by_norm_keeps_the_direction_of_the_whole_gradient_biases_too() -> None:
    trained = parameters()
    before = gradient_of(trained).copy()
    ClipNorm(c=2.0).before_step(weights_of(trained), trained, LR)
    after = gradient_of(trained)
    assert np.linalg.norm(after) == pytest.approx(2.0, rel=1e-6)
    assert after @ before == pytest.approx(np.linalg.norm(after) * np.linalg.norm(before), rel=1e-12)


@pytest.mark.parametrize("regulariser", [ClipNorm(c=1e3), ClipValue(value=1e3)], ids=repr)
def test_clipping_leaves_a_short_gradient_as_it_is(regulariser: Regulariser) -> None:
    trained = parameters()
    before = gradient_of(trained).copy()
    regulariser.before_step(weights_of(trained), trained, LR)
    assert np.array_equal(gradient_of(trained), before)


def test_the_usual_limits_of_clipping() -> None:
    assert (ClipNorm().c, ClipValue().value, MaxNorm().c) == (5.0, 0.5, 3.0)


def test_regularisers_are_applied_in_the_order_of_their_list() -> None:
    lengths = []
    for order in ((L2(strength=100), ClipNorm(c=1.0)), (ClipNorm(c=1.0), L2(strength=100))):
        trained = parameters()
        take_step(torch.optim.SGD(trained, lr=LR), trained, *order)
        lengths.append(np.linalg.norm(gradient_of(trained)))
    assert lengths[0] == pytest.approx(1.0, rel=1e-6)
    assert lengths[1] > 100


def steps(make: type[torch.optim.Optimizer], regulariser: Regulariser, count: int) -> list[torch.Tensor]:
    """The parameters after some steps on a fixed bowl, whose gradients differ a lot in size."""
    trained = parameters()
    optimizer = make(trained, lr=LR)  # type: ignore[call-arg]
    for _ in range(count):
        for parameter, gradient in zip(trained, GRADIENTS, strict=True):
            parameter.grad = torch.tensor(gradient) ** 3 + parameter.detach()
        take_step(optimizer, trained, regulariser)
    return [parameter.detach() for parameter in trained]


def test_weight_decay_is_l2_of_the_same_strength_under_sgd() -> None:
    for one, other in zip(
        steps(torch.optim.SGD, WeightDecay(strength=0.3), 10), steps(torch.optim.SGD, L2(strength=0.3), 10), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-14)


def test_weight_decay_is_not_l2_under_adam() -> None:
    one, other = (steps(torch.optim.Adam, part, 10)[0] for part in (WeightDecay(strength=0.3), L2(strength=0.3)))
    assert ((one - other).norm() / one.norm()).item() > 0.05


def test_weight_decay_before_adam_is_adamw_bit_for_bit() -> None:
    trained, expected = parameters()[:2], parameters()[:2]  # AdamW would decay the bias as well
    ours, theirs = torch.optim.Adam(trained, lr=LR), torch.optim.AdamW(expected, lr=LR, weight_decay=0.3)
    for _ in range(10):
        take_step(ours, trained, WeightDecay(strength=0.3))
        theirs.step()
    assert all(torch.equal(one, other) for one, other in zip(trained, expected, strict=True))


@pytest.mark.erratum(12)
def test_the_learning_rate_stands_before_the_decay() -> None:
    """W − (λ/m)W − α·g, without α on the decay, shrinks a weight by 30% here; the right form by 0.3%."""
    for regulariser in (L2(strength=0.3), WeightDecay(strength=0.3)):
        weight = Parameter(torch.ones(1, 1, dtype=torch.float64))
        weight.grad = torch.zeros_like(weight)
        take_step(torch.optim.SGD([weight], lr=0.01), [weight], regulariser)
        assert weight.item() == pytest.approx(0.997, rel=1e-12)


def test_the_slope_of_l2_carries_no_factor_two_and_that_of_the_elastic_net_does() -> None:
    for regulariser, slope in ((L2(strength=0.3), 0.6), (ElasticNet(l1=0, l2=0.3), 1.2)):
        weight = Parameter(torch.full((1, 1), 2.0, dtype=torch.float64))
        weight.grad = torch.zeros_like(weight)
        regulariser.before_step([weight], [weight], LR)
        assert weight.grad.item() == pytest.approx(slope)


def test_l1_drives_useless_weights_to_nothing_where_l2_only_shrinks_them() -> None:
    """One weight that the loss wants at 1, one that it does not mind."""

    def trained_with(regulariser: Regulariser) -> list[float]:
        weight = Parameter(torch.ones(1, 2, dtype=torch.float64))
        optimizer = torch.optim.SGD([weight], lr=0.01)
        for _ in range(600):
            weight.grad = torch.stack([weight.detach()[:, 0] - 1, torch.zeros(1, dtype=torch.float64)], 1)
            take_step(optimizer, [weight], regulariser)
        return weight[0].tolist()

    kept, useless = trained_with(L1(strength=0.2))
    assert kept == pytest.approx(0.8, abs=0.01)
    assert abs(useless) <= 0.01 * 0.2 + 1e-12
    assert trained_with(L2(strength=0.2))[1] > 0.2
