"""The shape arithmetic of every layer and network against the torch module that it builds."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dlcore.describe import describe_network
from dlcore.errors import SpecError
from dlcore.layers import Layer, Shape
from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.networks import Network
from dlcore.networks.convnet import ConvNet
from dlcore.networks.lenet5 import LeNet5
from dlcore.networks.mlp import MLP
from dlcore.networks.softmax import SoftmaxNetwork
from tests.dlcore.layers.settings import CASES, LAYERS, fitting, name


@pytest.mark.parametrize("layer", LAYERS, ids=name)
def test_a_layer_takes_some_shape(layer: Layer) -> None:
    assert fitting(layer)


@pytest.mark.parametrize(("layer", "shape"), CASES, ids=name)
def test_a_layers_arithmetic_is_that_of_its_module(layer: Layer, shape: Shape) -> None:
    module = layer.build(shape)
    with FlopCounterMode(display=False) as flops:
        out = module(torch.randn(4, *shape))
    assert tuple(out.shape[1:]) == layer.output_shape(shape)
    assert sum(p.numel() for p in module.parameters()) == layer.parameters(shape)
    assert flops.get_total_flops() == 2 * 4 * layer.multiply_adds(shape)  # a multiply-add is two operations


@pytest.mark.parametrize(
    ("network", "shape", "parameters"),
    [
        (LeNet5(), (1, 28, 28), 61_706),
        (LeNet5(), (3, 32, 32), 62_006),
        (LeNet5(), (1, 8, 8), None),
        (LeNet5(activation="tanh", pooling="average"), (1, 28, 28), 61_706),
        (SoftmaxNetwork(), (1, 28, 28), 7_850),
        (SoftmaxNetwork(), (2,), 30),
        (
            MLP(hidden=(256, 256), batch_norm=True, dropout=0.5),
            (784,),
            784 * 256 + 256 + 256 * 256 + 256 + 2_570 + 1_024,
        ),
        (MLP(hidden=()), (1, 8, 8), 650),
        (ConvNet(), (3, 32, 32), None),
    ],
)
def test_the_layer_table_is_the_built_network(network: Network, shape: Shape, parameters: int | None) -> None:
    rows = describe_network(network, shape, 10)
    model = network.build(shape, 10)
    shown = sum(row.parameters for row in rows)
    assert shown == sum(p.numel() for p in model.parameters())
    assert parameters is None or shown == parameters
    assert [row.name for row in rows] == [name for name, _ in model.named_children()]
    value = torch.randn(2, *shape)
    for row, module in zip(rows, model, strict=True):
        value = module(value)
        assert tuple(value.shape[1:]) == row.output_shape
        assert row.activation_bytes == 4 * value[0].numel()


def test_multiply_adds_of_lenets_first_convolution() -> None:
    assert Conv(filters=6, size=5, padding=2).multiply_adds((1, 28, 28)) == 28 * 28 * 6 * 25


def test_a_layer_that_does_not_fit_is_named() -> None:
    network = ConvNet(layers=(FullyConnected(units=4), Conv()))
    with pytest.raises(SpecError) as raised:
        describe_network(network, (1, 8, 8), 10)
    assert raised.value.path == "network.layers.1"
