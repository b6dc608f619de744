"""Layers made of layers: names, memory, gates, and what does not fit."""

import numpy as np
import pytest
import torch

from dlcore.describe import describe_layer
from dlcore.errors import SpecError
from dlcore.init.he_normal import HeNormal
from dlcore.initialise import initialise
from dlcore.layers.average_pool import AveragePool
from dlcore.layers.conv import Conv
from dlcore.layers.highway import Highway
from dlcore.layers.inception import Inception
from dlcore.layers.inception_paths import side_by_side
from dlcore.layers.residual import Residual
from dlcore.layers.residual_paths import ResidualPaths
from dlcore.networks.convnet import ConvNet


def test_the_numbers_of_a_block_have_names_that_can_be_read() -> None:
    names = [name for name, _ in ConvNet(layers=(Residual(stride=2),)).build((3, 8, 8), 10).named_parameters()]
    assert names[0] == "block1.main.conv1.weight"
    assert "block1.shortcut.conv1.weight" in names
    names = [name for name, _ in Inception(batch_norm=True).build((8, 8, 8)).named_parameters()]
    assert "conv5x5.conv2.weight" in names
    assert "pool.norm1.bias" in names


def test_a_block_that_changes_nothing_has_the_identity_for_a_shortcut() -> None:
    assert not list(Residual(filters=8).build((8, 6, 6)).shortcut.parameters())
    x = torch.randn(2, 8, 6, 6)
    block = Residual(filters=8).build((8, 6, 6)).eval()
    torch.nn.init.zeros_(block.main.norm2.weight)  # F = 0
    assert torch.equal(block(x), x.relu())
    before = Residual(filters=8, pre_activation=True).build((8, 6, 6)).eval()
    torch.nn.init.zeros_(before.main.conv2.weight)
    assert torch.equal(before(x), x)


def test_a_shortcut_of_zeros_learns_nothing_and_a_projection_does() -> None:
    wider = Residual(filters=16, stride=2, shortcut="padding").parameters((8, 6, 6))
    assert Residual(filters=16, stride=2).parameters((8, 6, 6)) - wider == 8 * 16 + 2 * 16  # weights, γ and β


def test_a_shortcut_of_zeros_cannot_leave_channels_out() -> None:
    with pytest.raises(SpecError, match="cannot make 8 channels fewer, but the block has 4"):
        Residual(filters=4, shortcut="padding").output_shape((8, 6, 6))


def test_a_fresh_highway_carries_most_of_its_input() -> None:
    """T = σ(−2) = 0.119 where the gate's weights see nothing, also after biases were set to 0."""
    layer = Highway(gate_bias=-2.0).build((5,))
    initialise(layer, HeNormal(), seed=0)
    with torch.no_grad():
        layer.gate.fc1.weight.zero_()
        layer.transform.fc1.weight.zero_()
        layer.transform.fc1.bias.fill_(1.0)
    out = layer(torch.full((1, 5), 3.0))
    opening = 1 / (1 + np.exp(2.0))
    assert opening == pytest.approx(0.1192, abs=1e-4)
    assert out.tolist()[0] == pytest.approx([opening * 1.0 + (1 - opening) * 3.0] * 5)


def test_a_highway_as_wide_as_its_input_has_a_limit() -> None:
    with pytest.raises(SpecError, match="at most 4,096, and this has 5,000"):
        Highway().output_shape((5000,))


def test_fifty_highway_layers_still_hand_their_input_and_its_gradient_on() -> None:
    layers = [Highway(gate_bias=-4.0).build((20,)) for _ in range(50)]
    stack = torch.nn.Sequential(*layers)
    initialise(stack, HeNormal(), seed=1)
    x = torch.randn(16, 20, generator=torch.Generator().manual_seed(0)).requires_grad_()
    out = stack(x)
    out.sum().backward()
    assert x.grad is not None
    assert 0.1 < x.grad.norm() / 16 < 100
    assert torch.corrcoef(torch.stack([x.detach().flatten(), out.detach().flatten()]))[0, 1] > 0.5


def test_the_memory_of_a_block_is_that_of_all_its_layers() -> None:
    row, shape = describe_layer("block1", Residual(filters=8, stride=2), (4, 6, 6), "network")
    assert shape == (8, 3, 3)
    one = 8 * 3 * 3  # each of five layers of the main path, two of the shortcut, the sum and the ReLU puts out as much
    assert row.activation_bytes == 4 * one * (5 + 2 + 1 + 1)


def test_paths_of_different_sizes_are_refused() -> None:
    with pytest.raises(SpecError, match="laid beside each other must have one size, but they have 8 × 8 and 4 × 4"):
        side_by_side([Conv(size=1)], [AveragePool()]).output_shape((3, 8, 8))
    with pytest.raises(SpecError, match="added must have one size, but they have 16 × 8 × 8 and 3 × 8 × 8"):
        ResidualPaths(main=(Conv(size=1),), scale=0.1).output_shape((3, 8, 8))


def test_an_inception_residual_block_adds_a_share_of_its_paths() -> None:
    layer = ResidualPaths(main=(side_by_side([Conv(filters=2, size=1)], [Conv(filters=1, size=1)]),), scale=0.17)
    module = layer.build((3, 4, 4)).double()
    x = torch.randn(2, 3, 4, 4, dtype=torch.float64)
    first, second = module.main.inception1.path1.conv1, module.main.inception1.path2.conv1
    weights = np.concatenate([conv.weight.detach().numpy()[:, :, 0, 0] for conv in (first, second)])
    biases = np.concatenate([conv.bias.detach().numpy() for conv in (first, second)])
    paths = np.einsum("nchw,kc->nkhw", x.numpy(), weights) + biases[:, None, None]
    expected = np.maximum(0.17 * paths + x.numpy(), 0)
    np.testing.assert_allclose(module(x).detach().numpy(), expected, rtol=1e-12)


def test_blocks_are_kinds_of_a_list_of_layers() -> None:
    network = ConvNet.model_validate(
        {"layers": [{"kind": "residual"}, {"kind": "inception"}, {"kind": "highway", "gate_bias": -1}]}
    )
    model = network.build((3, 8, 8), 10)
    assert [name for name, _ in model.named_children()] == ["block1", "inception1", "highway1", "fc1"]
    assert model(torch.randn(2, 3, 8, 8)).shape == (2, 10)
