"""The multilayer perceptron."""

from typing import Annotated, Literal

from pydantic import Field

from dlcore.fields import choice, fraction
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.dropout import Dropout
from dlcore.layers.elu import ELU
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.gelu import GELU
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.leaky_relu import LeakyReLU
from dlcore.layers.prelu import PReLU
from dlcore.layers.relu import ReLU
from dlcore.layers.selu import SELU
from dlcore.layers.sigmoid import Sigmoid
from dlcore.layers.silu import SiLU
from dlcore.layers.softplus import Softplus
from dlcore.layers.tanh import Tanh
from dlcore.networks.network import Network

ACTIVATIONS: dict[str, type[Layer]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "elu": ELU,
    "selu": SELU,
    "softplus": Softplus,
    "gelu": GELU,
    "silu": SiLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
}
Activation = Literal["relu", "leaky_relu", "prelu", "elu", "selu", "softplus", "gelu", "silu", "tanh", "sigmoid"]


class MLP(Network):
    """Fully connected layers with an activation between them.

    Shapes: any -> (classes,).
    Source: Rumelhart, Hinton & Williams, 1986, "Learning representations by back-propagating errors".
    """

    label = "MLP"

    kind: Literal["mlp"] = "mlp"
    hidden: tuple[Annotated[int, Field(ge=1, le=65_536)], ...] = Field(
        (100,), max_length=50, title="Hidden layers", description="Units of each hidden layer, with commas between."
    )
    activation: Activation = choice("relu", help="What follows each hidden layer.")
    batch_norm: bool = choice(False, title="Batch normalisation", help="Before each activation.")
    dropout: float = fraction(0.0, help="Share of hidden units dropped while training; 0 for none.")

    def layers_for(self, shape: Shape, classes: int) -> list[Layer]:
        """For each hidden layer: fully connected, (batch normalisation,) activation(, dropout)."""
        layers: list[Layer] = []
        for units in self.hidden:
            layers.append(FullyConnected(units=units))
            layers += [BatchNorm()] if self.batch_norm else []
            layers.append(ACTIVATIONS[self.activation]())
            layers += [Dropout(rate=self.dropout)] if self.dropout else []
        return [*layers, FullyConnected(units=classes)]
