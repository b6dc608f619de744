"""Which weights are shown as the first layer's picture."""

import pytest

from dlcore.layers import Layer
from dlcore.layers.conv import Conv
from dlcore.layers.drop_connect import DropConnect
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.local import Local
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.maxout import Maxout
from dlcore.layers.spatial_pyramid_pool import SpatialPyramidPool
from dlcore.layers.transposed_conv import TransposedConv
from dlcore.monitors.filters import first_layer_picture
from dlcore.networks.sequence import sequential


@pytest.mark.parametrize(
    ("first", "tile"),
    [
        (Conv(size=3, width=5), (3, 5)),
        (FullyConnected(units=9), (8, 6)),
        (Maxout(units=9), (8, 6)),
        (DropConnect(units=9), (8, 6)),
    ],
    ids=lambda case: case.kind if isinstance(case, Layer) else None,
)
def test_filters_and_rows_of_weights_on_the_input_are_shown(first: Layer, tile: tuple[int, int]) -> None:
    picture = first_layer_picture(sequential([first, FullyConnected(units=3)], (1, 8, 6)), (1, 8, 6), 0, 0.0)
    assert picture is not None
    assert (picture.details["tile_height"], picture.details["tile_width"]) == tile


@pytest.mark.parametrize(
    "first", [MaxPool(), SpatialPyramidPool(), Local(), TransposedConv()], ids=lambda layer: layer.kind
)
def test_weights_that_do_not_look_at_the_input_are_not(first: Layer) -> None:
    assert first_layer_picture(sequential([first, FullyConnected(units=3)], (1, 8, 6)), (1, 8, 6), 0, 0.0) is None
