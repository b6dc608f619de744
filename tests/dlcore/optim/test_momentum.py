"""The ramp of momentum."""

import pytest
import torch

from dlcore.optim.momentum import Momentum


def test_there_is_no_ramp_by_default() -> None:
    assert Momentum().settings(0.3, 5) == {}


def test_momentum_rises_from_a_half_to_its_value_over_the_first_epochs() -> None:
    part = Momentum(momentum=0.99, ramp_epochs=7)
    at = [part.settings(epoch, 20)["momentum"] for epoch in (0, 3.5, 7, 15)]
    assert at == pytest.approx([0.5, 0.745, 0.99, 0.99])


@pytest.mark.parametrize("averaged", [False, True])
def test_the_first_step_already_has_the_ramps_momentum(averaged: bool) -> None:
    part = Momentum(momentum=0.99, ramp_epochs=2, averaged=averaged)
    optimizer = part.build([torch.nn.Parameter(torch.zeros(1))])
    assert optimizer.param_groups[0]["momentum"] == 0.5
