"""Sizes and counts that papers and notes state, relations between layers, and what does not fit in plain words."""

import pytest
import torch
from torch import nn

from dlcore.errors import SpecError
from dlcore.layers import Layer, Shape
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.inception import Inception
from dlcore.layers.local import Local
from dlcore.layers.lrn import LRN
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.spatial_pyramid_pool import SpatialPyramidPool
from dlcore.layers.transposed_conv import TransposedConv
from dlcore.layers.upsample import Upsample
from dlcore.networks.sequence import sequential


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (Conv(filters=1, size=3), (1, 6, 6), (1, 4, 4)),
        (Conv(filters=1, size=3, padding=1), (1, 6, 6), (1, 6, 6)),
        (Conv(filters=1, size=3, same=True), (1, 6, 6), (1, 6, 6)),
        (Conv(filters=1, size=4, width=7, same=True), (1, 6, 9), (1, 6, 9)),
        (Conv(filters=96, size=11, stride=4), (3, 227, 227), (96, 55, 55)),  # AlexNet
        (Conv(filters=64, size=7, stride=2, padding=3), (3, 224, 224), (64, 112, 112)),  # GoogLeNet, ResNet
        (Conv(filters=64, size=7, stride=2, same=True), (3, 224, 224), (64, 112, 112)),
        (Conv(filters=2, size=3, dilation=2), (1, 7, 7), (2, 3, 3)),  # 3 + (3 − 1)(2 − 1) = 5 pixels wide
        (Conv(filters=16, size=5), (1, 14), (16, 10)),
        (Conv(filters=16, size=3), (1, 4, 6, 8), (16, 2, 4, 6)),
        (MaxPool(size=3, stride=2), (96, 55, 55), (96, 27, 27)),  # AlexNet's overlap
        (MaxPool(size=3, stride=2), (256, 13, 13), (256, 6, 6)),
        (MaxPool(size=3, stride=2, ceil=True), (64, 112, 112), (64, 56, 56)),  # GoogLeNet rounds up
        (MaxPool(size=3, stride=2), (64, 112, 112), (64, 55, 55)),
        (MaxPool(size=2, stride=2, ceil=True), (8, 5, 5), (8, 3, 3)),
        (MaxPool(size=3, stride=1, padding=1), (192, 28, 28), (192, 28, 28)),  # an inception block's
        (AveragePool(), (6, 28, 28), (6, 14, 14)),  # LeNet-5
        (Inception(filters_1x1=100, filters_3x3=100, filters_5x5=100, filters_pool=100), (192, 28, 28), (400, 28, 28)),
        (GlobalPool(), (1024, 7, 7), (1024,)),
        (SpatialPyramidPool(), (256, 13, 13), (256 * 21,)),
        (TransposedConv(filters=8, size=2, stride=2), (16, 14, 14), (8, 28, 28)),
        (TransposedConv(filters=8, size=5, stride=2, padding=2, output_padding=1), (16, 7, 7), (8, 14, 14)),
        (Upsample(factor=2), (8, 7, 9), (8, 14, 18)),
    ],
)
def test_what_comes_out_is_of_the_published_size(layer: Layer, shape: Shape, expected: Shape) -> None:
    assert layer.output_shape(shape) == expected


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (Conv(filters=1, size=3), (3, 32, 32), 28),
        (FullyConnected(units=500), (50, 4, 4), 400_000 + 500),
        (Conv(filters=96, size=11, stride=4), (3, 227, 227), 34_944),
        (Conv(filters=256, size=5, padding=2, groups=2), (96, 27, 27), 307_456),  # AlexNet on its two GPUs
        (Conv(filters=8, size=1, width=7, same=True), (8, 17, 17), 8 * 8 * 7 + 8),
        (Local(filters=16, size=9), (16, 63, 63), 55 * 55 * 16 * (16 * 81 + 1)),  # DeepFace's L4
    ],
)
def test_the_parameters_are_those_that_were_published(layer: Layer, shape: Shape, expected: int) -> None:
    assert layer.parameters(shape) == expected


