"""A network given as a list of layers."""

from typing import Literal

from pydantic import Field

from dlcore.layers import AnyLayer, Layer, Shape
from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.relu import ReLU
from dlcore.networks.network import Network


class ConvNet(Network):
    """Any list of layers, from the input on; the fully connected layer that makes the scores is added by itself.

    Shapes: what the first layer takes -> (classes,).
    """

    label = "List of layers (ConvNet)"

    kind: Literal["convnet", "layers"] = "convnet"
    layers: tuple[AnyLayer, ...] = Field(
        (
            Conv(filters=16, size=3, padding=1), ReLU(), MaxPool(),
            Conv(filters=32, size=3, padding=1), ReLU(), MaxPool(),
            FullyConnected(units=100), ReLU(),
        ),
        max_length=200,
        title="Layers",
        description="From the input on; the last one, to the scores, is added by itself.",
    )  # fmt: skip

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """The list, and the layer to the scores."""
        return [*self.layers, FullyConnected(units=classes)]
