"""What a run tells between its steps: where it begins, its evaluations, its checkpoints, its end. Imports torch."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator

import torch

from dlcore.asking import Asked, Interrupted, never
from dlcore.errors import Diverged
from dlcore.events import Event, Results, Text
from dlcore.examine import examine
from dlcore.monitors.filters import first_layer_noise, first_layer_picture
from dlcore.run import Run

CHECKPOINT_EVERY_S = 10.0
MOST_TIME_FOR_CHECKPOINTS = 0.01  # of training


class Telling(Run):
    """A run that tells how it stands; what is asked of it meanwhile is answered here."""

    checkpoint_now: Asked = staticmethod(never)
    end_now: Asked = staticmethod(never)

    def begin(self) -> Generator[Event, None, tuple[int, int, int]]:
        """Go on from the checkpoint, or say what is about to be trained; returns (step, epoch, batch) to go on after."""
        if self.resume is not None:
            resume, self.resume = self.resume, None  # it may be large
            self.restore(resume)
            yield Text(f"Going on after step {resume.step:,}.", step=resume.step)
            step, epoch, batch = resume.step, resume.epoch, resume.details["batch"]
            if resume.details.get("evaluation_due"):
                yield (yield from self.evaluate(step, epoch, batch))
            return step, epoch, batch
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

    def evaluate(self, step: int, epoch: int, batch: int) -> Generator[Event, None, Results]:
        """Measure all parts; returns what has been reached. The next batch is number ``batch`` of ``epoch``.

        When a checkpoint is asked for meanwhile it is of before; whoever listens after that does not want to interrupt.
        """
        try:
            self.evaluation.evaluate(step, self.recorder, self.checkpoint_now)
        except Interrupted:
            yield from self.flush(step, epoch + batch / self.batches.count)
            yield self.checkpoint(step, epoch, batch, evaluation_due=batch < self.batches.count)
            self.evaluation.evaluate(step, self.recorder)
        return self.results(step)

    def results(self, step: int, **rest: float) -> Results:
        """What has been reached so far."""
        return Results(
            self.evaluation.scores.results(**rest, steps=step, duration_s=time.perf_counter() - self.started)
        )

    def flush(self, step: int, epoch: float) -> Iterator[Event]:
        """Give out what was recorded. Raises Diverged after a loss that is not finite, once it is told what had been reached."""
        yield from self.recorder.flush(step, epoch)
        if self.recorder.diverged_at:
            yield self.results(step)
            raise Diverged(*self.recorder.diverged_at, self.optimizer.param_groups[0]["lr"])

    def end_of_epoch(self, step: int, epoch: int) -> Iterator[Event]:
        """Evaluate, flush, a picture, and a checkpoint when the last one is old."""
        rate = self.recorder.rate()
        results = yield from self.evaluate(step, epoch, self.batches.count)
        if rate is not None:
            self.recorder.add(step, "throughput", rate)
        self.memory = self.spec.schedule.observe(self.memory, self.evaluation.latest())
        every = self.spec.monitor.pictures_every_epochs
        pictures = self.pictures(step, epoch + 1) if every and (epoch + 1) % every == 0 else []
        yield from self.flush(step, epoch + 1)
        yield results
        yield from pictures
        if self.checkpoint_due():
            yield self.checkpoint(step, epoch + 1, 0)

    def checkpoint_due(self) -> bool:
        """Whether one was asked for, or the last one is old; a state that takes long to copy is copied less often."""
        every_s = max(CHECKPOINT_EVERY_S, self.checkpoint_took_s / MOST_TIME_FOR_CHECKPOINTS)
        return self.checkpoint_now() or time.monotonic() - self.last_checkpoint > every_s

    def pictures(self, step: int, epoch: float) -> list[Event]:
        """The first layer; how noisy its filters are is a curve, which the next flush gives out."""
        for key, noise in first_layer_noise(self.model, self.spec.data.network_shape).items():
            self.recorder.add(step, key, noise)
        made = first_layer_picture(self.model, self.spec.data.network_shape, step, epoch)
        return [] if made is None else [made]

    def end_with_best(self, step: int) -> Iterator[Event]:
        """End on request: the best weights so far take the place of the last ones."""
        best = self.evaluation.best_place()
        if self.evaluation.best:
            self.evaluation.take_best()
            yield Text(
                f"Ended on request after step {step:,}. The weights are those of step {best['step']:,}, where "
                f"{best['metric']} was best: {best['value']:.4g}.",
                step=step,
            )
        else:
            yield Text(
                f"Ended on request after step {step:,}, before any evaluation: the last weights stay.", step=step
            )
        yield from self.finish(step)

    def finish(self, step: int) -> Iterator[Event]:
        """Use the test part, once, and give the results and what was trained."""
        tested: dict[str, float] = {}
        scored: list[torch.Tensor] = []
        epochs = -(-step // self.batches.count)
        if len(self.data.test.labels) and self.spec.test == "at_end":
            part = self.task.part(self.data.test)
            try:
                tested = self.evaluation.test(part, scored, self.checkpoint_now)
            except Interrupted:
                yield self.checkpoint(step, epochs, 0)
                scored = []
                tested = self.evaluation.test(part, scored)
        yield self.results(step, **tested)
        if scored:
            yield from examine(self.spec, self.task, scored, tested, step, epochs)
        yield self.checkpoint(step, epochs, 0)
