"""The loop with its monitors beside a bare PyTorch loop, in turns, in process CPU time; each round has a process of its own."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch

from dlcore.data.prepare import prepare
from dlcore.evaluation import Evaluation
from dlcore.events import Event, Progress, Scalars
from dlcore.initialise import initialise
from dlcore.spec import Spec
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.bench.table import Table

ROUNDS = 7  # of fresh processes: where memory happens to lie makes a loop faster or slower for all its life
PAIRS, STEPS = 9, 50  # in a round: one pair is worth 4% either way, the median of sixty half a percent
EPOCHS = 3  # in a round
WARM_UP = 2
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


class Case(NamedTuple):
    """What is trained; ``epoch`` examples make about a second, where whole epochs are measured."""

    name: str
    network: dict[str, Any]
    batch: int
    epoch: int


CASES = (
    Case("MLP 784-256-256-10, batch 128", {"kind": "mlp", "hidden": [256, 256]}, 128, 60_000),
    Case("LeNet-5, batch 64", {"kind": "lenet5"}, 64, 12_800),
    Case("small VGG (16, 16, 32, 32, fc 128), batch 64", {"kind": "convnet", "layers": SMALL_VGG}, 64, 6_400),
)

Turn = Callable[[int], tuple[int, float]]
"""At least so many steps -> (steps made, CPU seconds)."""


def measure() -> Table:
    """Each network on one thread and on two; a ratio above 1 would mean that ours takes fewer seconds."""
    table = Table("Training with all monitors at their default cadence beside a bare PyTorch loop", "steps per second")
    for case in CASES:
        for threads in THREADS:
            words = f"{case.name}, {threads} thread{'s' if threads > 1 else ''}"
            add(table, words, in_turns(spec_of(case, None), threads, PAIRS, STEPS))
        epoch = -(-case.epoch // case.batch)
        words = f"{case.name}, 1 thread, whole epochs with histograms and pictures"
        add(table, words, in_turns(spec_of(case, case.epoch), 1, EPOCHS, epoch))
    return table


def spec_of(case: Case, examples: int | None) -> Spec:
    """What both loops train."""
    return parse_spec({"data": {**DATA, "train_size": examples}, "network": case.network, "batch_size": case.batch,
                       "epochs": 100, "optimizer": {"kind": "momentum", "lr": 0.01}})  # fmt: skip


def add(table: Table, words: str, turns: np.ndarray) -> None:
    """Steps per second of both, and the ratio of each pair."""
    bare, ours = turns[:, 0], turns[:, 1]
    table.add(f"{words}: bare", 1 / bare)
    table.add(f"{words}: Descent", 1 / ours)
    table.add(f"{words}: ratio", bare / ours, f"{len(turns)} pairs; of the sums {bare.sum() / ours.sum():.4f}")


def in_turns(spec: Spec, threads: int, pairs: int, steps: int) -> np.ndarray:
    """CPU seconds per step of (the bare loop, ours), a row for each pair of turns, ``pairs`` in each round."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
        return np.concatenate([fresh.apply(one_round, (spec, threads, pairs, steps)) for _ in range(ROUNDS)])


def one_round(spec: Spec, threads: int, pairs: int, steps: int) -> np.ndarray:
    """Both take turns in one process, so that what else the machine does strikes both; who begins changes."""
    torch.set_num_threads(threads)
    bare, ours = bare_turn(spec), our_turn(spec)
    made, _ = ours(steps)
    rows = []
    for pair in range(pairs + WARM_UP):
        if pair % 2:
            _, theirs = bare(made)
            made_now, mine = ours(steps)
            rows.append((theirs / made, mine / made_now))
        else:
            made, mine = ours(steps)
            _, theirs = bare(made)
            rows.append((theirs / made, mine / made))
    return np.array(rows[WARM_UP:])


def bare_turn(spec: Spec) -> Turn:
    """The bare loop's."""
    loop = bare(spec)

    def turn(steps: int) -> tuple[int, float]:
        start = time.process_time()
        return sum(1 for _ in islice(loop, steps)), time.process_time() - start

    return turn


def our_turn(spec: Spec) -> Turn:
    """``train``'s; evaluations, which the bare loop does not make, are left out of the time."""
    events, evaluating = train(spec), [0.0]
    evaluate = Evaluation.evaluate

    def timed(self: Evaluation, *how: Any) -> None:
        start = time.process_time()
        evaluate(self, *how)
        evaluating[0] += time.process_time() - start

    Evaluation.evaluate = timed  # type: ignore[method-assign]

    def turn(steps: int) -> tuple[int, float]:
        evaluating[0], made, start = 0.0, 0, time.process_time()
        while made < steps:
            made += until_flush(events)
        return made, time.process_time() - start - evaluating[0]

    return turn


def until_flush(events: Iterator[Event]) -> int:
    """Steps until the next flush is over."""
    steps = 0
    for event in events:
        if isinstance(event, Scalars) and event.key == "train/loss":
            steps = len(event.steps)
        elif isinstance(event, Progress):
            break
    return steps


def bare(spec: Spec) -> Iterator[None]:
    """What one would write with PyTorch alone: no monitor, no loss kept; gives way after each step."""
    training = prepare(spec.data, spec.seed).training
    inputs, labels = torch.from_numpy(training.inputs), torch.from_numpy(training.labels)
    torch.manual_seed(spec.seed)
    model = spec.network.build(spec.data.network_shape, spec.data.outputs)
    initialise(model, spec.initialisation, spec.seed)
    optimizer = spec.optimizer.build(model.parameters())
    criterion = spec.loss.build()
    for _ in range(spec.epochs):
        for chosen in torch.randperm(len(labels)).split(spec.batch_size):
            loss = criterion(model(inputs[chosen]), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            yield
