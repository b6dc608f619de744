"""From a list of declared layers to a torch module."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlcore.layers.layer import Layer, Shape
from dlcore.networks.naming import named

if TYPE_CHECKING:
    from torch import nn


def sequential(layers: Sequence[Layer], shape: Shape) -> nn.Sequential:
    """An ``nn.Sequential`` of the layers, named by their stems and numbers."""
    return sequential_of(named(layers), shape)


def sequential_of(layers: Sequence[tuple[str, Layer]], shape: Shape) -> nn.Sequential:
    """An ``nn.Sequential`` of the layers by name, each built for the shape that reaches it."""
    from torch import nn

    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for name, layer in layers:
        modules[name] = layer.build(shape)
        shape = layer.output_shape(shape)
    return nn.Sequential(modules)
