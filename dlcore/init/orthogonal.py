"""Orthogonal initialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import number
from dlcore.init.initialiser import Initialiser

if TYPE_CHECKING:
    import torch


class Orthogonal(Initialiser):
    """A random rotation, as far as the shape allows: signals and gradients keep their length through many layers.

        QR of a matrix of N(0, 1), columns of Q turned by the signs of R's diagonal; w = gain · Q or Qᵀ

    A filter counts as one row of in · F · F numbers. Rows are orthonormal where a layer narrows (WWᵀ = gain² I), columns
    where it widens (WᵀW = gain² I). A gain of √2 makes up for ReLU.
    Source: Saxe, McClelland & Ganguli, 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks".
    """

    kind: Literal["orthogonal"] = "orthogonal"
    gain: float = number(1.0, above=0.0, high=10.0, help="Times this; 1 for linear layers and tanh, 1.414 for ReLU.")

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """``torch.nn.init.orthogonal_``."""
        import torch

        made = torch.empty_like(weight, memory_format=torch.contiguous_format)  # a view of a weight may not be
        weight.copy_(torch.nn.init.orthogonal_(made, self.gain, generator))
