"""The one training loop: a generator of events. ``for event in train(spec): ...``; closing it stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping

import torch
from torch import nn

from dlcore.average import averaged
from dlcore.batches import Batches
from dlcore.checkpoint import capture, restore, tensors
from dlcore.data.prepare import Parts, prepare
from dlcore.data.split import subset
from dlcore.devices import choose_device, pin_randomness
from dlcore.errors import Diverged, OutOfMemory, SpecError
from dlcore.evaluation import Evaluation
from dlcore.events import Checkpoint, Event, Results, Text
from dlcore.examine import examine
from dlcore.initialise import initialise
from dlcore.monitors.filters import first_layer_noise, first_layer_picture
from dlcore.monitors.histograms import HistogramSteps
from dlcore.monitors.monitors import Monitors
from dlcore.monitors.weights import trained_weights
from dlcore.preparing import prepared
from dlcore.recorder import Recorder
from dlcore.scores import Scores
from dlcore.spec import Spec
from dlcore.tasks import task_of
from dlcore.tasks.task import Part
from dlcore.transfer import Weights, freeze, groups, take_over

TRAINING_SAMPLE = 5_000  # training accuracy is measured on a fixed sample of at most so many examples
CHECKPOINT_EVERY_S = 10.0
BEST, AVERAGE = "best/", "average/"  # of a checkpoint's arrays


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
        yield from Run(spec, spec.seed if seed is None else seed, weights, resume, data).events(checkpoint_now)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory("the GPU" if isinstance(error, torch.cuda.OutOfMemoryError) else "this machine") from error
    except RuntimeError as error:
        if "not enough memory" in str(error) or "can't allocate memory" in str(error):
            raise OutOfMemory("this machine") from error
        raise


class Run:
    """What one run of a spec works with."""

    def __init__(
        self,
        spec: Spec,
        seed: int,
        weights: Weights | None = None,
        resume: Checkpoint | None = None,
        data: Parts | None = None,
    ) -> None:
        self.spec = spec
        self.seed = seed
        self.resume = resume
        self.device = choose_device(spec.device)
        pin_randomness(seed)
        self.task = task_of(spec, self.device)
        self.data = self.task.fitted(data or prepare(spec.data, spec.seed))
        self.batches = Batches(self.data.training, spec.batch_size, seed, self.device, channels_last=spec.channels_last)
        self.model = self.build_model(weights)
        self.network: nn.Module = torch.compile(self.model) if spec.compile else self.model  # type: ignore[assignment]
        self.weights = list(trained_weights(self.model).values())
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = spec.optimizer.build(groups(self.model, self.taken, spec.optimizer.lr, spec.start.body_lr))
        for group in self.optimizer.param_groups:
            group["base_lr"] = group["lr"]
        self.memory: Mapping[str, float] = {}  # of the schedule
        self.average = averaged(self.model, spec.weight_average) if spec.weight_average is not None else None
        self.monitors = Monitors(self.model, spec.monitor.every_steps, HistogramSteps.planned(spec, self.batches))
        self.recorder = Recorder(self.batches.count * spec.epochs, spec.epochs)
        self.evaluation = Evaluation(
            self.task, self.model, self.optimizer, self.average, self.recorder, spec.regularisation
        )
        self.evaluation.parts = self.evaluated_parts()
        self.started = time.perf_counter()
        self.last_checkpoint = time.monotonic()

    def build_model(self, weights: Weights | None) -> nn.Module:
        """The network: initialised, what fits of another trial's ``weights`` taken over, its first layers frozen."""
        spec = self.spec
        model = spec.network.build(spec.data.network_shape, spec.data.outputs)
        initialise(model, spec.initialisation, self.seed, next(self.batches.epoch(0))[0].cpu())
        self.taken = set(self.resume.details["taken"]) if self.resume else set()
        if weights is not None and self.resume is None:
            self.taken = take_over(model, weights, spec.start)
        self.frozen = freeze(model, spec.start.freeze)
        if not any(parameter.requires_grad for parameter in model.parameters()):
            raise SpecError("start.freeze", "All layers are frozen, so nothing is left to train. Freeze fewer.")
        if spec.channels_last:
            model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return model.to(self.device).train()

    def evaluated_parts(self) -> dict[str, Part]:
        """The validation and train-dev parts and a sample of the training part, on the device; empty ones are left out."""
        sample = (self.batches.inputs, self.batches.labels)
        labels = self.data.training.labels
        if len(labels) > TRAINING_SAMPLE:
            chosen = torch.from_numpy(subset(labels, TRAINING_SAMPLE, self.spec.seed)).to(self.device)
            sample = (sample[0][chosen], sample[1][chosen])
        parts = {
            "train": sample,
            "validation": self.task.part(self.data.validation),
            "train_dev": self.task.part(self.data.train_dev),
        }
        return {name: part for name, part in parts.items() if len(part[1])}

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
                with monitors.around_forward(step):  # which looks into the layers, where a compiled network has none
                    loss = self.task.loss(model if monitors.due(step) else self.network, batch)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                with monitors.around_step(step):
                    self.regularise(moving=True)
                    if spec.optimizer.needs_closure:
                        optimizer.step(self.closure(batch))
                    else:
                        optimizer.step()
                    for regulariser in spec.regularisation:
                        regulariser.after_step(self.weights)
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

    def closure(self, batch: tuple[torch.Tensor, torch.Tensor]) -> Callable[[], float]:
        """What evaluates the loss of the same batch again, for an optimizer that does so within a step."""

        def again() -> float:
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.task.loss(self.model, batch)
            loss.backward()
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

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put everything back as it was at a checkpoint."""
        restore(checkpoint, self.model, self.optimizer)
        self.evaluation.scores = Scores({key: dict(value) for key, value in checkpoint.details["scores"].items()})
        self.memory = checkpoint.details["schedule"]
        self.started -= checkpoint.details["elapsed_s"]
        self.evaluation.best = tensors(checkpoint.arrays, BEST, self.device)
        if self.average is not None:
            self.average.load_state_dict(tensors(checkpoint.arrays, AVERAGE, self.device))

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

    def checkpoint(self, step: int, epoch: int, batch: int) -> Checkpoint:
        """The state after ``step``; the next batch is number ``batch`` of ``epoch``."""
        self.last_checkpoint = time.monotonic()
        if batch == self.batches.count:
            epoch, batch = epoch + 1, 0
        details = {
            "scores": self.evaluation.scores.metrics,
            "schedule": dict(self.memory),
            "taken": sorted(self.taken),
            "elapsed_s": time.perf_counter() - self.started,
        }
        more = {f"{BEST}{name}": value for name, value in self.evaluation.best.items()}
        if self.average is not None:
            more |= {f"{AVERAGE}{name}": value for name, value in self.average.state_dict().items()}
        return capture(self.model, self.optimizer, step, epoch, batch, details, more)

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
