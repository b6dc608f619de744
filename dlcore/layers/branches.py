"""Layers made of layers: paths side by side, joined into one. Their arithmetic is that of what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dlcore.layers.fitting import flat_size
from dlcore.layers.joins import Join
from dlcore.layers.layer import Layer, Shape

if TYPE_CHECKING:
    from torch import nn


class Totals(NamedTuple):
    """What layers come to. numbers: what all of them put out for one example, which training keeps.

    whole_batch: whether what one of them makes of an example depends on the others of its batch.
    """

    shape: Shape
    parameters: int
    multiply_adds: int
    numbers: int
    whole_batch: bool = False


class Composite(Layer):
    """A layer made of layers."""

    def totals(self, shape: Shape) -> Totals:
        """What its layers come to, for an input of ``shape``."""
        raise TypeError(f"{type(self).__name__} does not say what it comes to")

    def output_shape(self, shape: Shape) -> Shape:
        """What comes out of the last of its layers."""
        return totals_of(self, shape).shape

    def parameters(self, shape: Shape) -> int:
        """Those of all its layers."""
        return totals_of(self, shape).parameters

    def multiply_adds(self, shape: Shape) -> int:
        """Those of all its layers."""
        return totals_of(self, shape).multiply_adds


@dataclass(frozen=True, slots=True)
class Plan:
    """Paths, each a list of layers, and how they are joined; a path without layers hands on what it gets."""

    paths: Mapping[str, Sequence[Layer]]
    join: Join
    before: Sequence[Layer] = ()
    after: Sequence[Layer] = ()


class Branches(Composite):
    """A layer whose subclasses say its plan; everything else follows."""

    def plan(self, shape: Shape) -> Plan:
        """Its paths, and how they are joined, for an input of ``shape``."""
        raise TypeError(f"{type(self).__name__} does not say what it is made of")

    def totals(self, shape: Shape) -> Totals:
        """What comes before the paths, the paths, their joined output, and what comes after."""
        plan = self.plan(shape)
        before = through(plan.before, shape)
        paths = [through(path, before.shape) for path in plan.paths.values()]
        joined = plan.join.output_shape([path.shape for path in paths])
        runs = [before, *paths, through(plan.after, joined)]
        return Totals(
            runs[-1].shape,
            sum(run.parameters for run in runs),
            sum(run.multiply_adds for run in runs),
            sum(run.numbers for run in runs) + flat_size(joined),
            any(run.whole_batch for run in runs),
        )

    def build(self, shape: Shape) -> nn.Module:
        """A module with the paths as its children, by their names."""
        from dlcore.modules.branches import BranchesModule
        from dlcore.networks.sequence import sequential

        plan = self.plan(shape)
        before, shape = sequential(plan.before, shape), through(plan.before, shape).shape
        paths = {name: sequential(path, shape) for name, path in plan.paths.items()}
        joined = plan.join.output_shape([through(path, shape).shape for path in plan.paths.values()])
        return BranchesModule(before, paths, plan.join.build(), sequential(plan.after, joined))


def through(layers: Sequence[Layer], shape: Shape) -> Totals:
    """What ``layers`` one after another come to, for an input of ``shape``."""
    parameters = multiply_adds = numbers = 0
    whole_batch = False
    for layer in layers:
        if isinstance(layer, Composite):
            shape, more, work, kept, mixes = totals_of(layer, shape)
        else:
            out = layer.output_shape(shape)  # first, since this is what says that a layer does not fit
            more, work, kept = layer.parameters(shape), layer.multiply_adds(shape), flat_size(out)
            shape, mixes = out, layer.whole_batch
        parameters, multiply_adds, numbers = parameters + more, multiply_adds + work, numbers + kept
        whole_batch |= mixes
    return Totals(shape, parameters, multiply_adds, numbers, whole_batch)


@lru_cache(maxsize=1024)  # a deep network repeats a few blocks, and its table asks each for several numbers
def totals_of(layer: Composite, shape: Shape) -> Totals:
    """``layer.totals(shape)``, kept."""
    return layer.totals(shape)
