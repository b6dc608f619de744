"""What every declared optimizer must keep to: what it says of its memory, groups of parameters, frozen ones, a summary for the form."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from dlcore.optim import Optimizer
from dlcore.part import discover
from tests.dlcore.optim.problems import network
from tests.dlcore.optim.training import train

PARTS = discover("dlcore.optim", Optimizer)
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kinds()[0])


def tensors(state: Any) -> Iterator[torch.Tensor]:
    """The tensors in a state, also in lists; single numbers are left out."""
    if isinstance(state, torch.Tensor) and state.numel() > 1:
        yield state
    elif isinstance(state, dict | list):
        for value in state.values() if isinstance(state, dict) else state:
            yield from tensors(value)


@every_part
def test_it_keeps_as_many_numbers_for_each_parameter_as_it_says(part: type[Optimizer]) -> None:
    made, weights = part(), [torch.nn.Parameter(torch.randn(40, 50)), torch.nn.Parameter(torch.randn(4, 3))]
    optimizer = made.build(weights)

    def again() -> float:
        optimizer.zero_grad()
        loss = sum((torch.randn_like(weight) * torch.cosh(weight)).sum() for weight in weights)
        assert isinstance(loss, torch.Tensor)
        loss.backward()
        return loss.item()

    for _ in range(4):
        again()
        optimizer.step(again) if made.needs_closure else optimizer.step()
    kept = sum(tensor.numel() for tensor in tensors(dict(optimizer.state)))
    numbers = sum(weight.numel() for weight in weights)
    if part.kinds()[0] == "lbfgs":  # its memory fills as it goes
        assert 0 < kept <= made.state_copies * numbers
    else:
        assert round(kept / numbers, 1) == made.state_copies


@pytest.mark.parametrize("part", [part for part in PARTS if not part.needs_closure], ids=lambda part: part.kinds()[0])
def test_a_groups_learning_rate_is_its_own(part: type[Optimizer]) -> None:
    """Not of L-BFGS, which takes one group and says so."""
    made, moved = part(), []
    for rate in (made.lr, made.lr / 4):
        still, weight = (torch.nn.Parameter(torch.ones(2, 3)) for _ in range(2))
        optimizer = made.build([{"params": [still], "lr": 0.0}, {"params": [weight], "lr": rate}])
        (still + 2 * weight).sum().backward()
        optimizer.step()
        assert torch.equal(still, torch.ones(2, 3))
        moved.append((weight - 1).abs().max().item())
    assert moved[0] == pytest.approx(4 * moved[1], rel=1e-6)


@every_part
def test_parameters_without_a_gradient_stay(part: type[Optimizer]) -> None:
    made, frozen, weight = part(), torch.nn.Parameter(torch.ones(2, 2)), torch.nn.Parameter(torch.ones(2, 2))
    frozen.requires_grad_(False)
    optimizer = made.build([frozen, weight])

    def again() -> float:
        optimizer.zero_grad()
        loss = (weight**2).sum()
        loss.backward()
        return loss.item()

    again()
    optimizer.step(again) if made.needs_closure else optimizer.step()
    assert torch.equal(frozen, torch.ones(2, 2))
    assert not torch.equal(weight, torch.ones(2, 2))


@every_part
def test_its_defaults_train_a_small_network(part: type[Optimizer]) -> None:
    model, made = network().model(), part()
    before = model().item()
    train(made, model, made.build(model.parameters()), range(100 if not part.needs_closure else 10))
    assert np.isfinite(model.flat()).all()
    assert model().item() < before


@every_part
def test_its_summary_is_short_enough_for_the_form(part: type[Optimizer]) -> None:
    assert len(part.summary()) <= 130
    assert part.summary().count(".") <= 3
