"""Regularisers in the loop itself: each acts where it should, and the update ratio sees it."""

from typing import Any

import pytest
import torch

from dlcore.events import Scalars
from dlcore.train import train
from dlcore.validation import parse_spec

SMALL: dict[str, Any] = {
    "data": {"kind": "digits", "train_size": 300},
    "network": {"kind": "softmax"},
    "optimizer": {"kind": "sgd", "lr": 0.1},
    "epochs": 1,
    "batch_size": 50,
    "monitor": {"every_steps": 1, "pictures_every_epochs": 0},
}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def curves(*regularisation: dict[str, Any], **changes: Any) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for event in train(parse_spec({**SMALL, **changes, "regularisation": regularisation})):
        if isinstance(event, Scalars):
            found.setdefault(event.key, []).extend(event.values.tolist())
    return found


def test_the_weights_stay_within_their_max_norm_after_each_step() -> None:
    c, units = 0.05, 10
    norms = curves({"kind": "max_norm", "c": c})["weight_norm/fc1.weight"]  # before each step
    assert norms[0] > c * units**0.5
    assert all(norm <= c * units**0.5 * (1 + 1e-5) for norm in norms[1:])


def test_the_update_ratio_counts_the_projection() -> None:
    ratios = curves({"kind": "max_norm", "c": 1e-3})["update_ratio/fc1.weight"]
    assert ratios[0] == pytest.approx(1, abs=0.01)  # nearly all of the first weights is cut away


def test_the_update_ratio_counts_the_decay() -> None:
    one = curves({"kind": "weight_decay", "strength": 2.0})["update_ratio/fc1.weight"]
    other = curves({"kind": "l2", "strength": 2.0})["update_ratio/fc1.weight"]
    assert one == pytest.approx(other, rel=1e-4)
    assert one[0] > 2 * curves()["update_ratio/fc1.weight"][0]


def test_the_decay_follows_the_schedule() -> None:
    """One epoch at the full rate, one at a millionth of it: the second hardly decays."""
    schedule = {"kind": "step", "every_epochs": 1, "factor": 1e-6}
    norms = curves({"kind": "weight_decay", "strength": 1.0}, schedule=schedule, epochs=2)["weight_norm/fc1.weight"]
    per_epoch = len(norms) // 2
    assert norms[per_epoch] < 0.9 * norms[0]
    assert norms[-1] == pytest.approx(norms[per_epoch], rel=1e-4)


def test_a_clipped_step_is_as_long_as_the_limit_says_and_the_curve_shows_the_gradient_that_was_cut() -> None:
    c, lr = 1e-3, 0.1
    measured = curves({"kind": "clip_norm", "c": c})
    for ratio, norm, gradient in zip(
        *(measured[f"{what}/fc1.weight"] for what in ("update_ratio", "weight_norm", "gradient_norm")), strict=True
    ):
        assert 0 < ratio * norm <= lr * c * (1 + 1e-3)
        assert gradient > 100 * c


def test_the_penalty_is_no_part_of_the_loss_curve() -> None:
    for regulariser in ({"kind": "l1", "strength": 10}, {"kind": "elastic_net", "l1": 10, "l2": 10}):
        assert curves(regulariser)["train/loss"][0] == curves()["train/loss"][0]
