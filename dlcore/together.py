"""One trial in several processes: each computes the gradients of its share of a batch, and all take the same step.

Gradients and losses are summed over the processes, weighted by the examples of each share, so that a step is that of one
process with the whole batch, but for the order of the sums. Every process holds all weights and makes every step; what is
said, measured and kept is said, measured and kept by the first. The others leave nothing behind: a checkpoint is as small
as that of one process, and is gone on from by any number of them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import distributed, nn

from dlcore.asking import Asked
from dlcore.batches import Batches
from dlcore.data.prepare import Parts
from dlcore.events import Checkpoint, Event
from dlcore.ranks import Ranks
from dlcore.spec import Spec
from dlcore.train import Batch, Loop
from dlcore.transfer import Weights


class Shares(Batches):
    """The share that process ``rank`` of ``count`` has of each batch.

    What is drawn at random for it, in augmentation and dropout, follows from the seed, the place of the batch and the
    rank alone. So it differs from what one process draws, and a checkpoint needs to know nothing of it.
    """

    def __init__(self, whole: Batches, rank: int, count: int) -> None:
        vars(self).update(vars(whole))
        self.rank, self.processes = rank, count

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """As of ``Batches``, but for the other shares. All take the whole of a last batch that is too small to share out."""
        for number, (inputs, labels) in enumerate(super().epoch(epoch, start), start):
            torch.manual_seed(stream(self.seed, epoch, number, self.rank))
            shared = len(labels) >= self.processes
            yield (
                (inputs[self.rank :: self.processes], labels[self.rank :: self.processes])
                if shared
                else (inputs, labels)
            )


def stream(seed: int, epoch: int, number: int, rank: int) -> int:
    """The seed of what a process draws for a batch."""
    return int(np.random.SeedSequence([seed, 5, epoch, number, rank]).generate_state(1, np.uint64)[0] >> np.uint64(1))


class Member(Loop):
    """The loop of one process among several."""

    def __init__(
        self,
        spec: Spec,
        seed: int,
        weights: Weights | None,
        resume: Checkpoint | None,
        data: Parts | None,
        rank: int,
    ) -> None:
        super().__init__(spec, seed, weights, resume, data)
        self.batches = Shares(self.batches, rank, spec.processes)
        self.recorder.shares = spec.processes

    def backward(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """The loss of the whole batch, and its gradients."""
        own, examples = super().backward(network, batch), len(batch[1])
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        pieces = [*(gradient.reshape(-1) for gradient in gradients), own.detach().reshape(1)]
        flat = torch.cat([*pieces, torch.ones(1, device=self.device)]).mul_(examples)
        distributed.all_reduce(flat)
        flat /= flat[-1].clone()
        *summed, loss, _ = flat.split([*(len(piece) for piece in pieces), 1])
        for gradient, values in zip(gradients, summed, strict=True):
            gradient.copy_(values.view_as(gradient))
        return loss[0]


class Follower(Member):
    """The loop of any process but the first: it says nothing."""

    def flush(self, step: int, epoch: float) -> Iterator[Event]:
        """Forget what was recorded; that the loss is no longer finite, the first process finds as well."""
        for _ in self.recorder.flush(step, epoch):
            pass
        return iter(())

    def finish(self, step: int) -> Iterator[Event]:
        """Leave the test part to the first."""
        return iter(())


def together(
    spec: Spec,
    seed: int,
    weights: Weights | None,
    resume: Checkpoint | None,
    data: Parts,
    checkpoint_now: Asked,
    end_now: Asked,
    scratch: Path | None = None,
) -> Generator[Event, None, None]:
    """Train in ``spec.processes`` processes, of which this is the first. Raises ProcessLost, and what ``train`` does.

    Only the first is asked anything: the others wait for its next step, and are ended with it.
    """
    with Ranks(spec, seed, weights, resume, scratch) as ranks:
        try:
            ranks.meet()
            loop = Member(spec, seed, weights, resume, data, 0)
            loop.checkpoint_now, loop.end_now = checkpoint_now, end_now
            yield from loop.events()
        except RuntimeError as error:
            lost = ranks.lost()
            if lost is None:
                raise
            raise lost from error
