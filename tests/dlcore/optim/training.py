"""Steps of a declared optimizer on a problem, as the loop makes them."""

from __future__ import annotations

import torch

from dlcore.optim import Optimizer
from tests.dlcore.optim.problems import Array, Model

EPOCHS = 10


def train(part: Optimizer, model: Model, optimizer: torch.optim.Optimizer, steps: range) -> list[Array]:
    """The weights after each of ``steps``."""
    after = []
    for step in steps:
        for group in optimizer.param_groups:
            group.update(part.settings(step / model.problem.steps_per_epoch, EPOCHS))

        def again() -> float:
            optimizer.zero_grad()
            loss = model()
            loss.backward()
            return loss.item()

        if part.needs_closure:
            optimizer.step(again)
        else:
            again()
            optimizer.step()
        after.append(model.flat())
    return after
