"""Sparse initialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import count, number
from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class Sparse(Initialiser):
    """Each unit listens to a few inputs chosen at random, with weights from a small normal; its other weights are 0.

        w = deviation · N(0, 1) on ``links`` incoming weights of each unit, 0 elsewhere

    The signal's size does not depend on n_in; it is kept where deviation = 1/√links. Martens has 15 links of deviation 1.
    Source: Martens, 2010, "Deep learning via Hessian-free optimization", section 5.
    """

    kind: Literal["sparse"] = "sparse"
    links: int = count(10, high=10_000, scale="log", help="Incoming weights of a unit that are not 0.")
    deviation: float = number(
        0.01,
        low=0.0,
        high=10.0,
        scale="log",
        help="Standard deviation of the links; 0.3 suits 10 links in deep networks.",
    )

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """Other inputs for each unit, drawn without replacement."""
        import torch

        units, inputs = weight.shape[0], weight[0].numel()
        links = min(self.links, inputs)
        chosen = torch.stack([torch.randperm(inputs, generator=generator)[:links] for _ in range(units)])
        values = weight.new_empty(units, links).normal_(0.0, self.deviation, generator=generator)
        weight.copy_(weight.new_zeros(units, inputs).scatter_(1, chosen, values).view(weight.shape))
