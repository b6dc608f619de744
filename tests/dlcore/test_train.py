"""The loop: what it says, that it says the same for the same seed, and that it goes on as if it had never stopped."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dlcore.checkpoint import load, save
from dlcore.errors import Diverged, TrainingError
from dlcore.events import Checkpoint, Event, Picture, Progress, Results, Scalars, Text
from dlcore.recipes import recipe_of
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of, results_of

SMALL: dict[str, Any] = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 2, "batch_size": 100}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def events_of(**changes: Any) -> list[Event]:
    return list(train(parse_spec({**SMALL, **changes})))


def test_the_loss_of_every_step_is_told() -> None:
    curves = curves_of(events_of())
    assert list(curves["train/loss"]) == list(range(1, 2 * 15 + 1))  # 1,439 training examples in batches of 100


def test_what_is_evaluated_comes_after_each_epoch() -> None:
    curves = curves_of(events_of())
    for key in ("train/accuracy", "validation/loss", "validation/accuracy"):
        assert list(curves[key]) == [15, 30]


def test_evaluations_within_an_epoch_come_at_their_cadence() -> None:
    curves = curves_of(events_of(monitor={"evaluate_every_steps": 10}))
    assert list(curves["validation/accuracy"]) == [10, 15, 20, 30]


def test_monitors_measure_at_their_cadence() -> None:
    curves = curves_of(events_of(monitor={"every_steps": 7}, network={"kind": "mlp", "hidden": [8]}))
    for key in ("lr", "update_ratio/fc1.weight", "gradient_norm/fc2.weight", "weight_norm/fc1.weight", "dead/relu1"):
        assert list(curves[key]) == [1, 7, 14, 21, 28], key


def test_the_first_softmax_loss_with_small_weights_is_ln_10() -> None:
    curves = curves_of(events_of(initialisation={"kind": "small"}, epochs=1))
    assert curves["train/loss"][1] == pytest.approx(2.302, abs=0.05)
    assert math.log(10) == pytest.approx(2.302, abs=0.001)


def test_the_first_hinge_loss_with_small_weights_is_a_margin_for_each_wrong_class() -> None:
    curves = curves_of(events_of(initialisation={"kind": "small"}, loss={"kind": "svm"}, epochs=1))
    assert curves["train/loss"][1] == pytest.approx(9.0, abs=0.3)


def test_the_learning_rate_follows_its_schedule() -> None:
    schedule = {"kind": "step", "every_epochs": 1, "factor": 0.1}
    curves = curves_of(events_of(optimizer={"kind": "sgd", "lr": 0.5}, schedule=schedule, monitor={"every_steps": 1}))
    assert set(list(curves["lr"].values())[:15]) == {0.5}
    assert list(curves["lr"].values())[15:] == pytest.approx([0.05] * 15)


def test_the_update_ratio_is_that_of_the_step_that_was_taken() -> None:
    curves = curves_of(events_of(optimizer={"kind": "sgd", "lr": 0.1}, monitor={"every_steps": 1}, epochs=1))
    for step in range(1, 16):
        ratio, gradient, weight = (
            curves[f"{what}/fc1.weight"][step] for what in ("update_ratio", "gradient_norm", "weight_norm")
        )
        assert ratio == pytest.approx(0.1 * gradient / weight, rel=1e-4)


def test_l2_pulls_the_weights_with_the_learning_rate() -> None:
    spec = {"optimizer": {"kind": "sgd", "lr": 0.01}, "epochs": 1, "monitor": {"every_steps": 1}}
    plain, pulled = (curves_of(events_of(**spec, regularisation=r)) for r in ([], [{"kind": "l2", "strength": 1.0}]))
    assert pulled["weight_norm/fc1.weight"][15] < plain["weight_norm/fc1.weight"][15]
    assert pulled["train/loss"][1] == plain["train/loss"][1]  # the curve is the data's loss


def test_the_same_seed_gives_the_same_numbers_bit_for_bit() -> None:
    network = {"kind": "mlp", "hidden": [32], "dropout": 0.5, "batch_norm": True}
    first, again = (curves_of(events_of(network=network)) for _ in range(2))
    assert first.keys() == again.keys()
    for key in first:
        assert first[key] == again[key], key
    assert curves_of(events_of(network=network, seed=1))["train/loss"] != first["train/loss"]


NETWORKS = {
    "dropout and batch norm": {"kind": "mlp", "hidden": [32, 32], "dropout": 0.3, "batch_norm": True},
    "convolutions": {"kind": "lenet5"},
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS.keys())
@pytest.mark.parametrize(
    "optimizer", [{"kind": "adam"}, {"kind": "momentum", "lr": 0.01}, {"kind": "nesterov", "lr": 0.01}, {"kind": "sgd"}]
)
def test_a_run_that_was_interrupted_ends_bit_for_bit_like_one_that_was_not(
    tmp_path: Path, network: dict[str, Any], optimizer: dict[str, Any]
) -> None:
    changes: dict[str, Any] = {
        "data": {"kind": "digits", "augment": [{"kind": "crop", "padding": 1}]},
        "network": network,
        "optimizer": optimizer,
        "schedule": {"kind": "exponential"},
        "epochs": 3,
    }
    spec = parse_spec({**SMALL, **changes, "regularisation": [{"kind": "l2"}], "monitor": {"every_steps": 2}})
    whole = list(train(spec))
    before: list[Event] = []
    run = train(spec, checkpoint_now=lambda: True)
    for event in run:
        before.append(event)
        if isinstance(event, Checkpoint) and event.step > 15:
            break
    run.close()
    checkpoint = before[-1]
    assert isinstance(checkpoint, Checkpoint)
    assert checkpoint.step < 45
    save(checkpoint, tmp_path / "c.safetensors")
    after = list(train(spec, resume=load(tmp_path / "c.safetensors")))
    expected, joined = curves_of(whole), curves_of([*before, *after])
    for key in expected:
        assert joined[key] == expected[key], key
    known = {key: value for key, value in results_of(whole).items() if key != "duration_s"}
    assert {key: value for key, value in results_of(after).items() if key != "duration_s"} == known


def test_a_run_goes_on_from_the_middle_of_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcore.recorder.FLUSH_S", 0.0)  # a flush, and so a checkpoint, after every step
    spec = parse_spec({**SMALL, "network": {"kind": "mlp", "hidden": [16], "dropout": 0.2}})
    whole = curves_of(list(train(spec)))
    for stop in (1, 7, 14, 15, 22):
        run = train(spec, checkpoint_now=lambda: True)
        before = []
        for event in run:
            before.append(event)
            if isinstance(event, Checkpoint) and event.step == stop:
                break
        run.close()
        assert isinstance(before[-1], Checkpoint)
        joined = curves_of([*before, *train(spec, resume=before[-1])])
        assert joined["train/loss"] == whole["train/loss"]
        assert joined["validation/loss"] == whole["validation/loss"]


def test_a_torn_checkpoint_is_told(tmp_path: Path) -> None:
    run = train(parse_spec(SMALL), checkpoint_now=lambda: True)
    checkpoint = next(event for event in run if isinstance(event, Checkpoint))
    save(checkpoint, tmp_path / "c")
    content = (tmp_path / "c").read_bytes()
    (tmp_path / "c").write_bytes(content[: len(content) // 2])
    with pytest.raises(TrainingError, match="damaged"):
        load(tmp_path / "c")


def test_a_loss_that_is_not_finite_ends_the_run_with_its_cause() -> None:
    recipe = recipe_of("learning-rate-too-high")
    assert recipe is not None
    said: list[Event] = []
    with pytest.raises(Diverged, match="learning rate") as raised:
        said.extend(train(recipe.spec))  # what came before the error is in the list
    losses = curves_of(said)["train/loss"]
    assert not math.isfinite(list(losses.values())[-1])
    assert all(math.isfinite(value) for value in list(losses.values())[:-1])
    assert f"step {list(losses)[-1]:,}" in str(raised.value)
    reached = [event for event in said if isinstance(event, Results)][-1].values
    assert reached["validation/accuracy"]["best"] == max(curves_of(said)["validation/accuracy"].values())
    assert reached["duration_s"] > 0


def test_the_first_point_comes_with_the_first_step() -> None:
    first = next(event for event in train(parse_spec(SMALL)) if isinstance(event, Scalars))
    assert (first.key, first.steps.tolist()) == ("train/loss", [1])


def test_pictures_of_the_first_layer_come_before_training_and_at_their_cadence() -> None:
    events = events_of(epochs=5, monitor={"pictures_every_epochs": 2})
    pictures = [e for e in events if isinstance(e, Picture) and e.kind == "filters"]
    assert [picture.step for picture in pictures] == [0, 30, 60]
    assert pictures[0].name == "fc1"
    assert pictures[0].pixels.dtype == np.uint8
    assert pictures[0].details["tiles"] == 10
    assert not np.array_equal(pictures[0].pixels, pictures[-1].pixels)
    without = events_of(monitor={"pictures_every_epochs": 0})
    assert {e.kind for e in without if isinstance(e, Picture)} == {"errors"}


def test_the_noise_of_the_first_layer_is_told_with_each_picture() -> None:
    curves = curves_of(events_of(epochs=5, monitor={"pictures_every_epochs": 2}, optimizer={"kind": "sgd", "lr": 0.5}))
    assert list(curves["filter_noise/fc1"]) == [0, 30, 60]
    assert curves["filter_noise/fc1"][0] == pytest.approx(1, abs=0.1)
    assert curves["filter_noise/fc1"][60] < 0.95 * curves["filter_noise/fc1"][0]
    assert "filter_noise/fc1" not in curves_of(events_of(monitor={"pictures_every_epochs": 0}))


def test_the_gap_is_told_with_each_evaluation() -> None:
    curves = curves_of(events_of(monitor={"evaluate_every_steps": 10}))
    assert list(curves["gap/loss"]) == [10, 15, 20, 30]
    for step, gap in curves["gap/accuracy"].items():
        assert gap == curves["train/accuracy"][step] - curves["validation/accuracy"][step]


def test_a_convolutions_filters_are_shown() -> None:
    pictures = [e for e in events_of(network={"kind": "lenet5"}, epochs=1) if isinstance(e, Picture)]
    assert pictures[0].name == "conv1"
    assert (pictures[0].details["tiles"], pictures[0].details["tile_width"]) == (6, 3)


def test_the_share_of_saturated_units_is_told_for_tanh_and_sigmoid() -> None:
    for activation in ("tanh", "sigmoid"):
        curves = curves_of(events_of(network={"kind": "mlp", "hidden": [16], "activation": activation}))
        assert all(0 <= share <= 1 for share in curves[f"saturated/{activation}1"].values())


def test_units_that_never_fire_are_dead() -> None:
    from dlcore.monitors.activations import ActivationMonitor

    model = torch.nn.Sequential(torch.nn.Linear(4, 10), torch.nn.ReLU())
    with torch.no_grad():
        model[0].bias[:3] = -100.0
        model[0].bias[3:] = 100.0
    monitor = ActivationMonitor(model)
    monitor.attach()
    model(torch.randn(64, 4))
    assert monitor.detach().tolist() == pytest.approx([0.3])


@pytest.mark.erratum(39)
def test_the_test_part_is_used_once_at_the_end() -> None:
    events = events_of()
    assert not [key for key in curves_of(events) if key.startswith("test/")]
    results = results_of(events)
    assert 0 < results["test/accuracy"] <= 1
    assert results["validation/accuracy"]["best"] >= results["validation/accuracy"]["last"]
    assert results["duration_s"] > 0


def test_progress_reaches_the_end() -> None:
    last = [event for event in events_of() if isinstance(event, Progress)][-1]
    assert (last.step, last.steps, last.epoch, last.epochs) == (30, 30, 2, 2)


def test_a_gpu_that_is_not_there_is_told() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(TrainingError, match="no GPU"):
        events_of(device="cuda")


def test_bfloat16_trains() -> None:
    losses = list(
        curves_of(events_of(precision="bfloat16", optimizer={"kind": "momentum", "lr": 0.05}))["train/loss"].values()
    )
    assert losses[-1] < 0.5 * losses[0]


def test_everything_may_be_trained_on_everything_that_fits() -> None:
    for data in ({"kind": "moons"}, {"kind": "circles"}, {"kind": "spirals", "arms": 4}):
        events = events_of(data=data, network={"kind": "mlp", "hidden": [8]}, epochs=1)
        assert [event for event in events if isinstance(event, Text)]
        assert "test/accuracy" in results_of(events)
