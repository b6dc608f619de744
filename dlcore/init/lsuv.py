"""Layer-sequential unit-variance initialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from dlcore.init.initialiser import Initialiser
from dlcore.init.orthogonal import Orthogonal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from torch import nn

TOLERANCE = 0.01
MOST_PASSES = 10


class LSUV(Initialiser):
    """Orthogonal weights, then each layer scaled until its output on a batch of training data has variance 1.

        for each layer, from the first: until |Var(out) − 1| < 0.01, w = w / √Var(out)

    Made by measuring, it suits every activation and depth. The variance is over the batch, the units and the positions.
    Measured as at evaluation: dropout is off, and batch normalisation passes its input on.
    Source: Mishkin & Matas, 2016, "All you need is a good init".
    """

    label = "LSUV"

    kind: Literal["lsuv"] = "lsuv"

    def fill(self, weight: torch.Tensor, fan_in: int, fan_out: int, generator: torch.Generator) -> None:
        """Orthogonal."""
        Orthogonal().fill(weight, fan_in, fan_out, generator)

    def calibrate(self, model: nn.Module, layers: Sequence[nn.Module], batch: torch.Tensor | None) -> None:
        """One forward pass, in which each layer is scaled before the next one sees its output."""
        if batch is None:
            raise ValueError("LSUV scales each layer to data: give it a batch of training inputs.")
        waiting = set(layers)

        def scale(layer: nn.Module, inputs: tuple[Any, ...], output: torch.Tensor) -> torch.Tensor | None:
            if layer not in waiting:  # used a second time: its weight stays as it was made for the first
                return None
            waiting.remove(layer)
            return scaled(layer, inputs, output)

        was_training = model.training
        model.eval()
        hooks = [layer.register_forward_hook(scale) for layer in layers]
        try:
            model(batch)
        finally:
            for hook in hooks:
                hook.remove()
            model.train(was_training)


def scaled(layer: nn.Module, inputs: tuple[Any, ...], output: torch.Tensor) -> torch.Tensor:
    """Divide the layer's weight until its output has variance 1; returns that output."""
    for _ in range(MOST_PASSES):
        deviation = output.std(correction=0).item()
        if not deviation > 0 or abs(deviation**2 - 1) < TOLERANCE:  # a dead layer cannot be scaled
            break
        layer.weight.div_(deviation)  # type: ignore[operator]
        output = layer.forward(*inputs)
    return output
