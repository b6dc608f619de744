"""What pooling layers share."""

from typing import Any

from dlcore.fields import count, optional_count
from dlcore.layers.fitting import picture_shape, slide
from dlcore.layers.layer import Layer, Shape


class Pool(Layer):
    """A window that slides over each channel and keeps one number; it learns nothing."""

    stem = "pool"

    size: int = count(2, high=31, title="Window", help="Height and width of the window.")
    stride: int | None = optional_count(high=16, help="Pixels from one position to the next; empty: the window's size.")

    def output_shape(self, shape: Shape) -> Shape:
        """(channels, height, width), smaller."""
        channels, height, width = picture_shape(shape, "pooling")
        stride = self.stride or self.size
        return channels, slide(height, self.size, stride, 0, "pooling"), slide(width, self.size, stride, 0, "pooling")

    @property
    def window(self) -> dict[str, Any]:
        """Torch's arguments."""
        return {"kernel_size": self.size, "stride": self.stride or self.size}
