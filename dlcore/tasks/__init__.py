"""What is learnt: how a batch becomes a loss, and what is measured; one task in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from dlcore.spec import Spec
    from dlcore.tasks.task import Task


def task_of(spec: Spec, device: torch.device) -> Task:
    """The task that a spec's data set is for."""
    from dlcore.tasks.classification import Classification
    from dlcore.tasks.multilabel import Multilabel
    from dlcore.tasks.regression import Regression

    kinds = {"classification": Classification, "regression": Regression, "multilabel": Multilabel}
    return kinds[spec.data.task](spec.loss, device, spec.precision)
