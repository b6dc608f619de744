"""What a layer declares: its shape arithmetic (plain Python) and its torch module.

The arithmetic lets the web show shapes, parameters and memory before anything runs, without torch; a test holds it
against the built module for every layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dlcore.part import Part

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[
    int, ...
]  # without the batch: (features,), (channels, length), (channels, height, width) or (channels, frames, height, width)


class Layer(Part):
    """One layer of a network."""

    family = "layer"
    stem: ClassVar[str] = ""
    """The beginning of its name in a network: ``conv`` makes conv1, conv2, ..."""

    whole_batch: ClassVar[bool] = False
    """Whether what it makes of an example depends on the others of its batch."""

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that comes out when ``shape`` goes in; raises ``SpecError`` when it does not fit."""
        return shape

    def parameters(self, shape: Shape) -> int:
        """How many learned numbers it has for an input of ``shape``."""
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        """How many multiply-adds with learned weights one example costs going forward."""
        return 0

    def build(self, shape: Shape) -> nn.Module:
        """The torch module for an input of ``shape``."""
        raise TypeError(f"{type(self).__name__} does not say how it is built")
