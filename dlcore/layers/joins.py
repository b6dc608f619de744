"""How the outputs of parallel paths become one: the shape that comes out, and the torch module that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dlcore.errors import SpecError
from dlcore.layers.fitting import written
from dlcore.layers.layer import Shape

if TYPE_CHECKING:
    from torch import nn


class Join(Protocol):
    """One way to join paths."""

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        """The shape of the whole, given each path's; raises ``SpecError`` when they do not fit."""

    def build(self) -> nn.Module:
        """A module that takes the list of the paths' outputs."""


@dataclass(frozen=True, slots=True)
class Sum:
    """scale · first + the others."""

    scale: float = 1.0

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        """That of each."""
        return agreed(shapes, "are added")

    def build(self) -> nn.Module:
        """Adds."""
        from dlcore.modules.branches import SumOf

        return SumOf(self.scale)


@dataclass(frozen=True, slots=True)
class Concatenation:
    """All channels, path after path."""

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        """The channels of all; the rest is that of each."""
        rest = agreed([shape[1:] for shape in shapes], "are laid beside each other")
        return (sum(shape[0] for shape in shapes), *rest)

    def build(self) -> nn.Module:
        """Concatenates."""
        from dlcore.modules.branches import ConcatenationOf

        return ConcatenationOf()


@dataclass(frozen=True, slots=True)
class Gate:
    """T · first + (1 − T) · third, where T = σ(second + bias)."""

    bias: float = 0.0

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        """That of each."""
        return agreed(shapes, "are mixed by a gate")

    def build(self) -> nn.Module:
        """Mixes."""
        from dlcore.modules.branches import GateOf

        return GateOf(self.bias)


def agreed(shapes: Sequence[Shape], why: str) -> Shape:
    """The shape that all paths have in common; raises ``SpecError`` when one differs."""
    for shape in shapes[1:]:
        if shape != shapes[0]:
            raise SpecError(
                "", f"Paths that {why} must have one size, but they have {written(shapes[0])} and {written(shape)}."
            )
    return shapes[0]
