"""Sizes that come out of sliding a window, and the errors when it does not fit."""

from dlcore.errors import SpecError
from dlcore.layers.layer import Shape


def picture_shape(shape: Shape, layer: str) -> tuple[int, int, int]:
    """(channels, height, width); raises SpecError when ``shape`` is no picture."""
    if len(shape) != 3:
        raise SpecError("", f"A {layer} layer needs pictures, but what reaches it has the shape {written(shape)}.")
    return shape[0], shape[1], shape[2]


def slide(length: int, size: int, stride: int, padding: int, layer: str) -> int:
    """⌊(W − F + 2P)/S⌋ + 1; raises SpecError when the window is larger than what it slides over."""
    if size > length + 2 * padding:
        raise SpecError(
            "",
            f"A {layer} window of {size} does not fit on {length} pixels with a padding of {padding}. Make it smaller.",
        )
    return (length - size + 2 * padding) // stride + 1


def flat_size(shape: Shape) -> int:
    """How many numbers an example of ``shape`` has."""
    size = 1
    for length in shape:
        size *= length
    return size


def written(shape: Shape) -> str:
    """A shape for people: 6 × 14 × 14."""
    return " × ".join(str(length) for length in shape)
