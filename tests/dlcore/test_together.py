"""Several processes that share each batch learn what one does, and go on from where they were."""

from typing import Any

import numpy as np
import psutil
import pytest
import torch

from dlcore.batches import Batches
from dlcore.data.dataset import Examples
from dlcore.errors import ProcessLost
from dlcore.events import Checkpoint, Progress, Text
from dlcore.together import Shares
from dlcore.train import train
from dlcore.validation import SpecInvalid, parse_spec
from tests.dlcore.training import curves_of, events_of

SPEC: dict[str, Any] = {
    "data": {"kind": "digits", "train_size": 199},
    "network": {"kind": "mlp", "hidden": [16]},
    "regularisation": [{"kind": "l2", "strength": 0.001}, {"kind": "clip_norm"}],
    "batch_size": 33,  # neither it nor the last batch, of one example, is even
    "epochs": 3,
    "monitor": {"every_steps": 5},
}
OF_A_SHARE = ("dead/", "throughput")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def test_two_processes_have_the_curves_of_one() -> None:
    alone, both = curves_of(events_of(SPEC)), curves_of(events_of({**SPEC, "processes": 2}))
    assert both.keys() == alone.keys()
    assert len(both["train/loss"]) == 21
    for key in alone:
        if not key.startswith(OF_A_SHARE):
            wide = 1e-6 if key == "train/loss" else 1e-5
            assert both[key] == pytest.approx(alone[key], rel=wide, abs=wide), key


def test_what_two_processes_began_they_go_on_with_bit_for_bit() -> None:
    spec = {
        **SPEC,
        "network": {"kind": "mlp", "hidden": [16], "dropout": 0.3},
        "data": {**SPEC["data"], "augment": [{"kind": "noise"}]},
        "optimizer": {"kind": "adam"},
        "processes": 2,
    }
    whole = events_of(spec, checkpoint_now=lambda: True)
    middle = next(event for event in whole if isinstance(event, Checkpoint) and event.details["batch"])
    rest = events_of(spec, resume=middle)
    assert curves_of([*whole[: whole.index(middle)], *rest]) == curves_of(whole)
    first, second = (next(e for e in reversed(run) if isinstance(e, Checkpoint)) for run in (whole, rest))
    for name, array in first.arrays.items():
        assert np.array_equal(array, second.arrays[name]), name


def test_who_asks_two_processes_to_end_gets_the_best_weights() -> None:
    asked = iter([False, True, True])
    events = events_of({**SPEC, "epochs": 100_000, "processes": 2}, end_now=lambda: next(asked, True))
    assert any("Ended on request" in event.message for event in events if isinstance(event, Text))
    assert isinstance(events[-1], Checkpoint)
    assert not torch.distributed.is_initialized()


def test_a_process_that_is_killed_ends_the_attempt_with_its_reason() -> None:
    spec = parse_spec({**SPEC, "epochs": 100_000, "processes": 2})
    events = train(spec)
    next(event for event in events if isinstance(event, Progress))
    (other,) = (process for process in psutil.Process().children() if "dlcore.rank" in process.cmdline())
    other.kill()
    with pytest.raises(ProcessLost, match=r"Process 2 of the 2 that train together ended: killed by SIGKILL\."):
        for _ in events:
            pass
    assert not torch.distributed.is_initialized()


def test_a_batch_is_shared_out_and_all_take_one_that_is_too_small() -> None:
    examples = Examples(np.arange(7, dtype=np.float32).reshape(7, 1), np.arange(7))
    whole = Batches(examples, 3, 0, torch.device("cpu"))
    batches = [labels.tolist() for _, labels in whole.epoch(0)]
    shares = [[labels.tolist() for _, labels in Shares(whole, rank, 2).epoch(0)] for rank in (0, 1)]
    for batch, first, second in zip(batches, *shares, strict=True):
        assert sorted(first + second) == sorted(batch if len(batch) > 1 else batch * 2)


def test_each_process_draws_its_own_numbers_wherever_it_begins() -> None:
    whole = Batches(Examples(np.zeros((8, 1), np.float32), np.zeros(8)), 2, 0, torch.device("cpu"))
    drawn = [[torch.rand(1).item() for _ in Shares(whole, rank, 2).epoch(1)] for rank in (0, 1)]
    assert len({number for numbers in drawn for number in numbers}) == 8
    assert [torch.rand(1).item() for _ in Shares(whole, 1, 2).epoch(1, 2)] == drawn[1][2:]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"batch_size": 2, "processes": 3}, "A batch of 2 examples cannot be shared out to 3 processes."),
        ({"network": {"kind": "mlp", "batch_norm": True}, "processes": 2}, "Batch normalisation needs the whole batch"),
        ({"network": {"kind": "cifar_resnet"}, "processes": 2}, "Batch normalisation needs the whole batch"),
        ({"processes": 0}, "Processes must be between 1 and 64; you entered 0."),
    ],
)
def test_what_cannot_be_shared_out_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecInvalid) as refused:
        parse_spec({**SPEC, "data": {"kind": "digits"}, **changes})
    (problem,) = refused.value.problems
    assert problem.path == "processes"
    assert problem.message.startswith(sentence)
