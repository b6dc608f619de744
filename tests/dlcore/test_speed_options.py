"""Channels last and compilation change how fast it is, not what is learnt."""

from typing import Any

import numpy as np
import pytest
import torch

from dlcore.train import Run
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of, events_of, last_checkpoint

SPEC: dict[str, Any] = {
    "data": {"kind": "digits", "train_size": 200},
    "network": {"kind": "convnet", "layers": [{"kind": "conv", "filters": 8, "same": True}, {"kind": "relu"}]},
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


def test_batches_and_weights_have_their_channels_last() -> None:
    run = Run(parse_spec({**SPEC, "data": {"kind": "digits"}, "channels_last": True}), 0)
    inputs, _ = next(run.batches.epoch(0))
    assert inputs.is_contiguous(memory_format=torch.channels_last)
    assert np.prod(inputs.shape[1:]) == 64
