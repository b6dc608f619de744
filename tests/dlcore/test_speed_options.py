"""Channels last and compilation change how fast it is, not what is learnt."""

from typing import Any

import numpy as np
import pytest
import torch

from dlcore.events import Checkpoint, Event
from dlcore.run import Run
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of, events_of, last_checkpoint

SPEC: dict[str, Any] = {
    "data": {"kind": "digits", "train_size": 200},
    "network": {"kind": "convnet", "layers": [{"kind": "conv", "filters": n, "same": True} for n in (8, 6)]},
    "epochs": 1,
}


#: Compiling takes seconds, and as many more as there is to compile.
LINEAR = {**SPEC, "network": {"kind": "softmax"}}


@pytest.mark.parametrize(("spec", "option"), [(SPEC, "channels_last"), (LINEAR, "compile")], ids=lambda x: str(x)[:13])
def test_the_curves_agree(spec: dict[str, Any], option: str) -> None:
    plain, faster = events_of(spec), events_of({**spec, option: True})
    expected, found = curves_of(plain), curves_of(faster)
    assert found.keys() == expected.keys()
    for step, value in expected["train/loss"].items():
        assert found["train/loss"][step] == pytest.approx(value, rel=1e-3)
    assert set(last_checkpoint(faster).arrays) == set(last_checkpoint(plain).arrays)


@pytest.mark.parametrize("kind", ["momentum", "adagrad", "adam", "rmsprop", "muon"])
def test_a_run_with_channels_last_goes_on_bit_for_bit(kind: str) -> None:
    spec = {**SPEC, "channels_last": True, "epochs": 2, "batch_size": 50, "optimizer": {"kind": kind, "lr": 0.01}}
    whole = events_of(spec, checkpoint_now=lambda: True)
    middle = next(event for event in whole if isinstance(event, Checkpoint) and event.epoch == 1)
    rest = events_of(spec, resume=middle)
    assert curves_of([*before(whole, middle), *rest]) == curves_of(whole)


def before(events: list[Event], last: Checkpoint) -> list[Event]:
    return events[: events.index(last)]


def test_batches_and_weights_have_their_channels_last() -> None:
    run = Run(parse_spec({**SPEC, "data": {"kind": "digits"}, "channels_last": True}), 0)
    inputs, labels = next(run.batches.epoch(0))
    assert inputs.is_contiguous(memory_format=torch.channels_last)
    assert np.prod(inputs.shape[1:]) == 64
    order = np.random.default_rng([0, 4, 0]).permutation(len(run.data.training.labels))[: len(labels)]
    assert np.array_equal(inputs.numpy(), run.data.training.inputs[order])
    assert np.array_equal(labels.numpy(), run.data.training.labels[order])
