"""What the notes and the papers say of the classic networks, with their mistakes put right."""

from typing import Any

import pytest

from dlcore.describe import Row, describe_network
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv import Conv
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.layers.global_pool import GlobalPool
from dlcore.layers.inception import Inception
from dlcore.layers.layer import Layer
from dlcore.layers.lrn import LRN
from dlcore.layers.max_pool import MaxPool
from dlcore.layers.residual import Residual
from dlcore.networks import Network
from dlcore.networks.alexnet import AlexNet
from dlcore.networks.cifar_resnet import CifarResNet
from dlcore.networks.googlenet import GoogLeNet
from dlcore.networks.inception_units import unit
from dlcore.networks.inception_v2 import InceptionV2
from dlcore.networks.inception_v3 import InceptionV3
from dlcore.networks.mobilenet import MobileNet
from dlcore.networks.nin import NIN
from dlcore.networks.resnet import ResNet
from dlcore.networks.vgg import VGG

IMAGENET = (3, 224, 224)


def layers_of(network: Network, kind: Any, shape: tuple[int, ...] = IMAGENET, classes: int = 1000) -> list[Any]:
    return [layer for layer in network.layers_for(shape, classes) if isinstance(layer, kind)]


def table(network: Network, shape: tuple[int, ...] = IMAGENET) -> dict[str, Row]:
    return {row.name: row for row in describe_network(network, shape, 1000)}


def test_alexnet_has_eight_layers_with_weights_three_of_them_grouped() -> None:
    convs, fcs = layers_of(AlexNet(), Conv), layers_of(AlexNet(), FullyConnected)
    assert (len(convs), len(fcs)) == (5, 3)
    assert [conv.groups for conv in convs] == [1, 2, 1, 2, 2]  # conv 3 and the fully connected layers see both GPUs


def test_alexnets_pools_overlap_after_convolutions_one_two_and_five() -> None:
    names = [row for row in table(AlexNet()) if row.startswith(("conv", "pool"))]
    assert names == ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool3"]
    assert all((pool.size, pool.stride) == (3, 2) for pool in layers_of(AlexNet(), MaxPool))


def test_alexnet_normalises_responses_as_the_paper_does_and_drops_half_of_two_layers() -> None:
    assert [(norm.k, norm.n, norm.alpha, norm.beta) for norm in layers_of(AlexNet(), LRN)] == [(2.0, 5, 1e-4, 0.75)] * 2
    assert [dropout.rate for dropout in layers_of(AlexNet(), Dropout)] == [0.5, 0.5]


def test_alexnets_maps_are_those_of_the_paper() -> None:
    rows = table(AlexNet())
    assert rows["conv1"].output_shape == (96, 55, 55)
    assert rows["conv2"].output_shape == (256, 27, 27)
    assert rows["conv5"].output_shape == (256, 13, 13)
    assert rows["pool3"].output_shape == (256, 6, 6)


@pytest.mark.parametrize(("depth", "layers"), [("A", 11), ("B", 13), ("C", 16), ("D", 16), ("E", 19)])
def test_vggs_letters_are_numbers_of_layers_with_weights(depth: Any, layers: int) -> None:
    assert len(layers_of(VGG(depth=depth), (Conv, FullyConnected))) == layers


@pytest.mark.erratum(32)
def test_vgg_19_has_three_convolutions_more_than_vgg_16() -> None:
    """Not two, as the notes have it."""
    assert len(layers_of(VGG(depth="E"), Conv)) - len(layers_of(VGG(depth="D"), Conv)) == 3


def test_vggs_memory_is_in_its_first_convolutions_and_its_parameters_in_its_first_fully_connected_layer() -> None:
    rows = describe_network(VGG(depth="D"), IMAGENET, 1000)
    first, total = sum(row.activation_bytes for row in rows[:9]), sum(row.activation_bytes for row in rows)
    assert first > 0.6 * total  # both stages before the second pool
    assert table(VGG(depth="D"))["fc1"].parameters == 25_088 * 4096 + 4096
    assert table(VGG(depth="D"))["fc1"].parameters > 0.7 * sum(row.parameters for row in rows)


