"""Mistakes in circulation, each caught by a number, and the golden values of the notes."""

import numpy as np
import pytest
import torch

from dlcore.optim import Optimizer
from dlcore.optim.adadelta import Adadelta
from dlcore.optim.adagrad import AdaGrad
from dlcore.optim.adam import Adam
from dlcore.optim.adam_uncorrected import AdamUncorrected
from dlcore.optim.adamw import AdamW
from dlcore.optim.momentum import Momentum
from dlcore.optim.nesterov import Nesterov
from dlcore.optim.rmsprop import RMSProp
from dlcore.optim.sgd import SGD
from dlcore.regularize.l2 import L2


def moved(part: Optimizer, gradients: list[float], start: float = 0.0) -> list[float]:
    """Where one weight is after each step along given gradients."""
    weight = torch.nn.Parameter(torch.tensor([start]))
    optimizer, after = part.build([weight]), []
    for gradient in gradients:
        weight.grad = torch.tensor([gradient])
        optimizer.step()
        after.append(weight.item())
    return after


def descended(part: Optimizer, slope: float, start: float, steps: int) -> float:
    """Where a weight is after steps down the parabola with gradient ``slope`` · w."""
    weight = torch.nn.Parameter(torch.tensor([start]))
    optimizer = part.build([weight])
    for _ in range(steps):
        weight.grad = slope * weight.detach()
        optimizer.step()
    return weight.item()


@pytest.mark.erratum(1)
def test_sgd_and_momentum_subtract_the_gradient() -> None:
    """x² from 1 with lr 0.1: added, the gradient takes it to 6.19 in ten steps."""
    assert descended(SGD(lr=0.1), 2.0, 1.0, 10) == pytest.approx(0.8**10)
    assert moved(Momentum(lr=0.1), [1.0]) == [-0.1]


def test_the_notes_parabola_has_gradient_one() -> None:
    """J = 0.1 (W − 5)² at W = 10."""
    weight = torch.nn.Parameter(torch.tensor(10.0))
    (0.1 * (weight - 5) ** 2).backward()
    assert weight.grad == pytest.approx(1.0)
    SGD(lr=0.5).build([weight]).step()
    assert weight.item() == 9.5


def test_a_step_down_the_notes_graph_is_three_six_nine() -> None:
    """J = 3 (a + b·c) with b = 3 and c = 2 has the slopes 3, 6 and 9."""
    weights = [torch.nn.Parameter(torch.tensor(value)) for value in (5.0, 3.0, 2.0)]
    a, b, c = weights
    (3 * (a + b * c)).backward()
    SGD(lr=1.0).build(weights).step()
    assert [weight.item() for weight in weights] == [5 - 3, 3 - 6, 2 - 9]


@pytest.mark.erratum(2)
def test_adam_adds_its_moments_terms() -> None:
    """Multiplied, the first moment stays 0 for ever and nothing moves."""
    assert moved(Adam(lr=0.1), [1.0] * 3) == pytest.approx([-0.1, -0.2, -0.3])


@pytest.mark.erratum(3, 4)
def test_adams_first_step_has_the_length_of_the_learning_rate() -> None:
    """t counts from 1: from 0 it would divide by 0; with the raw moments it would be 3.16 times as long."""
    assert moved(Adam(lr=0.01), [1000.0]) == pytest.approx([-0.01])
    assert moved(Adam(lr=0.01), [-1e-3]) == pytest.approx([0.01], rel=1e-4)


def test_without_correction_adams_first_step_is_3_162_times_the_learning_rate() -> None:
    assert moved(AdamUncorrected(lr=1.0), [1.0])[0] == pytest.approx(-3.162, abs=5e-4)


@pytest.mark.erratum(27)
def test_adams_defaults_are_the_papers_and_beta_2_is_0_999() -> None:
    assert (Adam().lr, Adam().beta1, Adam().beta2, Adam().eps) == (1e-3, 0.9, 0.999, 1e-8)


@pytest.mark.parametrize(
    ("part", "defaults"),
    [
        (Momentum(), {"momentum": 0.9}),
        (Nesterov(), {"momentum": 0.9}),
        (AdaGrad(), {"eps": 1e-7}),
        (RMSProp(), {"decay": 0.9, "eps": 1e-8}),
        (Adadelta(), {"rho": 0.95, "eps": 1e-6}),
    ],
    ids=lambda case: getattr(case, "kind", ""),
)
def test_the_other_defaults_are_the_usual_ones(part: Optimizer, defaults: dict[str, float]) -> None:
    assert {name: getattr(part, name) for name in defaults} == defaults