@pytest.mark.erratum(30)
def test_a_convolution_shares_its_weights_over_all_places_and_a_local_layer_none() -> None:
    assert Conv().parameters((3, 100, 100)) == Conv().parameters((3, 10, 10))
    assert Local().parameters((3, 100, 100)) == Conv().parameters((3, 3, 3)) * 98 * 98


def test_a_local_layer_says_how_many_numbers_a_unit_sees_and_how_many_units_see_a_number() -> None:
    module = Local(filters=4, size=3, bias=False).build((2, 9, 9))
    picture = torch.zeros(1, 2, 9, 9)
    picture[0, 1, 4, 4] = 1.0
    reached = int((module(picture) != 0).sum())
    fan_in, fan_out = module.fans  # type: ignore[misc]
    assert (fan_in, fan_out) == (2 * 3 * 3, reached)
    assert module.groups == 7 * 7  # a linear map for each position


@pytest.mark.erratum(46)
def test_a_bias_is_one_number_for_each_filter_or_unit() -> None:
    assert FullyConnected(units=7).build((5,)).bias.shape == (7,)  # type: ignore[union-attr]
    assert Conv(filters=7).build((5, 8, 8)).bias.shape == (7,)  # type: ignore[union-attr]


def test_a_1_by_1_convolution_before_a_5_by_5_saves_nine_tenths() -> None:
    straight = Conv(filters=32, size=5, padding=2).multiply_adds((192, 28, 28))
    first = Conv(filters=16, size=1).multiply_adds((192, 28, 28))
    second = Conv(filters=32, size=5, padding=2).multiply_adds((16, 28, 28))
    assert straight == 120_422_400
    assert first + second == 12_443_648


def test_a_depthwise_separable_convolution_costs_1_in_n_plus_1_in_f_squared() -> None:
    shape = (64, 14, 14)
    depthwise = Conv(filters=64, size=3, groups=64, same=True).multiply_adds(shape)
    pointwise = Conv(filters=128, size=1).multiply_adds(shape)
    whole = Conv(filters=128, size=3, same=True).multiply_adds(shape)
    assert (depthwise + pointwise) / whole == pytest.approx(1 / 128 + 1 / 9)


