"""What networks for pictures ask of their input."""

from dlcore.errors import SpecError
from dlcore.layers.fitting import written
from dlcore.layers.layer import Shape

SMALL = 64
"""Below so many pixels, the first layers of a network for ImageNet would leave nothing to look at."""


def shorter_side(shape: Shape, network: str, at_least: int = 1) -> int:
    """The smaller of height and width; raises SpecError when ``shape`` is no picture, or a smaller one than is needed."""
    if len(shape) != 3:
        given = "rows of numbers" if len(shape) == 1 else f"examples of the shape {written(shape)}"
        raise SpecError("network", f"{network} needs pictures, but this data set has {given}. Take an MLP.")
    side = min(shape[1:])
    if side < at_least:
        raise SpecError(
            "network",
            f"{network} needs pictures of at least {at_least} × {at_least} pixels, but these are {shape[1]} × {shape[2]}.",
        )
    return side
