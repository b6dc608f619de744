"""What is measured of the parts of the data while it trains, and what follows from it. Imports torch."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from dlcore.asking import Asked, never
from dlcore.gaps import gaps
from dlcore.recorder import Recorder
from dlcore.regularize.early_stopping import EarlyStopping
from dlcore.schedules.plateau import Plateau
from dlcore.scores import METRICS, Scores
from dlcore.spec import Spec
from dlcore.tasks.task import Part, Task
from dlcore.updates.evaluation import evaluated_weights, settle


class Evaluation:
    """Evaluates ``parts``, by name, and keeps the scores and the weights of the best evaluation."""

    def __init__(
        self, task: Task, model: nn.Module, optimizer: torch.optim.Optimizer, average: nn.Module | None, spec: Spec
    ) -> None:
        self.task = task
        self.model = model
        self.optimizer = optimizer
        self.average = average
        self.stopping = next((part for part in spec.regularisation if isinstance(part, EarlyStopping)), None)
        self.watched = watched_metric(spec)
        self.parts: dict[str, Part] = {}
        self.scores = Scores()
        self.best: dict[str, torch.Tensor] = {}  # on the host; empty before the first evaluation

    def evaluate(self, step: int, recorder: Recorder, asked: Asked = never) -> None:
        """Loss and metrics of each part; of the running average of the weights, those of the validation part.

        Raises Interrupted when ``asked`` says yes, and then nothing has been noted.
        """
        with evaluated_weights(self.optimizer):
            measured = {name: self.task.evaluate(self.model, part, asked=asked) for name, part in self.parts.items()}
            between = gaps(measured)
            if self.average is not None and "validation" in self.parts:
                measured["validation_averaged"] = self.task.evaluate(
                    self.average, self.parts["validation"], asked=asked
                )
            for key, gap in between.items():
                recorder.add(step, key, gap)
            measured["train"].pop("loss")  # train/loss is the curve of the steps
            for part, values in measured.items():
                for metric, value in values.items():
                    recorder.add(step, f"{part}/{metric}", value)
                    self.scores.add(f"{part}/{metric}", value, step)
            self.keep_best(step)

    def keep_best(self, step: int) -> None:
        """Copy the weights at the best evaluation so far."""
        scores = self.scores.metrics.get(self.watched)
        if scores is not None and scores["best_step"] == step:
            self.best = {name: value.detach().to("cpu", copy=True) for name, value in self.model.state_dict().items()}

    def best_place(self) -> dict[str, Any]:
        """{"metric", "value", "step"} of the best evaluation; empty before the first."""
        scores = self.scores.metrics.get(self.watched)
        return {"metric": self.watched, "value": scores["best"], "step": scores["best_step"]} if scores else {}

    def take_best(self) -> None:
        """Put the best weights in the place of the last ones; there is no training after that."""
        self.model.load_state_dict(self.best)
        settle(self.optimizer)

    def should_stop(self, step: int, steps_per_epoch: int) -> bool:
        """Whether the best evaluation is too long ago."""
        return self.stopping is not None and self.stopping.should_stop(self.scores.metrics, step, steps_per_epoch)

    def latest(self) -> dict[str, float]:
        """The last value of each metric."""
        return {key: scores["last"] for key, scores in self.scores.metrics.items()}

    def test(self, part: Part, scored: list[torch.Tensor], asked: Asked = never) -> dict[str, float]:
        """The metrics of the test part, from the best weights where the spec keeps them: {"test/accuracy": ...}.

        ``scored`` takes what the weights say of it (not what their running average says), batch by batch. Raises Interrupted.
        """
        if self.best and tests_best(self.stopping):
            self.take_best()
        with evaluated_weights(self.optimizer):
            return tested(self.task, self.model, self.average, part, scored, asked)


def watched_metric(spec: Spec) -> str:
    """The curve that says which evaluation is the best: what early stopping or the schedule watches, else the main metric."""
    watching = [part for part in (*spec.regularisation, spec.schedule) if isinstance(part, EarlyStopping | Plateau)]
    return f"validation/{watching[0].metric if watching else METRICS[spec.data.task][1]}"


def tests_best(stopping: EarlyStopping | None) -> bool:
    """Whether the test part is for the best weights."""
    return stopping is not None and stopping.keep_best


def tested(
    task: Task,
    model: nn.Module,
    average: nn.Module | None,
    part: Part,
    scored: list[torch.Tensor],
    asked: Asked,
) -> dict[str, float]:
    """The metrics of the test part, of the weights and of their running average where there is one."""
    found = {"test": task.evaluate(model, part, scored, asked)}
    if average is not None:
        found["test_averaged"] = task.evaluate(average, part, asked=asked)
    return {f"{name}/{metric}": value for name, measured in found.items() for metric, value in measured.items()}
