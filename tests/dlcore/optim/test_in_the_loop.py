"""Optimizers and schedules in a real run: interrupted and gone on, evaluated at the right weights, at the right rates."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dlcore.checkpoint import load, save
from dlcore.events import Checkpoint, Event
from dlcore.optim import Optimizer
from dlcore.part import discover
from dlcore.train import Loop, train
from dlcore.validation import parse_spec
from tests.dlcore.test_train import SMALL
from tests.dlcore.training import curves_of, results_of

KINDS = [part.kinds()[0] for part in discover("dlcore.optim", Optimizer)]
FIELDS: dict[str, dict[str, Any]] = {
    "lbfgs": {"iterations": 3},
    "momentum": {"lr": 0.01, "averaged": True, "ramp_epochs": 2},
}
SCHEDULE = {"kind": "plateau", "patience": 1, "floor": 0.01, "warm_up_epochs": 0.5}


@pytest.fixture(autouse=True)
def _single_precision() -> None:
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_interrupted_ends_bit_for_bit_like_one_that_was_not(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlcore.recorder.FLUSH_S", 0.0)  # a flush, and so a checkpoint, after every step
    spec = parse_spec(
        {
            **SMALL,
            "network": {"kind": "mlp", "hidden": [12], "dropout": 0.2},
            "optimizer": {"kind": kind, **FIELDS.get(kind, {})},
            "schedule": SCHEDULE,
            "regularisation": [{"kind": "l2"}],
            "monitor": {"every_steps": 1, "evaluate_every_steps": 10},
            "batch_size": 300,
            "epochs": 4,
        }
    )
    whole = list(train(spec))
    before: list[Event] = []
    run = train(spec, checkpoint_now=lambda: True)
    for event in run:
        before.append(event)
        if isinstance(event, Checkpoint) and event.step == 12:
            break
    run.close()
    checkpoint = before[-1]
    assert isinstance(checkpoint, Checkpoint)
    assert checkpoint.details["batch"] == 2
    save(checkpoint, tmp_path / "checkpoint")
    after = list(train(spec, resume=load(tmp_path / "checkpoint")))
    expected, joined = curves_of(whole), curves_of([*before, *after])
    for key in expected:
        assert joined[key] == expected[key], key
    assert results_of(after)["test/loss"] == results_of(whole)["test/loss"]


def losses(**changes: Any) -> dict[int, float]:
    """The training loss of every step."""
    return curves_of(list(train(parse_spec({**SMALL, **changes}))))["train/loss"]


def test_how_often_it_is_evaluated_changes_nothing_in_the_training() -> None:
    optimizer = {"kind": "schedule_free_adamw"}
    assert losses(optimizer=optimizer, monitor={"evaluate_every_steps": 3}) == losses(optimizer=optimizer)


def test_a_momentum_ramp_begins_with_its_first_step_and_rises_with_the_epochs() -> None:
    half, rising = (
        losses(optimizer={"kind": "momentum", "lr": 0.01, "momentum": momentum, "ramp_epochs": 1})
        for momentum in (0.5, 0.99)
    )
    assert half == losses(optimizer={"kind": "momentum", "lr": 0.01, "momentum": 0.5})
    assert [rising[step] == half[step] for step in (1, 2, 3, 30)] == [True, True, False, False]


def test_an_average_of_weights_is_what_is_evaluated_and_tested() -> None:
    spec = parse_spec({**SMALL, "optimizer": {"kind": "schedule_free_adamw", "lr": 0.05}})
    events = list(train(spec, checkpoint_now=lambda: True))
    last = [event for event in events if isinstance(event, Checkpoint)][-1]
    run = Loop(spec, 0)
    run.model.load_state_dict({key[6:]: torch.tensor(a) for key, a in last.arrays.items() if key.startswith("model/")})
    shown = {"validation": curves_of(events)["validation/loss"][30], "test": results_of(events)["test/loss"]}
    for name, part in (("validation", run.data.validation), ("test", run.data.test)):
        assert run.task.evaluate(run.model, run.task.part(part))["loss"] == pytest.approx(shown[name], rel=1e-6)


def test_lbfgs_on_the_whole_training_part_never_lets_the_loss_rise() -> None:
    values = list(losses(optimizer={"kind": "lbfgs", "iterations": 5}, batch_size=2_000, epochs=6).values())
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.1


def test_a_loss_that_is_evaluated_again_has_the_costs_of_the_weights_like_its_gradient() -> None:
    regularisation = [{"kind": "l2", "strength": 0.5}, {"kind": "l2", "strength": 1.5}]
    run = Loop(parse_spec({**SMALL, "optimizer": {"kind": "lbfgs"}, "regularisation": regularisation}), 0)
    batch = next(iter(run.batches.epoch(0, 0)))
    value = run.closure(batch)()
    weight = run.weights[0]
    told = weight.grad.clone()  # type: ignore[union-attr]
    run.optimizer.zero_grad()
    whole = run.task.loss(run.model, batch) + 0.5 * 2.0 * (weight**2).sum()
    whole.backward()
    assert value == pytest.approx(whole.item(), rel=1e-6)
    torch.testing.assert_close(told, weight.grad)


def test_a_plateau_lowers_the_learning_rate_of_the_next_epoch() -> None:
    schedule = {"kind": "plateau", "patience": 1, "factor": 0.5, "floor": 0.0}
    spec = {**SMALL, "optimizer": {"kind": "sgd", "lr": 1e-8}, "schedule": schedule, "monitor": {"every_steps": 1}}
    curves = curves_of(list(train(parse_spec({**spec, "epochs": 12}))))
    validation, rates = list(curves["validation/loss"].values()), curves["lr"]
    best, expected = float("inf"), 1e-8
    for epoch, value in enumerate(validation):
        assert {rates[step] for step in range(15 * epoch + 1, 15 * epoch + 16)} == {expected}
        expected, best = (expected, value) if value < best else (0.5 * expected, best)
    assert expected < 1e-8


def test_the_learning_rate_warms_up_in_epochs() -> None:
    spec = {**SMALL, "optimizer": {"kind": "adam", "lr": 1e-3}, "monitor": {"every_steps": 1}}
    schedule = {"kind": "constant", "warm_up_epochs": 1, "warm_up_start": 0}
    rates = list(curves_of(list(train(parse_spec({**spec, "schedule": schedule}))))["lr"].values())
    assert rates == pytest.approx([1e-3 * min(step / 15, 1) for step in range(30)])


def test_a_plateau_is_remembered_across_an_interruption() -> None:
    schedule = {"kind": "plateau", "metric": "accuracy", "patience": 1, "floor": 0.0}
    optimizer = {"kind": "sgd", "lr": 1e-8}
    changes = {"epochs": 6, "schedule": schedule, "optimizer": optimizer, "monitor": {"every_steps": 1}}
    spec = parse_spec({**SMALL, **changes})
    events = list(train(spec, checkpoint_now=lambda: True))
    middle = next(event for event in events if isinstance(event, Checkpoint) and event.epoch == 4)
    rates = curves_of(events)["lr"]
    assert rates[61] < 1e-8
    assert curves_of(list(train(spec, resume=middle)))["lr"] == {step: rates[step] for step in range(61, 91)}
