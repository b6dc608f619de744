"""Starting from another trial's weights. Imports torch: only the training loop imports this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from dlcore.errors import TrainingError
from dlcore.initialise import has_weights
from dlcore.start import Start

Weights = Mapping[str, np.ndarray[Any, Any]]
PREFIX = "model/"


@torch.no_grad()
def take_over(model: nn.Module, arrays: Weights, start: Start) -> set[str]:
    """Copy what fits from a checkpoint's arrays into ``model``; the names of the parameters that were taken over.

    Raises TrainingError when nothing fits.
    """
    head = head_of(model) if start.new_head else None
    own = model.state_dict()
    taken = set()
    for key, array in arrays.items():
        name = key.removeprefix(PREFIX)
        if key == name or name not in own or (head is not None and name.rpartition(".")[0] == head):
            continue
        if own[name].shape == array.shape:
            own[name].copy_(torch.from_numpy(np.array(array)))
            taken.add(name)
    learned = {name for name, _ in model.named_parameters()}
    if not taken & learned:
        raise TrainingError(
            "Nothing of the other trial's weights fits this network: no layer has the same name and shape. Take the same "
            "kind of network, or start fresh."
        )
    return taken & learned


def head_of(model: nn.Module) -> str:
    """The name of the last module with a weight of two or more dimensions: the layer that makes the scores."""
    found = [name for name, module in model.named_modules() if has_weights(module)]
    return found[-1]


def freeze(model: nn.Module, blocks: int) -> list[str]:
    """Keep the first ``blocks`` children that have parameters as they are, batch normalisation's averages too; their names.

    Children without weights of their own maps, such as batch normalisation, belong to the layer before them.
    """
    frozen: list[str] = []
    for name, child in model.named_children():
        if any(has_weights(module) for module in child.modules()):
            if len(frozen) == blocks:
                break
            frozen.append(name)
        if frozen:
            child.requires_grad_(False)
            hold_averages(child)
    return frozen


def hold_averages(module: nn.Module) -> None:
    """Running averages no longer move."""
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.momentum = 0.0


def groups(model: nn.Module, taken: set[str], lr: float, body_lr: float) -> list[dict[str, Any]]:
    """Parameter groups for the optimizer: what learns fresh, and what was taken over, at its own rate."""
    trained = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    fresh = [p for name, p in trained if name not in taken]
    body = [p for name, p in trained if name in taken]
    if body_lr == 1.0 or not body:
        return [{"params": [p for _, p in trained]}]
    return [group for group in ({"params": fresh}, {"params": body, "lr": lr * body_lr}) if group["params"]]
