"""What a regulariser declares: what it does to gradients and weights around each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dlcore.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch


class Regulariser(Part):
    """A cost on the weights, a limit to them, or a limit to the gradients.

    Several are applied in the order of their list: an L2 before a clipping is clipped with the rest, after it is not.
    ``weights`` are those that are regularised (never biases, nor batch normalisation's scale and shift), ``parameters``
    all that are trained. Everything happens in place and on the device; nothing may wait for a value on the host.
    """

    family = "regularisation"

    moves_weights: ClassVar[bool] = False
    """Whether ``before_step`` changes weights, not only gradients: then it runs once per step, however often an optimizer
    such as L-BFGS evaluates the loss within it."""

    def before_step(
        self, weights: Sequence[torch.nn.Parameter], parameters: Sequence[torch.nn.Parameter], lr: float
    ) -> None:
        """Change gradients, or weights, after the backward pass; ``lr`` is the learning rate of the step to come."""

    def after_step(self, weights: Sequence[torch.nn.Parameter]) -> None:
        """Change the weights that the optimizer's step has left."""

    def penalty(self, weights: Sequence[torch.nn.Parameter]) -> torch.Tensor:
        """The cost itself, a scalar tensor; zero where there is none."""
        return total([weight.new_zeros(()) for weight in weights])


def trained(weights: Sequence[torch.nn.Parameter]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """(values, gradients) of the weights that took part in the backward pass."""
    pairs = [(weight.detach(), weight.grad) for weight in weights if weight.grad is not None]
    return [value for value, _ in pairs], [gradient for _, gradient in pairs]


def total(terms: Sequence[torch.Tensor]) -> torch.Tensor:
    """The sum of scalars, zero of none."""
    import torch

    return torch.stack(list(terms)).sum() if terms else torch.zeros(())
