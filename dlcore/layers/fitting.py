"""Sizes that come out of sliding a window, and the errors when it does not fit."""

from dlcore.errors import SpecError
from dlcore.layers.layer import Shape


def grid(shape: Shape, layer: str) -> Shape:
    """The lengths beside the channels: (L,), (H, W) or (T, H, W); raises SpecError when ``shape`` has none."""
    if not 2 <= len(shape) <= 4:
        raise no_pictures(shape, layer)
    return shape[1:]


def picture_shape(shape: Shape, layer: str) -> tuple[int, int, int]:
    """(channels, height, width); raises SpecError when ``shape`` is no picture."""
    if len(shape) != 3:
        raise no_pictures(shape, layer)
    return shape[0], shape[1], shape[2]


def no_pictures(shape: Shape, layer: str) -> SpecError:
    """What to raise when a row reaches a layer that slides over something."""
    article = "An" if layer[0] in "aeiou" else "A"
    return SpecError("", f"{article} {layer} layer needs pictures, but what reaches it has the shape {written(shape)}.")


def slide(length: int, size: int, stride: int, padding: int, layer: str, *, ceil: bool = False) -> int:
    """⌊(W − F + 2P)/S⌋ + 1; raises SpecError when the window is larger than what it slides over.

    ``ceil`` rounds up, but no window starts beyond the length and the padding before it: it would see nothing.
    """
    if size > length + 2 * padding:
        raise SpecError(
            "",
            f"A {layer} window of {size} does not fit on {length} pixels with a padding of {padding}. Make it smaller.",
        )
    room = length - size + 2 * padding
    if not ceil:
        return room // stride + 1
    steps = -(-room // stride)
    return steps + 1 if steps * stride < length + padding else steps


def flat_size(shape: Shape) -> int:
    """How many numbers an example of ``shape`` has."""
    size = 1
    for length in shape:
        size *= length
    return size


def written(shape: Shape) -> str:
    """A shape for people: 6 × 14 × 14."""
    return " × ".join(str(length) for length in shape)
