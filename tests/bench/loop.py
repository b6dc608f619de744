"""The loop with its monitors beside the same bare PyTorch loop, in turns of a few steps, in process CPU time."""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

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

PAIRS = 41
WARM_UP = 6
THREADS = (1, 2)
DATA = {"kind": "fashion_mnist", "split": {"validation": 0, "test": None}}
SMALL_VGG = [
    layer
    for filters in (16, 32)
    for layer in (
        {"kind": "conv", "filters": filters, "size": 3, "same": True}, {"kind": "relu"},
        {"kind": "conv", "filters": filters, "size": 3, "same": True}, {"kind": "relu"}, {"kind": "max_pool"},
    )
] + [{"kind": "fully_connected", "units": 128}, {"kind": "relu"}]  # fmt: skip
NETWORKS: dict[str, tuple[dict[str, Any], int]] = {
    "MLP 784-256-256-10, batch 128": ({"kind": "mlp", "hidden": [256, 256]}, 128),
    "LeNet-5, batch 64": ({"kind": "lenet5"}, 64),
    "small VGG (16, 16, 32, 32, fc 128), batch 64": ({"kind": "convnet", "layers": SMALL_VGG}, 64),
}


def measure() -> Table:
    """Each network on one thread and on two; a ratio above 1 would mean that ours takes fewer seconds."""
    table = Table("Training with the default monitors (every 25 steps) beside a bare PyTorch loop", "steps per second")
    for name, (network, batch) in NETWORKS.items():
        spec = parse_spec({"data": DATA, "network": network, "batch_size": batch, "epochs": 50,
                           "optimizer": {"kind": "momentum", "lr": 0.01}})  # fmt: skip
        for threads in THREADS:
            torch.set_num_threads(threads)
            turns = in_turns(spec)
            words = f"{name}, {threads} thread{'s' if threads > 1 else ''}"
            table.add(f"{words}: bare", 1 / turns[:, 0])
            table.add(f"{words}: Descent", 1 / turns[:, 1])
            sums = turns.sum(0)
            table.add(
                f"{words}: ratio", turns[:, 0] / turns[:, 1], f"median of pairs; of the sums {sums[0] / sums[1]:.4f}"
            )
    torch.set_num_threads(1)
    return table


def in_turns(spec: Spec) -> np.ndarray:
    """CPU seconds per step of (the bare loop, ours), a row for each pair of turns of about 100 ms.

    Both loops are alive at once, so that what else the machine does strikes both; who begins changes from turn to turn.
    """
    plain, ours, rows = bare(spec), train(spec), []
    steps, mine = turn(ours)
    while len(rows) < PAIRS + WARM_UP:
        if len(rows) % 2:
            theirs = plain_turn(plain, steps)
            steps_of_ours, mine = turn(ours)
        else:
            steps_of_ours, mine = turn(ours)
            theirs = plain_turn(plain, steps_of_ours)
            steps = steps_of_ours
        rows.append((theirs / steps, mine / steps_of_ours))
    ours.close()
    return np.array(rows[WARM_UP:])


def turn(events: Iterator[Event]) -> tuple[int, float]:
    """Go on until a flush is over: (steps whose loss came to the host, CPU seconds); a turn with an evaluation is passed over."""
    while True:
        start = time.process_time()
        steps, evaluated = until_flush(events)
        if not evaluated and steps:
            return steps, time.process_time() - start


def plain_turn(steps: Iterator[None], count: int) -> float:
    """CPU seconds of so many steps."""
    start = time.process_time()
    sum(1 for _ in islice(steps, count))
    return time.process_time() - start


def until_flush(events: Iterator[Event]) -> tuple[int, bool]:
    """Steps until the next flush, and whether there was an evaluation among them."""
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
    model = spec.network.build(spec.data.network_shape, spec.data.outputs)
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