def seen_by_one_output(layers: list[Layer]) -> int:
    """How wide a piece of the picture changes the middle of what comes out."""
    picture = torch.zeros(1, 1, 21, 21, requires_grad=True)
    model = sequential(layers, (1, 21, 21))
    for parameter in model.parameters():
        nn.init.ones_(parameter)
    out = model(picture)
    out[0, 0, out.shape[2] // 2, out.shape[3] // 2].backward()
    assert picture.grad is not None
    return int((picture.grad[0, 0].sum(0) > 0).sum())


@pytest.mark.erratum(31)
def test_three_3_by_3_see_as_much_as_one_7_by_7_with_55_percent_of_the_weights() -> None:
    small = Conv(filters=1, size=3)
    assert seen_by_one_output([small] * 2) == 5
    assert seen_by_one_output([small] * 3) == seen_by_one_output([Conv(filters=1, size=7)]) == 7
    assert seen_by_one_output([Conv(filters=1, size=5)] * 2) == 9  # not 7, as the notes have it
    stack = 3 * Conv(filters=64, size=3, bias=False).parameters((64, 9, 9))
    assert stack / Conv(filters=64, size=7, bias=False).parameters((64, 9, 9)) == pytest.approx(0.551, abs=5e-4)


def test_a_fully_connected_layer_is_a_convolution_of_the_pictures_size() -> None:
    rows, filters = FullyConnected(units=5).build((3, 4, 6)), Conv(filters=5, size=4, width=6).build((3, 4, 6))
    filters.load_state_dict({"weight": rows.weight.view(5, 3, 4, 6), "bias": rows.bias})  # type: ignore[union-attr,operator]
    pictures = torch.randn(2, 3, 4, 6)
    assert torch.allclose(filters(pictures).flatten(1), rows(pictures), atol=1e-6)


def test_a_transposed_convolution_is_the_transpose() -> None:
    """⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ with the same weights."""
    conv = Conv(filters=4, size=3, stride=2, padding=1, bias=False).build((2, 7, 9)).double()
    back = TransposedConv(filters=2, size=3, stride=2, padding=1, bias=False).build((4, 4, 5)).double()
    back.load_state_dict(conv.state_dict())
    x, y = torch.randn(1, 2, 7, 9).double(), torch.randn(1, 4, 4, 5).double()
    assert (conv(x) * y).sum().item() == pytest.approx((x * back(y)).sum().item(), rel=1e-12)


def test_a_pyramid_makes_the_same_length_of_any_picture() -> None:
    module = SpatialPyramidPool().build((3, 8, 8))
    assert {module(torch.randn(2, 3, *size)).shape for size in [(8, 8), (13, 9), (32, 20)]} == {(2, 63)}


def test_alpha_of_lrn_multiplies_the_sum_of_squares() -> None:
    out = LRN().build((10, 1, 1)).double()(torch.ones(1, 10, 1, 1, dtype=torch.float64)).flatten()
    assert out[5].item() == pytest.approx((2 + 1e-4 * 5) ** -0.75, rel=1e-12)
    assert out[0].item() == pytest.approx((2 + 1e-4 * 3) ** -0.75, rel=1e-12)  # two neighbours, and itself


def test_nothing_is_averaged_that_is_not_there() -> None:
    ones = torch.ones(1, 1, 4, 4)
    with_zeros = AveragePool(size=3, stride=1, padding=1).build((1, 4, 4))(ones)
    without = AveragePool(size=3, stride=1, padding=1, count_padding=False).build((1, 4, 4))(ones)
    assert with_zeros[0, 0, 0, 0].item() == pytest.approx(4 / 9)
    assert torch.equal(without, ones)


@pytest.mark.parametrize(
    ("layer", "shape", "says"),
    [
        (Conv(), (40,), "A convolution layer needs pictures, but what reaches it has the shape 40."),
        (Conv(size=5), (1, 4, 4), "A convolution window of 5 does not fit on 4 pixels with a padding of 0."),
        (Conv(size=3, dilation=3), (1, 6, 6), "A convolution window of 7 does not fit on 6 pixels"),
        (Conv(groups=3), (4, 8, 8), "must divide the channels that reach it: 3 does not divide 4."),
        (Conv(groups=4, filters=6), (4, 8, 8), "must divide the filters: 4 does not divide 6."),
        (Conv(width=3), (4, 8), "A filter width is for pictures, but what reaches the convolution has the shape 4 × 8."),
        (Conv(size=4, same=True, stride=2), (1, 8, 8), "with a stride above 1 needs an odd filter size."),
        (MaxPool(size=3, padding=2), (1, 8, 8), "The padding of a pooling window of 3 is at most 1, half of it, not 2."),
        (MaxPool(size=9), (1, 8, 8), "A pooling window of 9 does not fit on 8 pixels"),
        (GlobalPool(), (40,), "A global pooling layer needs pictures"),
        (SpatialPyramidPool(), (8, 3, 5), "A pyramid with 4 bins along a side needs as many pixels"),
        (SpatialPyramidPool(), (8,), "A spatial pyramid pooling layer needs pictures"),
        (Local(), (6, 9), "A locally connected layer needs pictures, but what reaches it has the shape 6 × 9."),
        (Local(size=9), (1, 8, 8), "A locally connected window of 9 does not fit on 8 pixels"),
        (TransposedConv(output_padding=2), (1, 8, 8), "below its stride, but 2 is not below 2."),
        (TransposedConv(size=2, padding=4), (1, 3, 3), "A padding of 4 cuts off all that this transposed convolution"),
        (TransposedConv(), (8,), "A transposed convolution layer needs pictures"),
        (Upsample(), (8,), "An upsampling layer needs pictures"),
        (LRN(), (8,), "A local response normalisation layer needs pictures"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_plain_words(layer: Layer, shape: Shape, says: str) -> None:
    with pytest.raises(SpecError) as raised:
        layer.output_shape(shape)
    assert says in str(raised.value)
