"""What is measured of the parts of the data while it trains, and what follows from it. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from dlcore.gaps import gaps
from dlcore.recorder import Recorder
from dlcore.regularize.early_stopping import EarlyStopping
from dlcore.regularize.regulariser import Regulariser
from dlcore.scores import Scores
from dlcore.tasks.task import Part, Task
from dlcore.updates.evaluation import evaluated_weights


class Evaluation:
    """Evaluates ``parts``, by name, and keeps the scores and, where early stopping wants it, the best weights."""

    def __init__(
        self,
        task: Task,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        average: nn.Module | None,
        recorder: Recorder,
        regularisation: Sequence[Regulariser],
    ) -> None:
        self.task = task
        self.model = model
        self.optimizer = optimizer
        self.average = average
        self.recorder = recorder
        self.stopping = next((part for part in regularisation if isinstance(part, EarlyStopping)), None)
        self.parts: dict[str, Part] = {}
        self.scores = Scores()
        self.best: dict[str, torch.Tensor] = {}

    def evaluate(self, step: int) -> None:
        """Loss and metrics of each part; of the running average of the weights, those of the validation part."""
        with evaluated_weights(self.optimizer):
            measured = {name: self.task.evaluate(self.model, part) for name, part in self.parts.items()}
            for key, gap in gaps(measured).items():
                self.recorder.add(step, key, gap)
            measured["train"].pop("loss")  # train/loss is the curve of the steps
            for name, values in measured.items():
                self.note(step, name, values)
            self.keep_best(step)
        if self.average is not None and "validation" in self.parts:
            self.note(step, "validation_averaged", self.task.evaluate(self.average, self.parts["validation"]))

    def note(self, step: int, part: str, measured: Mapping[str, float]) -> None:
        """Points for the curves, and the last and best of each."""
        for metric, value in measured.items():
            self.recorder.add(step, f"{part}/{metric}", value)
            self.scores.add(f"{part}/{metric}", value, step)

    def keep_best(self, step: int) -> None:
        """Copy the weights at the best evaluation so far."""
        if self.stopping is None or not self.stopping.keep_best:
            return
        if self.scores.metrics[f"validation/{self.stopping.metric}"]["best_step"] == step:
            self.best = {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    def should_stop(self, step: int, steps_per_epoch: int) -> bool:
        """Whether the best evaluation is too long ago."""
        return self.stopping is not None and self.stopping.should_stop(self.scores.metrics, step, steps_per_epoch)

    def latest(self) -> dict[str, float]:
        """The last value of each metric."""
        return {key: scores["last"] for key, scores in self.scores.metrics.items()}

    def test(self, part: Part, scored: list[torch.Tensor]) -> dict[str, float]:
        """The metrics of the test part, from the best weights where they were kept: {"test/accuracy": ...}.

        ``scored`` takes what the weights say of it (not what their running average says), batch by batch.
        """
        if self.best:
            self.model.load_state_dict(self.best)
        with evaluated_weights(self.optimizer):
            return tested(self.task, self.model, self.average, part, scored)


def tested(
    task: Task, model: nn.Module, average: nn.Module | None, part: Part, scored: list[torch.Tensor]
) -> dict[str, float]:
    """The metrics of the test part, of the weights and of their running average where there is one."""
    found = {"test": task.evaluate(model, part, scored)}
    if average is not None:
        found["test_averaged"] = task.evaluate(average, part)
    return {f"{name}/{metric}": value for name, measured in found.items() for metric, value in measured.items()}
