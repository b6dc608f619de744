"""Parameters and multiply-adds at the published shapes, by the layer arithmetic and by the built module.

Each figure's source is named beside it. "torchvision", "Keras" and "timm" mean that library's model of the name, all learned
numbers (γ and β of batch normalisation with them, running averages not); "pytorchcv" its table of models.
"""

from typing import NamedTuple

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dlcore.describe import describe_network
from dlcore.layers import Shape
from dlcore.networks import Network
from dlcore.networks.alexnet import AlexNet
from dlcore.networks.cifar_resnet import CifarResNet
from dlcore.networks.googlenet import GoogLeNet
from dlcore.networks.inception_resnet import InceptionResNet
from dlcore.networks.inception_v2 import InceptionV2
from dlcore.networks.inception_v3 import InceptionV3
from dlcore.networks.lenet5 import LeNet5
from dlcore.networks.mobilenet import MobileNet
from dlcore.networks.nin import NIN
from dlcore.networks.resnet import ResNet
from dlcore.networks.softmax import SoftmaxNetwork
from dlcore.networks.vgg import VGG


class Published(NamedTuple):
    """A network where it was published; giga: billions of multiply-adds, where the source says them."""

    network: Network
    shape: Shape
    classes: int
    parameters: int
    source: str
    giga: float | None = None


IMAGENET, LARGE, CIFAR, MNIST = (3, 224, 224), (3, 299, 299), (3, 32, 32), (1, 28, 28)


def imagenet(
    network: Network, parameters: int, source: str, giga: float | None = None, shape: Shape = IMAGENET
) -> Published:
    return Published(network, shape, 1000, parameters, source, giga)


def cifar(network: Network, parameters: int, source: str) -> Published:
    return Published(network, CIFAR, 10, parameters, source)


PUBLISHED = [
    Published(SoftmaxNetwork(), MNIST, 10, 7_850, "784 · 10 + 10"),
    Published(LeNet5(), MNIST, 10, 61_706, "the usual dense form of the paper's network"),
    imagenet(AlexNet(), 60_965_224, "the paper's two-GPU network, as in Caffe's bvlc_alexnet", 0.724),
    imagenet(VGG(depth="A"), 132_863_336, "torchvision vgg11; the paper: 133 million", 7.609),
    imagenet(VGG(depth="B"), 133_047_848, "torchvision vgg13; the paper: 133 million", 11.308),
    imagenet(VGG(depth="C"), 133_638_952, "D less 8/9 of three of its convolutions' weights; the paper: 134 million"),
    imagenet(VGG(depth="D"), 138_357_544, "torchvision vgg16, Keras VGG16; the paper: 138 million", 15.470),
    imagenet(VGG(depth="E"), 143_667_240, "torchvision vgg19, Keras VGG19; the paper: 144 million", 19.632),
    imagenet(VGG(depth="D", batch_norm=True), 138_365_992, "torchvision vgg16_bn", 15.470),
    cifar(NIN(), 966_986, "pytorchcv nin_cifar10; the paper's network for CIFAR-10"),
    imagenet(NIN(), 7_595_176, "Caffe's nin_imagenet, the authors' own"),
    imagenet(GoogLeNet(auxiliary_heads=False), 6_998_552, "Caffe's bvlc_googlenet without its heads", 1.583),
    imagenet(GoogLeNet(), 13_378_280, "Caffe's bvlc_googlenet with both heads"),
    imagenet(InceptionV3(auxiliary_heads=False), 23_834_568, "torchvision without its head", 5.713, LARGE),
    imagenet(InceptionV3(), 27_161_264, "torchvision inception_v3", shape=LARGE),
    imagenet(InceptionResNet(), 55_843_464, "timm inception_resnet_v2", shape=LARGE),
    imagenet(ResNet(depth=18), 11_689_512, "torchvision resnet18", 1.814),
    imagenet(ResNet(depth=34), 21_797_672, "torchvision resnet34", 3.664),
    imagenet(ResNet(depth=50), 25_557_032, "torchvision resnet50", 4.089),
    imagenet(ResNet(depth=101), 44_549_160, "torchvision resnet101", 7.801),
    imagenet(ResNet(depth=152), 60_192_808, "torchvision resnet152", 11.514),
    imagenet(ResNet(depth=18, pre_activation=True), 11_687_848, "pytorchcv preresnet18"),
    imagenet(ResNet(depth=34, pre_activation=True), 21_796_008, "pytorchcv preresnet34"),
    imagenet(ResNet(depth=50, pre_activation=True), 25_549_480, "pytorchcv preresnet50b"),
    imagenet(ResNet(depth=101, pre_activation=True), 44_541_608, "pytorchcv preresnet101b"),
    imagenet(ResNet(depth=152, pre_activation=True), 60_185_256, "pytorchcv preresnet152b"),
    cifar(CifarResNet(depth=20), 269_722, "the paper, table 6: 0.27 million"),
    cifar(CifarResNet(depth=32), 464_154, "the paper, table 6: 0.46 million"),
    cifar(CifarResNet(depth=44), 658_586, "the paper, table 6: 0.66 million"),
    cifar(CifarResNet(depth=56), 853_018, "the paper, table 6: 0.85 million"),
    cifar(CifarResNet(depth=110), 1_727_962, "the paper, table 6: 1.7 million"),
    cifar(CifarResNet(depth=20, shortcut="projection"), 272_474, "pytorchcv resnet20_cifar10"),
    cifar(CifarResNet(depth=56, shortcut="projection"), 855_770, "pytorchcv resnet56_cifar10"),
    cifar(CifarResNet(depth=20, shortcut="projection", pre_activation=True), 272_282, "pytorchcv preresnet20_cifar10"),
    cifar(CifarResNet(depth=110, shortcut="projection", pre_activation=True), 1_730_522, "pytorchcv preresnet110_cifar10"),
    imagenet(MobileNet(), 4_231_976, "Keras MobileNet's trainable; the paper: 4.2 million, 569 million multiply-adds", 0.569),
    imagenet(MobileNet(width=0.75), 2_585_560, "pytorchcv mobilenet_w3d4; the paper: 2.6 million, 325 million", 0.325),
    imagenet(MobileNet(width=0.5), 1_331_592, "pytorchcv mobilenet_wd2; the paper: 1.3 million, 149 million", 0.149),
    imagenet(MobileNet(width=0.25), 470_072, "pytorchcv mobilenet_wd4; the paper: 0.5 million, 41 million", 0.041),
]  # fmt: skip
every_network = pytest.mark.parametrize("published", PUBLISHED, ids=lambda p: f"{p.network.kind}-{p.parameters}")


