"""Activations and layers, one class in one file; each is a kind in a network's list of layers."""

from typing import TYPE_CHECKING

from dlcore.layers.layer import Layer, Shape
from dlcore.part import any_of

if TYPE_CHECKING:
    AnyLayer = Layer
else:
    AnyLayer = any_of("dlcore.layers", Layer)

__all__ = ["AnyLayer", "Layer", "Shape"]
