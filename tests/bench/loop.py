"""The loop with all default monitors against the same bare PyTorch loop, in turn, on one thread."""

import time

import numpy as np
import torch

from dlcore.batches import Batches
from dlcore.data.prepare import prepare
from dlcore.events import Event, Scalars
from dlcore.initialise import initialise
from dlcore.spec import Spec
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.bench.table import Table

STEPS_EPOCHS = 3
ROUNDS = 7
SPEC = {
    "data": {"kind": "fashion_mnist", "train_size": 20_000, "split": {"validation": 0, "test": None}},
    "network": {"kind": "mlp", "hidden": [256, 256]},
    "optimizer": {"kind": "momentum", "lr": 0.01},
    "epochs": STEPS_EPOCHS,
    "monitor": {"pictures_every_epochs": 0},
}


def bare(spec: Spec, parts: object) -> float:
    """Seconds of a plain loop over the same batches, no monitor, no loss kept."""
    torch.manual_seed(0)
    model = spec.network.build(spec.data.input_shape, spec.data.classes)
    initialise(model, spec.initialisation, 0)
    optimizer = spec.optimizer.build(model.parameters())
    criterion = spec.loss.build()
    batches = Batches(parts.training, spec.batch_size, 0, torch.device("cpu"))  # type: ignore[attr-defined]
    start = time.perf_counter()
    for epoch in range(spec.epochs):
        for inputs, labels in batches.epoch(epoch):
            loss = criterion(model(inputs), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    return time.perf_counter() - start


def monitored(spec: Spec) -> float:
    """Seconds from the first step's event to the last step's, evaluations left out on both sides."""
    seconds, started = 0.0, None
    events = train(spec)
    for event in events:
        if started is None and is_loss(event):
            started = time.perf_counter()
        if is_loss(event):
            seconds = time.perf_counter() - (started or 0)
    return seconds


def is_loss(event: Event) -> bool:
    """Whether steps were just taken."""
    return isinstance(event, Scalars) and event.key == "train/loss"


def measure() -> Table:
    """Interleaved rounds; the ratio is of neighbours."""
    spec = parse_spec(SPEC)
    parts = prepare(spec.data, spec.seed)
    plain, ours = [], []
    for _ in range(ROUNDS + 1):
        plain.append(bare(spec, parts))
        ours.append(monitored(spec))
    plain, ours = plain[1:], ours[1:]
    steps = STEPS_EPOCHS * -(-20_000 // spec.batch_size)
    table = Table("Training: MLP 784-256-256-10, batch 64, default monitors (every 25 steps)", "µs per step")
    table.add("bare PyTorch loop", [1e6 * s / steps for s in plain])
    table.add("Descent's loop", [1e6 * s / steps for s in ours], "with the evaluation after each epoch")
    ratios = [b / a for a, b in zip(plain, ours, strict=True)]
    table.add("ratio", ratios, "of neighbouring runs")
    assert np.isfinite(ratios).all()
    return table
