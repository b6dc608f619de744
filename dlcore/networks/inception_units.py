"""What Inception v3 and Inception-ResNet share: their convolutions, and the layers that they begin with."""

from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.layer import Layer
from dlcore.layers.max_pool import MaxPool

EPS = 1e-3  # of all batch normalisation in these networks, as their authors have it
SMALLEST = 7  # pixels, of which the two reductions leave one
PUBLISHED_FROM = 75  # pixels, of which the stem and the two reductions leave one


def unit(filters: int, height: int = 1, width: int | None = None) -> list[Layer]:
    """A convolution that keeps the picture's size, normalised."""
    return conv_unit(filters, height, width, eps=EPS)


def halving(filters: int) -> list[Layer]:
    """A 3 × 3 convolution of stride 2, not padded."""
    return conv_unit(filters, 3, stride=2, same=False, eps=EPS)


def inception_stem(side: int) -> list[Layer]:
    """299 × 299 to 192 × 35 × 35 by strides, unpadded convolutions and pools; small pictures keep their size."""
    if side < PUBLISHED_FROM:
        sizes = ((32, 3), (32, 3), (64, 3), (80, 1), (192, 3))
        return [layer for filters, size in sizes for layer in unit(filters, size)]
    pool = MaxPool(size=3, stride=2)
    unpadded = [conv_unit(filters, 3, same=False, eps=EPS) for filters in (32, 192)]
    return [*halving(32), *unpadded[0], *unit(64, 3), pool, *unit(80), *unpadded[1], pool]
