"""x times its sigmoid."""

from scipy.special import expit

from dlcore.layers.silu import SiLU
from tests.dlcore.layers.reference.windows import Array


def forward(layer: SiLU, x: Array, weights: dict[str, Array]) -> Array:
    return x * expit(x)
