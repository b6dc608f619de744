"""Muon: what it orthogonalises, and what it leaves to AdamW."""

import pytest
import torch

from dlcore.optim.muon import Muon
from dlcore.updates.muon import orthogonalised


@pytest.mark.parametrize("shape", [(6, 9), (9, 6), (5, 5)])
def test_newton_schulz_brings_all_singular_values_near_one_and_keeps_the_directions(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    u, s, vh = torch.linalg.svd(matrix, full_matrices=False)
    turned = u.T @ orthogonalised(matrix) @ vh.T
    values = torch.diagonal(turned)
    assert torch.allclose(turned, torch.diag(values), atol=1e-9)
    assert ((values > 0.6) & (values < 1.3)).all()
    assert s.max() / s.min() > 2


def test_it_works_in_the_precision_of_the_weights() -> None:
    for dtype in (torch.float32, torch.float64):
        assert orthogonalised(torch.eye(3, dtype=dtype)).dtype == dtype


def test_hidden_weights_are_orthogonalised_and_the_head_and_biases_go_to_adamw() -> None:
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(4, 4), torch.nn.Linear(4, 2)
    )
    optimizer = Muon().build(model.parameters())
    hidden, rest = optimizer.param_groups
    assert [weight.shape for weight in hidden["params"]] == [(4, 1, 3, 3), (4, 4)]
    assert [weight.shape for weight in rest["params"]] == [(4,), (4,), (2, 4), (2,)]
    assert (hidden["lr"], rest["lr"]) == (2e-2, 3e-4)


def test_a_single_weight_is_not_left_out_as_the_head() -> None:
    (hidden, rest) = Muon().build(torch.nn.Linear(3, 2).parameters()).param_groups
    assert [group["params"][0].ndim for group in (hidden, rest)] == [2, 1]


def test_a_slower_group_is_slower_in_both_rules() -> None:
    slow, fast = torch.nn.Linear(3, 3), torch.nn.Linear(3, 2)
    groups = [{"params": slow.parameters(), "lr": 2e-3}, {"params": fast.parameters()}]
    rates = [group["lr"] for group in Muon().build(groups).param_groups]
    assert rates == pytest.approx([2e-3, 3e-5, 3e-4])


def test_a_kernel_moves_as_the_matrix_of_its_filters() -> None:
    kernel, gradient = torch.nn.Parameter(torch.zeros(4, 2, 3, 3)), torch.randn(4, 2, 3, 3)
    kernel.grad = gradient.clone()
    Muon(lr=0.5).build([kernel]).step()
    expected = -0.5 * orthogonalised(gradient.reshape(4, 18)).reshape(4, 2, 3, 3)
    assert torch.allclose(kernel.detach(), expected, rtol=1e-6)
