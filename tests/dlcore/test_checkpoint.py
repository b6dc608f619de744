"""What a checkpoint keeps of an optimizer's state, whatever its shape."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dlcore.checkpoint import capture, load, packed, restore, save, unpacked

STATES: dict[str, Any] = {
    "tensor": torch.tensor([1.5, -2.0]),
    "number in a tensor": torch.tensor(0.1, dtype=torch.float64),
    "whole number": 7,
    "number": 0.1 + 0.2,
    "nothing": None,
    "numbers": [0.1, 1e-300, 3],
    "tensors and nothing": [torch.tensor([1.0]), None, torch.tensor(2.0)],
    "lists in lists": [[torch.tensor([1, 2])], []],
}


def same(first: Any, second: Any) -> bool:
    """Bit for bit, and of the same type."""
    if isinstance(first, torch.Tensor):
        return isinstance(second, torch.Tensor) and first.dtype == second.dtype and torch.equal(first, second)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return type(first) is type(second) and bool(first == second)


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_a_state_comes_back_from_a_file_as_it_was(state: Any, tmp_path: Path) -> None:
    weight = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(weight.parameters(), lr=0.1)
    optimizer.state[weight.weight]["kept"] = state
    save(capture(weight, optimizer, 3, 1, 0, {}), tmp_path / "checkpoint")
    checkpoint = load(tmp_path / "checkpoint")
    assert same(unpacked(checkpoint.details["optimizer"]["0"]["kept"], checkpoint.arrays), state)


def test_what_is_packed_is_a_copy() -> None:
    tensor, arrays = torch.zeros(2), {}  # type: ignore[var-annotated]
    written = packed([tensor], "here", arrays)
    tensor += 1
    assert written == [{"array": "here/0"}]
    assert unpacked(written, arrays)[0].tolist() == [0.0, 0.0]


def test_restoring_leaves_the_checkpoint_as_it_is() -> None:
    weight = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(weight.parameters())
    weight(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    checkpoint = capture(weight, optimizer, 1, 0, 1, {})
    kept = checkpoint.arrays["optimizer/0/exp_avg"].copy()
    restore(checkpoint, weight, optimizer)
    optimizer.step()
    assert (checkpoint.arrays["optimizer/0/exp_avg"] == kept).all()
