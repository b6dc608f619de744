"""What one run of a spec works with: data, network, optimizer, monitors; and its state as a checkpoint, and back."""

from __future__ import annotations

import time
from collections.abc import Mapping

import torch
from torch import nn

from dlcore.average import averaged
from dlcore.batches import Batches
from dlcore.checkpoint import capture, restore, tensors
from dlcore.data.prepare import Parts, prepare
from dlcore.data.split import subset
from dlcore.devices import choose_device, pin_randomness
from dlcore.errors import SpecError
from dlcore.evaluation import Evaluation
from dlcore.events import Checkpoint
from dlcore.initialise import initialise
from dlcore.monitors.histograms import HistogramSteps
from dlcore.monitors.monitors import Monitors
from dlcore.monitors.weights import trained_weights
from dlcore.recorder import Recorder
from dlcore.scores import Scores
from dlcore.spec import Spec
from dlcore.tasks import task_of
from dlcore.tasks.task import Part
from dlcore.transfer import Weights, freeze, groups, take_over

TRAINING_SAMPLE = 5_000  # training accuracy is measured on a fixed sample of at most so many examples
BEST, AVERAGE = "best/", "average/"  # of a checkpoint's arrays


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
        self.evaluation = Evaluation(self.task, self.model, self.optimizer, self.average, spec)
        self.evaluation.parts = self.evaluated_parts()
        self.started = time.perf_counter()
        self.last_checkpoint, self.checkpoint_took_s = time.monotonic(), 0.0

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

    def restore(self, checkpoint: Checkpoint) -> None:
        """Put everything back as it was at a checkpoint."""
        restore(checkpoint, self.model, self.optimizer)
        self.evaluation.scores = Scores({key: dict(value) for key, value in checkpoint.details["scores"].items()})
        self.memory = checkpoint.details["schedule"]
        self.started -= checkpoint.details["elapsed_s"]
        self.evaluation.best = tensors(checkpoint.arrays, BEST)
        self.recorder.last_rate = checkpoint.details.get("examples_per_second")  # older files have none
        if self.average is not None:
            self.average.load_state_dict(tensors(checkpoint.arrays, AVERAGE, self.device))

    def checkpoint(self, step: int, epoch: int, batch: int, evaluation_due: bool = False) -> Checkpoint:
        """The state after ``step``; the next batch is number ``batch`` of ``epoch``, or an evaluation comes first."""
        began = time.monotonic()
        details = {
            "scores": self.evaluation.scores.results(),  # a copy: training goes on while this is being written
            "best": self.evaluation.best_place(),
            "schedule": dict(self.memory),
            "taken": sorted(self.taken),
            "elapsed_s": time.perf_counter() - self.started,
            "examples_per_second": self.recorder.last_rate,
            "evaluation_due": evaluation_due,
        }
        more = {f"{BEST}{name}": value for name, value in self.evaluation.best.items()}
        if self.average is not None:
            more |= {f"{AVERAGE}{name}": value for name, value in self.average.state_dict().items()}
        made = capture(self.model, self.optimizer, step, epoch, batch, details, more)
        self.last_checkpoint = time.monotonic()
        self.checkpoint_took_s = self.last_checkpoint - began
        return made
