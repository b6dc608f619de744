"""A residual sum around any layers."""

from dlcore.layers.branches import Branches, Plan
from dlcore.layers.joins import Sum
from dlcore.layers.layer import Layer, Shape
from dlcore.layers.relu import ReLU


class ResidualPaths(Branches):
    """scale · F(x) + x, and perhaps a ReLU: what Inception-ResNet is built of. Networks say what F is."""

    label = "Inception-residual block"
    stem = "block"

    main: tuple[Layer, ...]
    scale: float
    activation: bool = True

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """It is no kind that a person chooses."""
        return ("",)

    def plan(self, shape: Shape) -> Plan:
        """F and the identity, added."""
        return Plan({"main": self.main, "shortcut": []}, Sum(self.scale), after=[ReLU()] if self.activation else [])