def test_everything_in_a_shallow_vgg_has_its_place_in_a_deep_one() -> None:
    """So that a deep one can begin from a trained shallow one, by name and shape."""
    for shape in (IMAGENET, (3, 32, 32)):
        shallow, deep = (
            {name: p.shape for name, p in VGG(depth=depth, units=8).build(shape, 10).named_parameters()}
            for depth in "AE"
        )
        assert shallow.items() <= deep.items()


def test_nin_has_a_map_for_each_class_whose_mean_is_its_score() -> None:
    layers = NIN().layers_for((3, 32, 32), 10)
    assert isinstance(layers[-1], GlobalPool)
    assert layers[-2] == Conv(filters=10, size=1)
    assert not layers_of(NIN(), FullyConnected)


def test_googlenet_is_22_layers_deep_and_ends_in_a_linear_layer() -> None:
    """The notes say that it has no fully connected layer; one of 1024 × 1000 remains, and each head has two."""
    network = GoogLeNet(auxiliary_heads=False)
    convs, modules, linear = (layers_of(network, kind) for kind in (Conv, Inception, FullyConnected))
    assert len(convs) + 2 * len(modules) + len(linear) == 22
    assert table(network)["fc1"].parameters == 1024 * 1000 + 1000


def test_googlenets_modules_make_the_channels_of_the_papers_table() -> None:
    rows = [row.output_shape for row in table(GoogLeNet()).values() if row.name.startswith("inception")]
    assert [shape[0] for shape in rows] == [256, 480, 512, 512, 512, 528, 832, 832, 1024]
    assert [shape[1] for shape in rows] == [28, 28, 14, 14, 14, 14, 14, 7, 7]


def test_googlenet_does_one_and_a_half_billion_operations() -> None:
    work = sum(row.multiply_adds for row in table(GoogLeNet(auxiliary_heads=False)).values())
    assert work / 1e9 == pytest.approx(1.5, abs=0.1)


def test_inception_v2_takes_two_3x3_for_5x5_and_batch_normalisation() -> None:
    modules = layers_of(InceptionV2(), Inception)
    assert all(module.factorised and module.batch_norm for module in modules)
    assert len(modules) == 10
    assert not layers_of(InceptionV2(), LRN)


@pytest.mark.erratum(31)
def test_two_3x3_see_a_5x5_for_18_25ths_of_its_weights_and_three_a_7x7_for_27_49ths() -> None:
    """The notes say that two 5 × 5 are a 7 × 7: two 3 × 3 are a 5 × 5, three a 7 × 7, and two 5 × 5 a 9 × 9."""
    channels = 10

    def stack(size: int, count: int) -> list[Conv]:
        return [Conv(filters=channels, size=size, bias=False)] * count

    def seen(convs: list[Conv]) -> int:
        length = 33
        for conv in convs:
            length = conv.output_shape((channels, length, length))[1]
        return 33 - length + 1

    def weights(convs: list[Conv]) -> int:
        return sum(conv.parameters((channels, 33, 33)) for conv in convs)

    assert seen(stack(3, 2)) == seen(stack(5, 1)) == 5
    assert seen(stack(3, 3)) == seen(stack(7, 1)) == 7
    assert seen(stack(5, 2)) == 9
    assert weights(stack(3, 2)) / weights(stack(5, 1)) == 18 / 25
    assert weights(stack(3, 3)) / weights(stack(7, 1)) == pytest.approx(0.551, abs=0.0005)


def test_inception_v3_factorises_7x7_into_1x7_and_7x1() -> None:
    (across, *_), (down, *_) = unit(128, 1, 7), unit(128, 7, 1)
    shape = (128, 17, 17)
    assert across.output_shape(shape) == down.output_shape(shape) == shape
    factored = across.parameters(shape) + down.parameters(shape)
    assert factored / Conv(filters=128, size=7, bias=False).parameters(shape) == pytest.approx(2 / 7)


