"""What pooling layers share."""

from typing import Any

from dlcore.errors import SpecError
from dlcore.fields import choice, count, optional_count
from dlcore.layers.fitting import grid, slide
from dlcore.layers.layer import Layer, Shape


class Pool(Layer):
    """A window that slides over each channel and keeps one number; it learns nothing."""

    stem = "pool"

    size: int = count(2, high=31, title="Window", help="Height and width of the window.")
    stride: int | None = optional_count(high=16, help="Pixels from one position to the next; empty: the window's size.")
    padding: int = count(0, low=0, high=15, help="Pixels added on each side; at most half the window.")
    ceil: bool = choice(False, title="Round up", help="Keep the pixels at the edge that do not fill a window.")

    def output_shape(self, shape: Shape) -> Shape:
        """The same channels, smaller."""
        lengths = grid(shape, "pooling")
        if 2 * self.padding > self.size:
            raise SpecError(
                "",
                f"The padding of a pooling window of {self.size} is at most {self.size // 2}, half of it, not {self.padding}.",
            )
        stride = self.stride or self.size
        out = (slide(length, self.size, stride, self.padding, "pooling", ceil=self.ceil) for length in lengths)
        return (shape[0], *out)

    @property
    def window(self) -> dict[str, Any]:
        """Torch's arguments."""
        return {
            "kernel_size": self.size,
            "stride": self.stride or self.size,
            "padding": self.padding,
            "ceil_mode": self.ceil,
        }