@pytest.mark.erratum(3)
def test_adam_divides_by_the_squared_gradients_average() -> None:
    """After +3 and −4: m = 0.9·0.3 − 0.4, v = 0.999·0.009 + 0.016, both corrected."""
    first, second = moved(Adam(lr=1.0, eps=1e-16), [3.0, -4.0])
    m, v = (0.9 * 0.3 - 0.4) / (1 - 0.81), (0.999 * 0.009 + 0.016) / (1 - 0.999**2)
    assert second - first == pytest.approx(-m / v**0.5)


@pytest.mark.erratum(26)
def test_adagrad_sums_squares_not_gradients() -> None:
    """Gradients +3 and −4 sum to −1; their squares to 25."""
    first, second = moved(AdaGrad(lr=1.0), [3.0, -4.0])
    assert (first, second - first) == (pytest.approx(-1.0), pytest.approx(4 / 5))


@pytest.mark.erratum(6, 26)
def test_rmsprop_averages_squares_not_gradients() -> None:
    """With decay 0.9 the first step is 1 / √0.1 times the learning rate; the mean gradient would make it 10 times, or a NaN."""
    first, second = moved(RMSProp(lr=1.0, eps=1e-16), [3.0, -4.0])
    assert first == pytest.approx(-(0.1**-0.5))
    assert second - first == pytest.approx(4 / (0.9 * 0.1 * 9 + 0.1 * 16) ** 0.5)


@pytest.mark.erratum(5)
def test_nesterovs_velocity_has_the_learning_rate_and_the_sign_of_descent() -> None:
    """The code form x += −ρ·old_v + (1 + ρ)·v is the look-ahead form only with v = ρv − αg."""
    ours = moved(Nesterov(lr=0.1, momentum=0.5), [1.0, -2.0, 4.0])
    x, v, code = 0.0, 0.0, []
    for g in (1.0, -2.0, 4.0):
        old, v = v, 0.5 * v - 0.1 * g
        x += -0.5 * old + 1.5 * v
        code.append(x)
    assert ours == pytest.approx(code)


def test_nesterov_needs_fewer_steps_than_momentum_on_a_steep_parabola() -> None:
    ends = [abs(descended(kind(lr=0.1, momentum=0.9), 5.0, 1.0, 60)) for kind in (Nesterov, Momentum)]
    assert ends[0] < 0.1 * ends[1]


@pytest.mark.parametrize(("beta", "factor"), [(0.9, 10), (0.9005, 10.05), (0.999, 1000), (0.9995, 2000)])
def test_averaged_momentum_is_one_over_one_minus_beta_times_slower(beta: float, factor: float) -> None:
    gradients = [1.0, -0.5, 2.0, 0.3]
    plain = moved(Momentum(lr=0.1, momentum=beta), gradients)
    averaged = moved(Momentum(lr=0.1, momentum=beta, averaged=True), gradients)
    assert [p / a for p, a in zip(plain, averaged, strict=True)] == pytest.approx([factor] * 4, rel=1e-3)


def test_the_averaged_velocity_starts_at_zero() -> None:
    """torch's own dampening takes the first gradient whole."""
    assert moved(Momentum(lr=1.0, averaged=True), [1.0, 1.0]) == pytest.approx([-0.1, -0.1 - 0.19])


@pytest.mark.erratum(12)
def test_l2_under_sgd_has_the_learning_rate() -> None:
    """W − lr·(g + λW); as W − λW − lr·g the weight would lose λ of itself in each step."""
    weight = torch.nn.Parameter(torch.tensor([[2.0]]))
    weight.grad = torch.tensor([[1.0]])
    L2(strength=0.5).before_step([weight], [weight], 0.1)
    SGD(lr=0.1).build([weight]).step()
    assert weight.item() == pytest.approx(2.0 - 0.1 * (1.0 + 0.5 * 2.0))


def test_l2_and_decoupled_decay_differ_under_adam() -> None:
    """Two weights with gradients 100 and 0.01: decay shrinks both alike, L2 hardly touches the first."""
    shrunk = {}
    for name in ("none", "l2", "decay"):
        weight = torch.nn.Parameter(torch.tensor([[1.0, 1.0]]))
        part = AdamW(lr=1e-3, weight_decay=0.1 if name == "decay" else 0.0)
        optimizer = part.build([weight])
        for _ in range(20):
            weight.grad = torch.tensor([[100.0, 0.01]])
            if name == "l2":
                weight.grad += 0.1 * weight.detach()
            optimizer.step()
        shrunk[name] = weight.detach().numpy()[0]
    by_decay, by_l2 = (shrunk["none"] - shrunk[name] for name in ("decay", "l2"))
    np.testing.assert_allclose(by_decay, 1 - (1 - 1e-4) ** 20, rtol=0.02)
    assert abs(by_l2[0]) < 1e-3 * by_decay[0]


def test_adamws_decay_is_lr_times_lambda_of_the_weight() -> None:
    assert moved(AdamW(lr=0.1, weight_decay=0.5), [0.0], start=2.0) == [pytest.approx(2.0 * (1 - 0.1 * 0.5))]