def test_inception_v3s_maps_are_those_of_its_table() -> None:
    rows = [r for r in describe_network(InceptionV3(), (3, 299, 299), 1000) if r.name.startswith("inception")]
    assert [row.output_shape for row in rows] == [
        (256, 35, 35), (288, 35, 35), (288, 35, 35),
        *[(768, 17, 17)] * 5,
        (1280, 8, 8), (2048, 8, 8), (2048, 8, 8),
    ]  # fmt: skip


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_a_resnets_depth_is_its_layers_with_weights_the_last_one_fully_connected(depth: Any) -> None:
    """The notes say that it has no fully connected layer; the one to the 1000 scores stays."""
    blocks = layers_of(ResNet(depth=depth), Residual)
    per_block = 2 if depth < 50 else 3
    assert 1 + per_block * len(blocks) + 1 == depth
    assert isinstance(ResNet(depth=depth).layers_for(IMAGENET, 1000)[-1], FullyConnected)


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110])
def test_a_cifar_resnets_depth_is_six_n_plus_two(depth: Any) -> None:
    network = CifarResNet(depth=depth)
    blocks = layers_of(network, Residual, (3, 32, 32), 10)
    assert 2 * len(blocks) + 2 == depth
    shapes = {row.output_shape for row in describe_network(network, (3, 32, 32), 10) if row.name.startswith("block")}
    assert shapes == {(16, 32, 32), (32, 16, 16), (64, 8, 8)}


def test_a_plain_network_has_the_parameters_of_its_residual_twin() -> None:
    """So that the two can be compared: the paper's figure 6 shows the deeper plain one with the higher training error."""
    plain, residual = (
        describe_network(CifarResNet(depth=56, shortcut=shortcut), (3, 32, 32), 10) for shortcut in ("none", "padding")
    )
    assert [(row.name, row.parameters, row.multiply_adds) for row in plain] == [
        (row.name, row.parameters, row.multiply_adds) for row in residual
    ]
    block = Residual(filters=16, shortcut="none").build((16, 4, 4))
    assert [name for name, _ in block.named_children()] == ["before", "main", "join", "after"]


def test_pre_activation_ends_with_one_more_normalisation_since_nothing_follows_the_sums() -> None:
    plain, before = ResNet(), ResNet(pre_activation=True)
    assert len(layers_of(before, BatchNorm)) == len(layers_of(plain, BatchNorm)) + 1
    block = Residual(filters=64, pre_activation=True).plan((64, 56, 56))
    assert [type(layer).__name__ for layer in block.paths["main"]] == ["BatchNorm", "ReLU", "Conv"] * 2
    assert not block.after


def test_a_depthwise_separable_convolution_costs_one_nth_and_one_ninth_of_a_full_one() -> None:
    layers: list[Layer] = MobileNet().layers_for(IMAGENET, 1000)
    depthwise, pointwise = layers[3], layers[6]
    assert isinstance(depthwise, Conv)
    assert isinstance(pointwise, Conv)
    shape = (32, 112, 112)
    full = Conv(filters=64, size=3, same=True, bias=False).multiply_adds(shape)
    pair = depthwise.multiply_adds(shape) + pointwise.multiply_adds(shape)
    assert pair / full == pytest.approx(1 / 64 + 1 / 9)


def test_a_1x1_convolution_before_a_5x5_saves_nine_tenths_of_the_work() -> None:
    shape = (192, 28, 28)
    direct = Conv(filters=32, size=5, same=True).multiply_adds(shape)
    reduced = Conv(filters=16, size=1).multiply_adds(shape)
    reduced += Conv(filters=32, size=5, same=True).multiply_adds((16, 28, 28))
    assert direct == 120_422_400
    assert reduced == 12_443_648


def test_a_small_picture_keeps_its_size_through_the_first_layers() -> None:
    for network, name in ((ResNet(), "block1"), (GoogLeNet(), "inception1"), (InceptionV2(), "inception1")):
        assert table(network, (3, 32, 32))[name].output_shape[1:] == (32, 32)
        assert table(network, IMAGENET)[name].output_shape[1] in (28, 56)
