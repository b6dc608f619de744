"""The shape arithmetic of every layer and network against the torch module that it builds."""

from contextlib import suppress
from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dlcore.describe import describe_network
from dlcore.errors import SpecError
from dlcore.layers import Layer, Shape
from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv import Conv
from dlcore.layers.dropout import Dropout
from dlcore.layers.fully_connected import FullyConnected
from dlcore.networks import Network
from dlcore.networks.convnet import ConvNet
from dlcore.networks.lenet5 import LeNet5
from dlcore.networks.mlp import MLP
from dlcore.networks.softmax import SoftmaxNetwork
from dlcore.part import discover

SHAPES: dict[str, Shape] = {"row": (40,), "sequence": (6, 19), "picture": (6, 17, 23), "volume": (6, 7, 8, 9)}
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "conv": [
        {"filters": 7, "size": 5, "stride": 2, "padding": 1},
        {"filters": 4, "size": 3, "dilation": 3, "groups": 2, "bias": False},
        {"filters": 12, "size": 3, "groups": 6, "same": True},
        {"filters": 4, "size": 1, "width": 7, "same": True},
        {"filters": 4, "size": 7, "width": 1, "padding": 3},
        {"filters": 3, "size": 2, "width": 4, "same": True, "dilation": 3},
        {"filters": 3, "size": 7, "same": True, "stride": 2},
    ],
    "max_pool": [
        {"size": 3, "stride": 2},
        {"size": 3, "stride": 2, "ceil": True},
        {"size": 3, "stride": 1, "padding": 1},
        {"size": 2, "stride": 3, "padding": 1, "ceil": True},
        {"size": 2, "stride": 5, "ceil": True},
    ],
    "average_pool": [{"size": 5, "stride": 3}, {"size": 3, "stride": 2, "padding": 1, "ceil": True}],
    "global_pool": [{"keep": "max"}],
    "fully_connected": [{"units": 9}, {"units": 9, "bias": False}],
    "dropout": [{"rate": 0.2}],
}
LAYERS = [
    layer.model_validate(settings)
    for layer in discover("dlcore.layers", Layer)
    for settings in [{"kind": layer.kinds()[0]}, *SETTINGS.get(layer.kinds()[0], [])]
]


def fitting(layer: Layer) -> list[Shape]:
    """The shapes that a layer takes."""
    taken = []
    for shape in SHAPES.values():
        with suppress(SpecError):
            layer.output_shape(shape)
            taken.append(shape)
    return taken


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_layer_takes_some_shape(layer: Layer) -> None:
    assert fitting(layer)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [pytest.param(layer, shape, id=f"{layer!r} {shape}") for layer in LAYERS for shape in fitting(layer)],
)
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


def test_dropout_keeps_the_expected_value_and_is_off_at_evaluation() -> None:
    module = Dropout(rate=0.75).build((10_000,))
    ones = torch.ones(8, 10_000)
    assert module(ones).mean().item() == pytest.approx(1.0, abs=0.03)
    assert set(module(ones).unique().tolist()) == {0.0, 4.0}  # kept units are divided by the keep probability
    assert torch.equal(module.eval()(ones), ones)


def test_dropout_drops_whole_channels_of_pictures() -> None:
    out = Dropout(rate=0.5).build((64, 4, 4))(torch.ones(8, 64, 4, 4))
    assert set(out.flatten(2).float().std(2).unique().tolist()) == {0.0}


def test_batch_norm_is_its_formula() -> None:
    z = torch.randn(32, 5, dtype=torch.float64) * 3 + 1
    module = BatchNorm().build((5,)).double()
    mean, variance = z.mean(0), ((z - z.mean(0)) ** 2).mean(0)
    assert torch.allclose(module(z), (z - mean) / torch.sqrt(variance + 1e-5), atol=1e-12)


def test_a_layer_that_does_not_fit_is_named() -> None:
    network = ConvNet(layers=(FullyConnected(units=4), Conv()))
    with pytest.raises(SpecError) as raised:
        describe_network(network, (1, 8, 8), 10)
    assert raised.value.path == "network.layers.1"
