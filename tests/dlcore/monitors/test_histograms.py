"""Histograms against NumPy's, where they are taken, when, and that a run that goes on has the same."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from dlcore.errors import Diverged
from dlcore.events import Checkpoint, Event, Histogram
from dlcore.monitors.histograms import (
    BINS,
    MOST_VALUES,
    HistogramMonitor,
    HistogramSteps,
    evenly,
    histogram,
    watched_layers,
)
from dlcore.train import train
from dlcore.validation import parse_spec
from tests.dlcore.training import curves_of

SPEC: dict[str, Any] = {
    "data": {"kind": "digits"},
    "network": {"kind": "mlp", "hidden": [16]},
    "epochs": 3,
    "batch_size": 100,
}
KEYS = [
    *("activations/relu1", "activations/fc2"),
    *("gradients/fc1.weight", "gradients/fc2.weight", "weights/fc1.weight", "weights/fc2.weight"),
]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def parts(values: torch.Tensor) -> tuple[float, float, int, list[int]]:
    low, high, nonfinite, *counts = histogram(values).tolist()
    return low, high, int(nonfinite), [int(count) for count in counts]


def taken(events: Sequence[Event]) -> dict[tuple[str, int], tuple[Any, ...]]:
    """(key, step) -> everything else; one that came twice is an error."""
    found: dict[tuple[str, int], tuple[Any, ...]] = {}
    for event in events:
        if isinstance(event, Histogram):
            assert (event.key, event.step) not in found
            rest = (event.epoch, event.low, event.high, event.nonfinite, event.counts.tolist())
            found[event.key, event.step] = rest
    return found


def run(**changes: Any) -> Iterator[Event]:
    return train(parse_spec({**SPEC, **changes}))


@pytest.mark.parametrize("shape", [(7,), (30, 40), (3, 4, 5, 6)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_histogram_is_numpys(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    values = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(dtype)
    counts, edges = np.histogram(values.double().numpy(), BINS)
    assert parts(values) == (edges[0], edges[-1], 0, counts.tolist())


@pytest.mark.parametrize("value", [0.0, 0.3, -0.5])
def test_a_constant_is_in_the_middle_of_a_range_of_1_like_numpys(value: float) -> None:
    counts, edges = np.histogram(np.full(10, value), BINS)
    assert parts(torch.full((10,), value, dtype=torch.float64)) == (edges[0], edges[-1], 0, counts.tolist())


@pytest.mark.parametrize("value", [1e30, -1e30, 3e38])
def test_a_huge_constant_has_a_range_about_it(value: float) -> None:
    low, high, _, counts = parts(torch.full((10,), value))
    assert low < value < high
    assert (sum(counts), max(counts)) == (10, 10)


def test_what_is_not_finite_is_counted_apart() -> None:
    values = torch.tensor([0.0, 1.0, torch.nan, torch.inf, -torch.inf, 0.25])
    low, high, nonfinite, counts = parts(values)
    assert (low, high, nonfinite, sum(counts)) == (0, 1, 3, 3)
    assert (counts[0], counts[16], counts[63]) == (1, 1, 1)


def test_nothing_finite_is_an_empty_histogram() -> None:
    low, high, nonfinite, counts = parts(torch.full((4,), torch.nan))
    assert (math.isfinite(low), math.isfinite(high), nonfinite, sum(counts)) == (True, True, 4, 0)


def test_of_a_large_tensor_values_from_everywhere_are_counted() -> None:
    rows = torch.arange(1024.0).repeat_interleave(1024).reshape(1024, 1024)
    for values in (rows, rows.T):
        some = evenly(values.reshape(-1))
        assert 0.9 * MOST_VALUES < len(some) <= MOST_VALUES
        assert len(some.unique()) == 1024
    counts = np.array(parts(rows)[3])
    assert counts.min() > 0.95 * counts.mean()
    assert counts.max() < 1.05 * counts.mean()


def test_activations_gradients_and_weights_are_those_of_the_step() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2))
    monitor, inputs = HistogramMonitor(model), torch.randn(8, 4)
    with monitor.around_forward():
        outputs = model(inputs)
    outputs.square().sum().backward()
    monitor.before_step()
    keys, rows = monitor.take()
    expected = {
        "activations/1": model[1](model[0](inputs)),
        "activations/2": outputs,
        "gradients/0.weight": model[0].weight.grad,
        "weights/0.weight": model[0].weight,
        "gradients/2.weight": model[2].weight.grad,
        "weights/2.weight": model[2].weight,
    }
    assert keys == list(expected)
    for key, row in zip(keys, rows, strict=True):
        assert row.tolist() == histogram(expected[key]).tolist(), key
    assert monitor.take()[0] == []


def test_a_layers_output_is_watched_behind_its_activation() -> None:
    conv, norm, relu = torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.ReLU()
    bare, last = torch.nn.Conv2d(2, 2, 1), torch.nn.Linear(2, 2)
    model = torch.nn.Sequential(conv, norm, relu, bare, torch.nn.Conv2d(2, 2, 1), torch.nn.GELU(), last)
    assert list(watched_layers(model).values()) == [relu, bare, model[5], last]


def test_a_layer_without_an_activation_behind_it_is_watched_itself() -> None:
    found = taken(list(run(network={"kind": "softmax"}, epochs=1)))
    assert {key for key, _ in found} == {"activations/fc1", "gradients/fc1.weight", "weights/fc1.weight"}


def test_they_come_at_the_first_step_and_with_the_last_full_batch_of_each_epoch() -> None:
    found = taken(list(run()))  # 1,439 examples: 14 full batches and a short one
    assert sorted({step for _, step in found}) == [1, 14, 29, 44]
    assert {key for key, _ in found} == set(KEYS)
    assert found["activations/relu1", 14][0] == pytest.approx(14 / 15)
    assert sum(found["activations/relu1", 14][-1]) == 100 * 16
    assert sum(found["weights/fc1.weight", 44][-1]) == 64 * 16


def test_they_come_at_their_cadence_or_not_at_all() -> None:
    assert {step for _, step in taken(list(run(monitor={"histograms_every_epochs": 2})))} == {1, 29}
    assert taken(list(run(monitor={"histograms_every_epochs": 0}))) == {}


def test_a_long_run_has_about_200_of_each() -> None:
    class TenBatches:
        size, count, labels = 10, 10, range(100)

    for epochs in (200, 201, 5000):
        spec = parse_spec({**SPEC, "epochs": epochs})
        steps = HistogramSteps.planned(spec, TenBatches())  # type: ignore[arg-type]
        assert 100 <= sum(steps.due(step) for step in range(1, 10 * epochs + 1)) <= 201


def test_measuring_them_changes_no_number() -> None:
    with_them, without = (curves_of(list(run(monitor={"histograms_every_epochs": n}))) for n in (1, 0))
    assert with_them == without


@pytest.mark.parametrize("network", [SPEC["network"], {"kind": "lenet5"}], ids=["mlp", "lenet5"])
def test_a_run_that_goes_on_has_the_same_histograms(monkeypatch: pytest.MonkeyPatch, network: dict[str, Any]) -> None:
    monkeypatch.setattr("dlcore.recorder.FLUSH_S", 0.0)
    spec = parse_spec({**SPEC, "network": network})
    whole = taken(list(train(spec)))
    for stop in (13, 14, 15, 30):
        before: list[Event] = []
        first = train(spec, checkpoint_now=lambda: True)
        for event in first:
            before.append(event)
            if isinstance(event, Checkpoint) and event.step == stop:
                break
        first.close()
        checkpoint = before[-1]
        assert isinstance(checkpoint, Checkpoint)
        assert taken([*before, *train(spec, resume=checkpoint)]) == whole


def test_what_diverges_is_told_by_its_histograms_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "dlcore.recorder.FLUSH_S", 1e9
    )  # a loss that is not finite is seen at a flush: not before the epoch's end
    said: list[Event] = []
    with pytest.raises(Diverged):
        said.extend(run(network={"kind": "mlp", "hidden": [64] * 8}, optimizer={"kind": "sgd", "lr": 10.0}))
    _, low, high, nonfinite, counts = taken(said)["weights/fc1.weight", 14]
    assert 0 < nonfinite < 64 * 64
    assert nonfinite + sum(counts) == 64 * 64
    assert math.isfinite(high - low)
