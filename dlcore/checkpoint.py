"""The whole state of a run as arrays, and back; and as a file. Imports torch.

A file is safetensors, with the JSON-able rest in its metadata: nothing in it can run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from torch import nn

from dlcore.errors import TrainingError
from dlcore.events import Checkpoint
from dlcore.updates.evaluation import evaluated_weights

Arrays = dict[str, np.ndarray[Any, Any]]


def capture(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    step: int,
    epoch: int,
    batch: int,
    details: dict[str, Any],
    more: Mapping[str, torch.Tensor] | None = None,
) -> Checkpoint:
    """All that is needed to go on after ``step``: the next batch is number ``batch`` of ``epoch``. ``more`` goes beside it.

    ``model/...`` are the weights as they are evaluated; an optimizer that trains at others keeps those in its state.
    """
    arrays: Arrays = {name: to_array(value) for name, value in (more or {}).items()}
    with evaluated_weights(optimizer):
        arrays.update({f"model/{name}": to_array(value) for name, value in model.state_dict().items()})
        state = {
            str(index): {name: packed(value, f"optimizer/{index}/{name}", arrays) for name, value in own.items()}
            for index, own in optimizer.state_dict()["state"].items()
        }
    arrays["random/cpu"] = torch.get_rng_state().numpy().copy()
    if torch.cuda.is_available():
        arrays["random/cuda"] = torch.cuda.get_rng_state().numpy().copy()
    return Checkpoint(step, epoch, arrays, {"batch": batch, "optimizer": state, **details})


def restore(checkpoint: Checkpoint, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Put a captured state back, bit for bit."""
    arrays = checkpoint.arrays
    model.load_state_dict(tensors(arrays, "model/"))
    state = {
        int(index): {name: unpacked(value, arrays) for name, value in own.items()}
        for index, own in checkpoint.details["optimizer"].items()
    }
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    for weight, own in optimizer.state.items():
        own.update({name: laid_out_like(weight, value) for name, value in own.items()})
    if hasattr(optimizer, "train"):
        optimizer.train()  # from the weights that are evaluated back to those it trains at, which came with its state
    torch.set_rng_state(torch.from_numpy(np.array(arrays["random/cpu"])))
    if "random/cuda" in arrays and torch.cuda.is_available():
        torch.cuda.set_rng_state(torch.from_numpy(np.array(arrays["random/cuda"])))


def tensors(
    arrays: Mapping[str, np.ndarray[Any, Any]], prefix: str, device: torch.device | None = None
) -> dict[str, torch.Tensor]:
    """The arrays whose names begin with ``prefix``, without it, as tensors of their own."""
    return {
        name.removeprefix(prefix): torch.from_numpy(np.array(array)).to(device)
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def packed(value: Any, key: str, arrays: Arrays) -> Any:
    """``value`` as JSON: a tensor goes to ``arrays`` and leaves its key, also within lists; numbers and None stay."""
    if isinstance(value, torch.Tensor):
        arrays[key] = to_array(value)
        return {"array": key}
    if isinstance(value, list):
        return [packed(item, f"{key}/{index}", arrays) for index, item in enumerate(value)]
    return value


def unpacked(value: Any, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """What ``packed`` was given; the tensors are copies."""
    if isinstance(value, dict):
        return torch.from_numpy(np.array(arrays[value["array"]]))
    if isinstance(value, list):
        return [unpacked(item, arrays) for item in value]
    return value


def laid_out_like(weight: torch.Tensor, value: Any) -> Any:
    """``value`` with the strides of ``weight``, if it has its shape: torch's fused optimizers walk through both side by side."""
    if not isinstance(value, torch.Tensor) or value.shape != weight.shape or value.stride() == weight.stride():
        return value
    return torch.empty_like(weight, dtype=value.dtype).copy_(value)


def to_array(value: torch.Tensor) -> np.ndarray[Any, Any]:
    """A copy on the host, at least one-dimensional as safetensors keeps scalars apart."""
    return value.detach().cpu().numpy().copy()


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write to a temporary name, flush to the disk, rename: a reader sees a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    facts = {"step": checkpoint.step, "epoch": checkpoint.epoch, "details": checkpoint.details}
    arrays = {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in checkpoint.arrays.items()}
    try:
        save_file(arrays, temporary, metadata={"descent": json.dumps(facts)})
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except (OSError, SafetensorError):
        temporary.unlink(missing_ok=True)  # a full disk must not stay so because of it
        raise


def load(path: Path) -> Checkpoint:
    """Read a file that ``save`` wrote. Raises TrainingError when it is torn or damaged."""
    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})["descent"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(f"The checkpoint {path.name} is damaged: {error}.") from error
    return Checkpoint(facts["step"], facts["epoch"], arrays, facts["details"])