def on_meta(network: Network, shape: Shape, classes: int) -> torch.nn.Module:
    """The module without its numbers."""
    with torch.device("meta"):
        return network.build(shape, classes)


@every_network
def test_the_layer_arithmetic_and_the_module_have_the_published_count(published: Published) -> None:
    rows = describe_network(published.network, published.shape, published.classes)
    model = on_meta(published.network, published.shape, published.classes)
    assert sum(row.parameters for row in rows) == published.parameters
    assert sum(parameter.numel() for parameter in model.parameters()) == published.parameters


@pytest.mark.parametrize(
    "published", [p for p in PUBLISHED if p.giga], ids=lambda p: f"{p.network.kind}-{p.parameters}"
)
def test_multiply_adds_are_those_that_the_source_gives(published: Published) -> None:
    rows = describe_network(published.network, published.shape, published.classes)
    assert sum(row.multiply_adds for row in rows) / 1e9 == pytest.approx(published.giga, abs=0.0006)


@every_network
def test_multiply_adds_are_those_that_torch_counts(published: Published) -> None:
    rows = describe_network(published.network, published.shape, published.classes)
    model = on_meta(published.network, published.shape, published.classes)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        scores = model(torch.empty(2, *published.shape, device="meta"))
    assert scores.shape == (2, published.classes)
    per_example = counter.get_total_flops() // 2
    assert per_example == 2 * sum(row.multiply_adds for row in rows)  # a multiplication and an addition


def test_inception_v2_is_the_published_network_without_the_biases_that_beta_makes_useless() -> None:
    """11,295,240 is the count of pytorchcv's bninception (the Caffe model), whose convolutions each have a bias."""
    model = on_meta(InceptionV2(), IMAGENET, 1000)
    biases = sum(module.out_channels for module in model.modules() if isinstance(module, torch.nn.Conv2d))
    assert sum(parameter.numel() for parameter in model.parameters()) + biases == 11_295_240
