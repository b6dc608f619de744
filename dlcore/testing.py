"""Using the test part of a trial that has ended, on request. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from dlcore.asking import never
from dlcore.average import averaged
from dlcore.checkpoint import tensors
from dlcore.data.prepare import prepare
from dlcore.devices import choose_device, pin_randomness
from dlcore.errors import DatasetError
from dlcore.evaluation import tested, tests_best
from dlcore.events import Checkpoint, Event, Results
from dlcore.examine import examine
from dlcore.regularize.early_stopping import EarlyStopping
from dlcore.run import AVERAGE, BEST
from dlcore.spec import Spec
from dlcore.tasks import task_of

WEIGHTS = "model/"


def use_test_part(spec: Spec, seed: int, checkpoint: Checkpoint) -> Iterator[Event]:
    """Evaluate a checkpoint's weights on the test part: the Results are its metrics, then come Picture and Report.

    The best weights are taken where early stopping kept them, as at the end of a training. Raises TrainingError.
    """
    device = choose_device(spec.device)
    pin_randomness(seed)
    task = task_of(spec, device)
    data = task.fitted(prepare(spec.data, spec.seed))
    if not len(data.test.labels):
        raise DatasetError("There is no test part to use: the split leaves it without examples.")
    stopping = next((part for part in spec.regularisation if isinstance(part, EarlyStopping)), None)
    best = tensors(checkpoint.arrays, BEST, device) if tests_best(stopping) else {}
    model = spec.network.build(spec.data.network_shape, spec.data.outputs).to(device)
    average = averaged(model, spec.weight_average) if spec.weight_average is not None else None
    model.load_state_dict(best or tensors(checkpoint.arrays, WEIGHTS, device))
    if average is not None:
        average.load_state_dict(tensors(checkpoint.arrays, AVERAGE, device))
    scored: list[torch.Tensor] = []
    metrics = tested(task, model, average, task.part(data.test), scored, never)
    yield Results(metrics)
    yield from examine(spec, task, scored, metrics, checkpoint.step, checkpoint.epoch)
