"""The linear classifier."""

from typing import Literal

from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.layer import Layer, Shape
from dlcore.networks.network import Network


class SoftmaxNetwork(Network):
    """One linear layer from the inputs to the scores: softmax regression, or a linear SVM with the hinge loss.

    Shapes: any -> (classes,). Parameters: inputs × classes + classes.
    """

    label = "Softmax (linear)"

    kind: Literal["softmax"] = "softmax"

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """One fully connected layer."""
        return [FullyConnected(units=classes)]
