"""Gradient descent with momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcore.fields import choice, fraction, number
from dlcore.optim.optimizer import Optimizer

if TYPE_CHECKING:
    import torch
    from torch.optim.optimizer import ParamsT


class Momentum(Optimizer):
    """A ball that rolls downhill: steps add up along a valley and cancel across it. The usual choice for image networks.

        v = ρ · v + g                   averaged: v = ρ · v + (1 − ρ) · g
        w = w − lr · v

    v starts at 0. The averaged form takes steps 1 − ρ times as long: ρ = 0.9 with lr 0.1 is the plain form with lr 0.01.
    With a ramp, ρ rises in a straight line, classically from 0.5 to 0.99 over the first epochs:

        ρ(e) = ramp_start + (momentum − ramp_start) · min(e / ramp_epochs, 1)       e in epochs, fractions of an epoch count

    Source: Polyak, 1964, "Some methods of speeding up the convergence of iteration methods"; the ramp: Sutskever et al., 2013,
    "On the importance of initialization and momentum in deep learning".
    """

    state_copies = 1

    kind: Literal["momentum"] = "momentum"
    momentum: float = fraction(0.9, title="Momentum ρ", help="Share of the velocity that is kept from step to step.")
    averaged: bool = choice(False, help="Velocity is an average of gradients, so steps are 1 − ρ times as long.")
    ramp_epochs: float = number(
        0.0, low=0.0, high=100_000.0, title="Ramp", help="Epochs in which momentum rises to its value; 0 is no ramp."
    )
    ramp_start: float = number(0.5, above=0.0, below=1.0, title="Ramp from", help="Momentum where the ramp begins.")

    def build(self, params: ParamsT) -> torch.optim.Optimizer:
        """``torch.optim.SGD`` with momentum and no dampening; torch's dampening spares the first step, so averaging is our own."""
        import torch

        from dlcore.updates.averaged_momentum import AveragedMomentum

        start = self.settings(0.0, 1).get("momentum", self.momentum)
        if self.averaged:
            return AveragedMomentum(params, lr=self.lr, momentum=start)
        return torch.optim.SGD(params, lr=self.lr, momentum=start, fused=True)

    def settings(self, epoch: float, epochs: int) -> dict[str, float]:
        """The momentum of now, where there is a ramp."""
        if self.ramp_epochs == 0:
            return {}
        done = min(epoch / self.ramp_epochs, 1.0)
        return {"momentum": self.ramp_start + (self.momentum - self.ramp_start) * done}
