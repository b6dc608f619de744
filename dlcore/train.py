"""The one training loop: a generator of events. ``for event in train(spec): ...``; closing it stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

import torch
from torch import nn

from dlcore.errors import Diverged, OutOfMemory
from dlcore.events import Checkpoint, Event, Results, Text
from dlcore.examine import examine
from dlcore.monitors.filters import first_layer_noise, first_layer_picture
from dlcore.preparing import prepared
from dlcore.run import Run
from dlcore.spec import Spec
from dlcore.transfer import Weights

CHECKPOINT_EVERY_S = 10.0
Batch = tuple[torch.Tensor, torch.Tensor]


def never() -> bool:
    """Nobody asks."""
    return False


def train(
    spec: Spec,
    *,
    seed: int | None = None,
    resume: Checkpoint | None = None,
    weights: Weights | None = None,
    checkpoint_now: Callable[[], bool] = never,
) -> Generator[Event, None, None]:
    """Train ``spec`` from ``seed`` (the spec's own when None), or go on after a checkpoint, and say what happens.

    ``weights`` are the arrays of another trial's checkpoint, which ``spec.start`` says how to take over. Steps count from 1.
    ``checkpoint_now`` is asked at every flush, about every 80 ms; when it says yes, a checkpoint follows.
    Raises TrainingError: Diverged when the loss is no longer finite, OutOfMemory, or what is wrong with the data.
    """
    try:
        data = yield from prepared(spec)
        seed = spec.seed if seed is None else seed
        if spec.processes == 1:
            yield from Loop(spec, seed, weights, resume, data).events(checkpoint_now)
        else:
            from dlcore.together import together  # which builds on this loop

            yield from together(spec, seed, weights, resume, data, checkpoint_now)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory("the GPU" if isinstance(error, torch.cuda.OutOfMemoryError) else "this machine") from error
    except RuntimeError as error:
        if "not enough memory" in str(error) or "can't allocate memory" in str(error):
            raise OutOfMemory("this machine") from error
        raise


class Loop(Run):
    """A run that trains: its methods say what happens, as events."""

    def events(self, checkpoint_now: Callable[[], bool]) -> Iterator[Event]:
        """The loop itself."""
        spec, model, optimizer, recorder, monitors = self.spec, self.model, self.optimizer, self.recorder, self.monitors
        step, first_epoch, first_batch = yield from self.begin()
        for epoch in range(first_epoch, spec.epochs):
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
                    yield self.evaluate(step)
                if recorder.due and not last:
                    yield from self.flush(step, epoch + (number + 1) / self.batches.count)
                    if checkpoint_now():
                        yield self.checkpoint(step, epoch, number + 1)
            first_batch = 0
            yield from self.end_of_epoch(step, epoch, checkpoint_now)
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

    def begin(self) -> Generator[Event, None, tuple[int, int, int]]:
        """Go on from the checkpoint, or say what is about to be trained; returns (step, epoch, batch) to go on after."""
        if self.resume is not None:
            resume, self.resume = self.resume, None  # it may be large
            self.restore(resume)
            yield Text(f"Going on after step {resume.step:,}.", step=resume.step)
            return resume.step, resume.epoch, resume.details["batch"]
        count = sum(parameter.numel() for parameter in self.model.parameters())
        sizes = ", ".join(f"{len(part.labels):,} {name}" for name, part in self.data.named())
        yield Text(f"{count:,} parameters on {self.device}; examples: {sizes}; seed {self.seed}.")
        for note in self.data.notes:
            yield Text(note)
        if self.taken:
            yield Text(f"{len(self.taken)} tensors were taken over from trial {self.spec.start.trial}.")
        if self.frozen:
            yield Text(f"Frozen: {', '.join(self.frozen)}.")
        if self.spec.monitor.pictures_every_epochs:
            yield from self.pictures(0, 0.0)
        return 0, 0, 0

    def record_measured(self, step: int) -> None:
        """Hand the monitors' values and the learning rate to the recorder."""
        for keys, values in self.monitors.take():
            self.recorder.measured(step, keys, values)
        self.recorder.add(step, "lr", self.optimizer.param_groups[0]["lr"])

    def evaluation_due(self, step: int) -> bool:
        """Whether the spec wants an evaluation within the epoch."""
        every = self.spec.monitor.evaluate_every_steps
        return every is not None and step % every == 0

    def evaluate(self, step: int) -> Results:
        """Measure all parts, and say what has been reached."""
        self.evaluation.evaluate(step)
        return self.results(step)

    def results(self, step: int, **rest: float) -> Results:
        """What has been reached so far."""
        return Results(
            self.evaluation.scores.results(**rest, steps=step, duration_s=time.perf_counter() - self.started)
        )

    def flush(self, step: int, epoch: float) -> Iterator[Event]:
        """Give out what was recorded. Raises Diverged after a loss that is not finite."""
        yield from self.recorder.flush(step, epoch)
        if self.recorder.diverged_at:
            raise Diverged(*self.recorder.diverged_at, self.optimizer.param_groups[0]["lr"])

    def end_of_epoch(self, step: int, epoch: int, checkpoint_now: Callable[[], bool]) -> Iterator[Event]:
        """Evaluate, flush, a picture, and a checkpoint when the last one is old."""
        rate = self.recorder.rate()
        if rate is not None:
            self.recorder.add(step, "throughput", rate)
        results = self.evaluate(step)
        self.memory = self.spec.schedule.observe(self.memory, self.evaluation.latest())
        every = self.spec.monitor.pictures_every_epochs
        pictures = self.pictures(step, epoch + 1) if every and (epoch + 1) % every == 0 else []
        yield from self.flush(step, epoch + 1)
        yield results
        yield from pictures
        if checkpoint_now() or time.monotonic() - self.last_checkpoint > CHECKPOINT_EVERY_S:
            yield self.checkpoint(step, epoch + 1, 0)

    def pictures(self, step: int, epoch: float) -> list[Event]:
        """The first layer; how noisy its filters are is a curve, which the next flush gives out."""
        for key, noise in first_layer_noise(self.model, self.spec.data.network_shape).items():
            self.recorder.add(step, key, noise)
        made = first_layer_picture(self.model, self.spec.data.network_shape, step, epoch)
        return [] if made is None else [made]

    def finish(self, step: int) -> Iterator[Event]:
        """Use the test part, once, and give the results and what was trained."""
        tested: dict[str, float] = {}
        scored: list[torch.Tensor] = []
        epochs = -(-step // self.batches.count)
        if len(self.data.test.labels) and self.spec.test == "at_end":
            tested = self.evaluation.test(self.task.part(self.data.test), scored)
        yield self.results(step, **tested)
        if scored:
            yield from examine(self.spec, self.task, scored, tested, step, epochs)
        yield self.checkpoint(step, epochs, 0)


def set_lr(optimizer: torch.optim.Optimizer, multiplier: float) -> None:
    """Give every group its own learning rate, as the schedule changes it."""
    for group in optimizer.param_groups:
        group["lr"] = multiplier * group["base_lr"]


def set_all(optimizer: torch.optim.Optimizer, settings: dict[str, float]) -> None:
    """Give every group what else changes while it trains."""
    if settings:
        for group in optimizer.param_groups:
            group.update(settings)
