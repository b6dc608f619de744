"""The highway layer."""

from typing import Literal

from dlcore.errors import SpecError
from dlcore.fields import choice, count, number
from dlcore.layers.branches import Branches, Plan
from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.joins import Gate
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.relu import ReLU
from dlcore.layers.sigmoid import Sigmoid
from dlcore.layers.tanh import Tanh

ACTIVATIONS: dict[str, type[Layer]] = {"relu": ReLU, "tanh": Tanh, "sigmoid": Sigmoid}

WIDEST = 4096


class Highway(Branches):
    """Lets its input pass, and learns where to change it: a gate mixes what is transformed with what is carried on.

        T = σ(W_T x + b_T + gate bias);   out = T · H(x) + (1 − T) · x,   H(x) = g(W_H x + b_H)

    The gate bias is negative, so that a deep stack begins by handing on what it gets. It is a constant beside b_T, which
    begins at 0 like every bias: the same as b_T beginning there.
    Shapes: as they come, (n,) or (D, H, W); on pictures W_H and W_T are convolutions that keep the size.
    Source: Srivastava, Greff & Schmidhuber, 2015, "Training very deep networks", equations 3 and 4.
    """

    label = "Highway layer"
    stem = "highway"

    kind: Literal["highway"] = "highway"
    activation: Literal["relu", "tanh", "sigmoid"] = choice("relu", help="g, what follows the transform.")
    gate_bias: float = number(-2.0, low=-20.0, high=20.0, title="Gate bias", help="−1 to −3: the deeper, the lower.")
    size: int = count(3, high=31, title="Filter size", help="Of the convolutions on pictures; rows need none.")

    def plan(self, shape: Shape) -> Plan:
        """Transform, gate and carry, mixed."""
        transform = [self._linear(shape), ACTIVATIONS[self.activation]()]
        return Plan({"transform": transform, "gate": [self._linear(shape)], "carry": []}, Gate(self.gate_bias))

    def _linear(self, shape: Shape) -> Layer:
        if shape[0] > WIDEST:
            raise SpecError(
                "", f"A highway layer is as wide as its input: at most {WIDEST:,}, and this has {shape[0]:,}."
            )
        if len(shape) == 1:
            return FullyConnected(units=shape[0])
        return Conv(filters=shape[0], size=self.size, same=True)
