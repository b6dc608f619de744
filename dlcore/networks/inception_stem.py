"""The beginning that Inception v3 and Inception-ResNet share."""

from dlcore.layers.conv_unit import conv_unit
from dlcore.layers.layer import Layer
from dlcore.layers.max_pool import MaxPool

EPS = 1e-3  # of all batch normalisation in these networks, as their authors have it
SMALLEST = 7  # pixels, of which the two reductions leave one
PUBLISHED_FROM = 75  # pixels, of which the stem and the two reductions leave one


def inception_stem(side: int) -> list[Layer]:
    """299 × 299 to 192 × 35 × 35 by strides, unpadded convolutions and pools; small pictures keep their size."""
    if side < PUBLISHED_FROM:
        sizes = ((32, 3), (32, 3), (64, 3), (80, 1), (192, 3))
        return [layer for filters, size in sizes for layer in conv_unit(filters, size, eps=EPS)]
    pool = MaxPool(size=3, stride=2)
    return [
        *conv_unit(32, 3, stride=2, same=False, eps=EPS),
        *conv_unit(32, 3, same=False, eps=EPS),
        *conv_unit(64, 3, eps=EPS),
        pool,
        *conv_unit(80, 1, eps=EPS),
        *conv_unit(192, 3, same=False, eps=EPS),
        pool,
    ]
