"""Augmentation changes pictures, each by itself, and never their shape."""

import pytest
import torch

from dlcore.augment.crop import Crop
from dlcore.augment.flip import Flip
from dlcore.spec import Spec
from dlcore.validation import SpecInvalid, parse_spec

PICTURES = torch.arange(200 * 2 * 5 * 7, dtype=torch.float32).reshape(200, 2, 5, 7) + 1


def test_a_flip_mirrors_about_half_of_the_pictures() -> None:
    torch.manual_seed(0)
    out = Flip().apply(PICTURES)
    mirrored = [torch.equal(a, b.flip(-1)) for a, b in zip(out, PICTURES, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(out, PICTURES, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert 70 < sum(mirrored) < 130
    assert torch.equal(Flip(probability=1).apply(PICTURES), PICTURES.flip(-1))
    assert torch.equal(Flip(probability=0).apply(PICTURES), PICTURES)


def test_a_crop_is_a_shift_with_zeros_at_the_border() -> None:
    torch.manual_seed(0)
    out = Crop(padding=2).apply(PICTURES)
    padded = torch.nn.functional.pad(PICTURES, (2, 2, 2, 2))
    shifts = set()
    for made, whole in zip(out, padded, strict=True):
        places = [(y, x) for y in range(5) for x in range(5) if torch.equal(made, whole[:, y : y + 5, x : x + 7])]
        assert len(places) == 1
        shifts.update(places)
    assert len(shifts) == 25


def test_augmentation_needs_pictures() -> None:
    spec = {"data": {"kind": "moons", "augment": [{"kind": "flip"}]}, "network": {"kind": "mlp"}}
    with pytest.raises(SpecInvalid) as raised:
        parse_spec(spec)
    assert [problem.path for problem in raised.value.problems] == ["data.augment"]


def test_the_spec_of_the_design_is_understood() -> None:
    data = {
        "kind": "mnist",
        "train_size": None,
        "split": {"validation": 0.1, "test": None},
        "preprocess": [{"kind": "standardise"}],
        "augment": [],
    }
    spec = parse_spec(
        {
            "data": data,
            "network": {"kind": "lenet5"},
            "initialisation": {"kind": "he_normal"},
            "loss": {"kind": "softmax"},
            "optimizer": {"kind": "momentum", "lr": 0.05, "momentum": 0.9},
            "schedule": {"kind": "step", "every_epochs": 2, "factor": 0.5},
            "regularisation": [{"kind": "l2", "strength": 1.0e-4}],
            "epochs": 5,
            "batch_size": 64,
            "seed": 0,
            "trials": 1,
            "device": "auto",
            "precision": "float32",
            "monitor": {"every_steps": 25, "pictures_every_epochs": 1},
        }
    )
    assert Spec.model_validate(spec.model_dump(mode="json")) == spec
