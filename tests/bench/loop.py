"""The loop with all default monitors beside the same bare PyTorch loop, in turns of a few steps, on one thread."""

import time
from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch

from dlcore.batches import Batches
from dlcore.data.prepare import prepare
from dlcore.events import Event, Progress, Scalars
from dlcore.initialise import initialise
from dlcore.spec import Spec
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.bench.table import Table

ROUNDS = 5
SPEC = {
    "data": {"kind": "fashion_mnist", "split": {"validation": 0, "test": None}},
    "network": {"kind": "mlp", "hidden": [256, 256]},
    "optimizer": {"kind": "momentum", "lr": 0.01},
    "epochs": 2,
    "monitor": {"pictures_every_epochs": 0},
}


def measure() -> Table:
    """Both loops are alive at once and take turns of about 100 ms, so that what else the machine does strikes both."""
    spec = parse_spec(SPEC)
    turns = np.concatenate([in_turns(spec) for _ in range(ROUNDS + 1)][1:])
    table = Table("Training: MLP 784-256-256-10, batch 64, default monitors (every 25 steps)", "µs per step")
    table.add("bare PyTorch loop", turns[:, 0])
    table.add("Descent's loop", turns[:, 1], "flushes to the host included")
    table.add("ratio", turns[:, 1] / turns[:, 0], f"of neighbouring turns; of the sums {ratio_of_sums(turns):.4g}")
    return table


def ratio_of_sums(turns: np.ndarray) -> float:
    """Ours by the bare one's, over all turns."""
    return float(turns[:, 1].sum() / turns[:, 0].sum())


def in_turns(spec: Spec) -> np.ndarray:
    """Microseconds per step of (the bare loop, ours), a row for each turn; turns with an evaluation are left out."""
    plain, ours, rows = bare(spec), train(spec), []
    steps = 1
    while steps:
        start = time.perf_counter()
        steps, evaluated = until_flush(ours)
        between = time.perf_counter()
        if not steps or sum(1 for _ in islice(plain, steps)) < steps:
            break
        end = time.perf_counter()
        if not evaluated and steps > 20:
            rows.append((1e6 * (end - between) / steps, 1e6 * (between - start) / steps))
    return np.array(rows)


def until_flush(events: Iterator[Event]) -> tuple[int, bool]:
    """Go on until a flush is over: steps whose loss came to the host, and whether there was an evaluation among them."""
    steps, evaluated = 0, False
    for event in events:
        if isinstance(event, Scalars) and event.key == "train/loss":
            steps = len(event.steps)
        elif isinstance(event, Scalars) and event.key == "train/accuracy":
            evaluated = True
        elif isinstance(event, Progress):
            break
    return steps, evaluated


def bare(spec: Spec) -> Iterator[None]:
    """A plain loop over the same batches, no monitor, no loss kept; gives way after each step."""
    training = prepare(spec.data, spec.seed).training
    torch.manual_seed(spec.seed)
    model = spec.network.build(spec.data.input_shape, spec.data.classes)
    initialise(model, spec.initialisation, spec.seed)
    optimizer = spec.optimizer.build(model.parameters())
    criterion = spec.loss.build()
    batches = Batches(training, spec.batch_size, spec.seed, torch.device("cpu"))
    for epoch in range(spec.epochs):
        for inputs, labels in batches.epoch(epoch):
            loss = criterion(model(inputs), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            yield
