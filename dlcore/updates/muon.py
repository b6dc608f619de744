"""Muon, with AdamW for what is not a hidden weight."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from dlcore.updates.update import State, Update, kept

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
SMALLEST_NORM = 1e-7
BETA1, BETA2, EPS = 0.9, 0.95, 1e-10  # of AdamW


class Muon(Update):
    """Orthogonalised momentum for the hidden weights, AdamW for the rest.

    A group that is given becomes two: ``hidden`` with its learning rate, and the rest, whose rate is to ``adamw_lr`` as the
    group's own is to ``lr``.
    """

    def __init__(self, params: ParamsT, *, lr: float, momentum: float, adamw_lr: float, weight_decay: float) -> None:
        given = as_groups(params)
        hidden = hidden_weights(weight for group in given for weight in group["params"])
        groups: list[dict[str, Any]] = []
        for group in given:
            rate = group.get("lr", lr)
            parts = ([], [])  # type: tuple[list[Tensor], list[Tensor]]
            for weight in group["params"]:
                parts[id(weight) not in hidden].append(weight)
            groups += [
                {**group, "params": part, "lr": own, "hidden": is_hidden}
                for part, own, is_hidden in ((parts[0], rate, True), (parts[1], rate * adamw_lr / lr, False))
                if part
            ]
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    def start(self, weight: Tensor, group: dict[str, Any]) -> State:
        """A velocity, or AdamW's averages and the number of steps."""
        if group["hidden"]:
            return {"velocity": torch.zeros_like(weight)}
        return {"m": torch.zeros_like(weight), "v": torch.zeros_like(weight), "steps": 0}

    def move(self, group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
        """One step."""
        torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
        if group["hidden"]:
            move_hidden(group, weights, gradients, kept(states, "velocity"))
        else:
            move_rest(group, weights, gradients, states)


def move_hidden(group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], velocity: list[Tensor]) -> None:
    """A step of length lr in the direction of the orthogonalised momentum."""
    torch._foreach_mul_(velocity, group["momentum"])
    torch._foreach_add_(velocity, gradients)
    ahead = torch._foreach_add(gradients, velocity, alpha=group["momentum"])
    for weight, update in zip(weights, ahead, strict=True):
        matrix = update.flatten(1)
        rows, columns = matrix.shape
        length = group["lr"] * math.sqrt(max(1.0, rows / columns))
        weight.add_(orthogonalised(matrix).view_as(weight), alpha=-length)


def move_rest(group: dict[str, Any], weights: list[Tensor], gradients: list[Tensor], states: list[State]) -> None:
    """Adam's step; the decay has been."""
    for state in states:
        state["steps"] += 1
    steps, m, v = kept(states, "steps"), kept(states, "m"), kept(states, "v")
    torch._foreach_mul_(m, BETA1)
    torch._foreach_add_(m, gradients, alpha=1 - BETA1)
    torch._foreach_mul_(v, BETA2)
    torch._foreach_addcmul_(v, gradients, gradients, value=1 - BETA2)
    size = torch._foreach_div(v, [1 - BETA2**step for step in steps])
    torch._foreach_sqrt_(size)
    torch._foreach_add_(size, EPS)
    torch._foreach_addcdiv_(weights, m, size, [-group["lr"] / (1 - BETA1**step) for step in steps])


def orthogonalised(matrix: Tensor) -> Tensor:
    """Near U·Vᵀ for ``matrix`` = U·S·Vᵀ (rows × columns), by the Newton–Schulz iteration in the matrix's own precision."""
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + SMALLEST_NORM)
    for _ in range(ITERATIONS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


def hidden_weights(weights: Iterable[Tensor]) -> set[int]:
    """The ids of those with two or more dimensions, without the last one, the head, unless it is the only one."""
    matrices = [id(weight) for weight in weights if weight.ndim >= 2]
    return set(matrices[:-1] or matrices)


def as_groups(params: ParamsT) -> Sequence[dict[str, Any]]:
    """Parameters, or groups of them, as groups."""
    given: list[Any] = list(params)
    if given and not isinstance(given[0], dict):
        return [{"params": given}]
    return [{**group, "params": list(group["params"])} for group in given]
