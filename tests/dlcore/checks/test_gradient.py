"""The gradient check: it accepts right gradients, finds wrong ones, and knows kinks and randomness."""

import math
from typing import Any

import pytest
import torch
from torch import nn

from dlcore.checks.gradient import check_gradients
from dlcore.losses.softmax import Softmax
from dlcore.networks.lenet5 import LeNet5


class WrongBackward(torch.autograd.Function):
    """x², with a derivative that is off by ``factor``."""

    @staticmethod
    def forward(context: Any, x: torch.Tensor, factor: float) -> torch.Tensor:
        context.save_for_backward(x)
        context.factor = factor
        return x**2

    @staticmethod
    def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:  # type: ignore[override]
        (x,) = context.saved_tensors
        return context.factor * 2 * x * gradient, None


class Gain(nn.Module):
    """gain · x, with a bias whose gradient is forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor([1.5, -0.5]))
        self.bias = nn.Parameter(torch.zeros(2))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.gain * input + self.bias + (self.bias - self.bias.detach())


def seeded(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))


def test_the_derivatives_of_the_notes_come_out() -> None:
    values = [torch.tensor(value, dtype=torch.float64) for value in (5.0, 3.0, 2.0)]
    found = check_gradients(lambda a, b, c: 3 * (a + b * c), values)
    assert [error.numeric for error in found.values()] == pytest.approx([3, 6, 9], rel=1e-9)
    found = check_gradients(lambda w: 0.1 * (w - 5) ** 2, [torch.tensor(10.0)])
    assert (found["input"].analytic, found["input"].numeric) == pytest.approx((1.0, 1.0), rel=1e-9)


def test_every_parameter_and_the_input_have_their_own_error() -> None:
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))
    found = check_gradients(model, [seeded(6, 4)])
    assert list(found) == ["input", "0.weight", "0.bias", "2.weight", "2.bias"]
    assert max(error.relative_error for error in found.values()) < 1e-7
    assert {name: error.checked for name, error in found.items()} == {
        "input": 20, "0.weight": 20, "0.bias": 5, "2.weight": 15, "2.bias": 3,
    }  # fmt: skip


@pytest.mark.parametrize("factor", [1.001, 2.0, -1.0, 0.0])
def test_a_wrong_derivative_is_found(factor: float) -> None:
    found = check_gradients(lambda x: WrongBackward.apply(x, factor), [seeded(3, 4)])
    off = abs(factor - 1) / max(abs(factor), 1)
    assert found["input"].relative_error == pytest.approx(off, rel=1e-4)
    assert found["input"].kinks == 0


def test_the_wrong_tensor_is_named() -> None:
    found = check_gradients(Gain(), [seeded(3, 2)])
    assert found["gain"].relative_error < 1e-7
    assert found["input"].relative_error < 1e-7
    assert found["bias"].relative_error == pytest.approx(0.5)  # its gradient counts twice


def test_the_entry_with_the_largest_error_is_told() -> None:
    function = lambda x: torch.cat([x[:2] ** 2, WrongBackward.apply(x[2:], 1.5)])  # noqa: E731
    found = check_gradients(function, [torch.tensor([1.0, 2.0, 3.0])])["input"]
    assert found.index == (2,)
    assert found.analytic == pytest.approx(1.5 * found.numeric, rel=1e-6)


def test_a_small_gradient_that_is_wrong_does_not_pass_as_rounding() -> None:
    found = check_gradients(lambda x: 1000 * x[0] + 1e-4 * WrongBackward.apply(x[1], 1.1), [torch.tensor([1.0, 1.0])])
    assert found["input"].relative_error == pytest.approx(1 - 1 / 1.1, rel=1e-2)


def test_no_gradient_on_both_sides_is_no_error() -> None:
    found = check_gradients(lambda x: (x[:2] ** 2).sum() + 0 * x[2], [torch.tensor([1.0, 2.0, 3.0])])
    assert found["input"].relative_error < 1e-7
    unused = check_gradients(lambda x, y: x**3, [torch.tensor(1.0), torch.tensor(1.0)])
    assert unused["input 2"].relative_error == 0


def test_a_kink_within_the_step_is_measured_closer_by() -> None:
    found = check_gradients(torch.relu, [torch.tensor([4e-6, -4e-6, 1.0, -1.0], dtype=torch.float64)])
    assert found["input"].relative_error < 1e-7
    assert found["input"].checked == 4


def test_a_value_on_a_kink_is_left_out_and_counted() -> None:
    found = check_gradients(torch.relu, [torch.tensor([0.0, 1.0, -1.0])])["input"]
    assert (found.checked, found.kinks) == (2, 1)
    assert found.relative_error < 1e-7


def test_dropout_keeps_its_mask_and_other_randomness_goes_on() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    found = check_gradients(nn.Sequential(nn.Linear(6, 6), nn.Dropout(0.5), nn.Tanh()), [seeded(5, 6)])
    assert max(error.relative_error for error in found.values()) < 1e-7
    torch.manual_seed(7)
    check_gradients(nn.Dropout(0.5), [seeded(5, 6)])
    assert torch.equal(torch.rand(3), expected)


def test_the_module_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = check_gradients(model, [torch.randn(8, 4)])
    assert max(error.relative_error for error in found.values()) < 1e-6
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None and p.dtype == torch.float32 for p in model.parameters())


def test_a_module_that_counts_its_calls_is_the_same_function_at_each() -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, input: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return self.calls * input

    found = check_gradients(Counting(), [seeded(4)])["input"]
    assert (found.relative_error < 1e-7, found.kinks) == (True, 0)


def test_a_function_that_is_another_at_each_call_is_refused() -> None:
    calls = iter(range(100))
    with pytest.raises(ValueError, match="something else at each call"):
        check_gradients(lambda x: x * next(calls), [seeded(4)])


def test_a_gradient_that_is_no_number_is_an_error() -> None:
    found = check_gradients(lambda x: torch.where(x > 0, x**2, 0 * torch.sqrt(x)), [torch.tensor([1.0, -1.0, 2.0])])
    assert found["input"].relative_error == math.inf
    assert found["input"].index == (1,)


def test_a_whole_network_with_its_loss_agrees() -> None:
    torch.manual_seed(0)
    model = LeNet5().build((1, 28, 28), 10).double()
    loss = Softmax().build()
    found = check_gradients(
        lambda x, y: loss(model(x), y),
        [seeded(3, 1, 28, 28), torch.tensor([3, 1, 4])],
        parameters=dict(model.named_parameters()),
        entries=5,
    )
    assert len(found) == 11
    assert max(error.relative_error for error in found.values()) < 1e-6


def test_errors_of_outputs_do_not_cancel() -> None:
    def both(x: torch.Tensor) -> torch.Tensor:
        wrong = WrongBackward.apply(x, 1.5)
        return torch.cat([wrong, -wrong])

    assert check_gradients(both, [seeded(4)])["input"].relative_error == pytest.approx(1 / 3, rel=1e-6)


def test_a_loss_with_labels_is_checked_with_the_parameters_that_it_uses() -> None:
    model = nn.Linear(4, 3).double()
    labels = torch.tensor([0, 2, 1])
    before = model.weight.detach().clone()
    found = check_gradients(
        lambda x, y: nn.functional.cross_entropy(model(x), y),
        [seeded(3, 4), labels],
        parameters=dict(model.named_parameters()),
    )
    assert set(found) == {"input", "weight", "bias"}
    assert max(error.relative_error for error in found.values()) < 1e-7
    assert torch.equal(model.weight, before)


def test_parameters_that_are_too_coarse_for_differences_are_refused() -> None:
    model = nn.Linear(4, 3)
    with pytest.raises(ValueError, match="float64 parameters, but these are not: weight, bias"):
        check_gradients(model.forward, [seeded(3, 4)], parameters=dict(model.named_parameters()))


def test_frozen_parameters_are_not_checked_and_several_outputs_all_count() -> None:
    model = nn.GRU(3, 2)
    model.weight_hh_l0.requires_grad_(False)
    found = check_gradients(model, [seeded(4, 3)])
    assert "weight_hh_l0" not in found
    assert max(error.relative_error for error in found.values()) < 1e-6


def test_the_same_seed_looks_at_the_same_entries() -> None:
    def worst(seed: int) -> Any:
        return check_gradients(
            lambda x: WrongBackward.apply(x, 1.5).sum() + x.sum(), [seeded(400)], seed=seed, entries=5
        )

    assert worst(1) == worst(1)
    assert worst(1)["input"].index != worst(2)["input"].index
