"""Batches of examples on a device. Imports torch: only the training loop imports this."""

from collections.abc import Iterator

import numpy as np
import torch

from dlcore.data.dataset import Examples


class Batches:
    """The training part in batches, in an order that the seed and the epoch alone decide, so that any of them can be found again."""

    def __init__(
        self, examples: Examples, size: int, seed: int, device: torch.device, *, channels_last: bool = False
    ) -> None:
        self.inputs, self.labels = on_device(examples, device)
        self.channels_last = channels_last and self.inputs.ndim == 4
        if self.channels_last:
            self.inputs = self.inputs.to(memory_format=torch.channels_last)
        self.size = min(size, len(self.labels))
        self.seed = seed
        self.count = -(-len(self.labels) // self.size)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The (inputs, labels) of an epoch's batches from number ``start`` on; the last one may be short."""
        order = torch.from_numpy(np.random.default_rng([self.seed, 4, epoch]).permutation(len(self.labels)))
        order = order.to(self.labels.device)
        for number in range(start, self.count):
            chosen = order[number * self.size : (number + 1) * self.size]
            yield self.chosen_inputs(chosen), self.labels.index_select(0, chosen)

    def chosen_inputs(self, chosen: torch.Tensor) -> torch.Tensor:
        """These examples, in the memory format of all. ``index_select`` takes half the time of indexing, but always gives rows."""
        if self.channels_last:
            return self.inputs.permute(0, 2, 3, 1).index_select(0, chosen).permute(0, 3, 1, 2)
        return self.inputs.index_select(0, chosen)


def on_device(examples: Examples, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and labels as tensors."""
    inputs = torch.from_numpy(np.ascontiguousarray(examples.inputs)).to(device)
    return inputs, torch.from_numpy(np.ascontiguousarray(examples.labels)).to(device)
