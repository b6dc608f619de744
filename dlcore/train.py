"""The one training loop: a generator of events. ``for event in train(spec): ...``; closing it stops it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import torch
from torch import nn

from dlcore.asking import Asked, never
from dlcore.errors import OutOfMemory
from dlcore.events import Checkpoint, Event, Text
from dlcore.preparing import prepared
from dlcore.spec import Spec
from dlcore.telling import Telling
from dlcore.transfer import Weights

Batch = tuple[torch.Tensor, torch.Tensor]


def train(
    spec: Spec,
    *,
    seed: int | None = None,
    resume: Checkpoint | None = None,
    weights: Weights | None = None,
    checkpoint_now: Asked = never,
    end_now: Asked = never,
    scratch: Path | None = None,
) -> Generator[Event, None, None]:
    """Train ``spec`` from ``seed`` (the spec's own when None), or go on after a checkpoint, and say what happens.

    ``weights`` are the arrays of another trial's checkpoint, which ``spec.start`` says how to take over. Steps count from 1.
    Both are asked at every flush, about every 80 ms. When ``checkpoint_now`` says yes, a checkpoint follows; it is asked within
    evaluations too. When ``end_now`` says yes, training ends as early stopping would end it, with the best weights so far.
    Several processes leave notes for one another in a folder in ``scratch``, which whoever is killed leaves behind.
    Raises TrainingError: Diverged when the loss is no longer finite, OutOfMemory, ProcessLost, or what is wrong with the data.
    """
    try:
        data = yield from prepared(spec)
        seed = spec.seed if seed is None else seed
        if spec.processes == 1:
            loop = Loop(spec, seed, weights, resume, data)
            loop.checkpoint_now, loop.end_now = checkpoint_now, end_now
            yield from loop.events()
        else:
            from dlcore.together import together  # which builds on this loop

            yield from together(spec, seed, weights, resume, data, checkpoint_now, end_now, scratch)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory("the GPU" if isinstance(error, torch.cuda.OutOfMemoryError) else "this machine") from error
    except RuntimeError as error:
        if "not enough memory" in str(error) or "can't allocate memory" in str(error):
            raise OutOfMemory("this machine") from error
        raise


class Loop(Telling):
    """A run that trains: its methods say what happens, as events."""

    def events(self) -> Iterator[Event]:
        """The loop itself."""
        spec, model, optimizer, recorder, monitors = self.spec, self.model, self.optimizer, self.recorder, self.monitors
        step, first_epoch, first_batch = yield from self.begin()
        for epoch in range(first_epoch, spec.epochs):
            if step and self.end_now():
                yield from self.end_with_best(step)
                return
            if not first_batch and self.evaluation.should_stop(step, self.batches.count):
                yield Text(
                    f"Stopped early after {epoch:,} epochs: the validation part no longer gets better.", step=step
                )
                break
            for number, (inputs, labels) in enumerate(self.batches.epoch(epoch, first_batch), first_batch):
                step += 1
                batch = (self.augmented(inputs), labels)
                position = epoch + number / self.batches.count
                set_lr(optimizer, spec.schedule.at(position, spec.epochs, self.memory))
                set_all(optimizer, spec.optimizer.settings(position, spec.epochs))
                if monitors.due(step) or monitors.histogram_steps.due(step):
                    with monitors.around_forward(
                        step
                    ):  # which looks into the layers, where a compiled network has none
                        loss = self.backward(model, batch)
                    with monitors.around_step(step):
                        self.move(batch)
                else:
                    loss = self.backward(self.network, batch)
                    self.move(batch)
                if self.average is not None:
                    self.average.update_parameters(model)
                recorder.after_step(step, loss, len(labels))
                if monitors.due(step):
                    self.record_measured(step)
                if monitors.histogram_steps.due(step):
                    recorder.distributed(step, epoch + (number + 1) / self.batches.count, *monitors.histograms.take())
                last = number + 1 == self.batches.count
                if not last and self.evaluation_due(step):
                    yield (yield from self.evaluate(step, epoch, number + 1))
                if recorder.due and not last:
                    yield from self.flush(step, epoch + (number + 1) / self.batches.count)
                    if self.checkpoint_due():
                        yield self.checkpoint(step, epoch, number + 1)
                    if self.end_now():
                        yield from self.end_with_best(step)
                        return
            first_batch = 0
            yield from self.end_of_epoch(step, epoch)
        yield from self.finish(step)

    def backward(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """The loss of a batch, and its gradients in place of those that were."""
        loss = self.task.loss(network, batch)
        for parameter in self.parameters:  # ``zero_grad`` does no more, and takes longer
            parameter.grad = None
        loss.backward()
        return loss

    def move(self, batch: Batch) -> None:
        """One step along the gradients, with what regularisers do before and after."""
        self.regularise(moving=True)
        if self.spec.optimizer.needs_closure:
            self.optimizer.step(self.closure(batch))
        else:
            self.optimizer.step()
        for regulariser in self.spec.regularisation:
            regulariser.after_step(self.weights)

    def closure(self, batch: Batch) -> Callable[[], float]:
        """What evaluates the loss of the same batch again, for an optimizer that does so within a step."""

        def again() -> float:
            loss = self.backward(self.model, batch)
            self.regularise(moving=False)
            costs = [regulariser.penalty(self.weights).item() for regulariser in self.spec.regularisation]
            return loss.item() + sum(costs)

        return again

    def regularise(self, *, moving: bool) -> None:
        """What comes before a step, in the order of the list; those that move weights only once, however often gradients are made."""
        again = self.spec.optimizer.needs_closure
        for regulariser in self.spec.regularisation:
            if not again or regulariser.moves_weights == moving:
                regulariser.before_step(self.weights, self.parameters, self.optimizer.param_groups[0]["lr"])

    def augmented(self, inputs: torch.Tensor) -> torch.Tensor:
        """Training inputs, changed at random as the spec says."""
        for augmentation in self.spec.data.augment:
            inputs = augmentation.apply(inputs)
        return inputs


def set_lr(optimizer: torch.optim.Optimizer, multiplier: float) -> None:
    """Give every group its own learning rate, as the schedule changes it."""
    for group in optimizer.param_groups:
        group["lr"] = multiplier * group["base_lr"]


def set_all(optimizer: torch.optim.Optimizer, settings: dict[str, float]) -> None:
    """Give every group what else changes while it trains."""
    if settings:
        for group in optimizer.param_groups:
            group.update(settings)
