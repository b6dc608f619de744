"""What holds for every network: small pictures, the layer table, a step of training, and errors that say what to do."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dlcore.checkpoint import capture, load, restore, save
from dlcore.describe import describe_network
from dlcore.errors import SpecError
from dlcore.init.he_normal import HeNormal
from dlcore.initialise import initialise
from dlcore.layers import Shape
from dlcore.losses.softmax import Softmax
from dlcore.networks import Network
from dlcore.networks.alexnet import AlexNet
from dlcore.networks.cifar_resnet import CifarResNet
from dlcore.networks.googlenet import GoogLeNet
from dlcore.networks.inception_resnet import InceptionResNet
from dlcore.networks.inception_v3 import InceptionV3
from dlcore.networks.lenet5 import LeNet5
from dlcore.networks.nin import NIN
from dlcore.networks.resnet import ResNet
from dlcore.networks.vgg import VGG
from dlcore.part import discover
from dlcore.tasks.classification import Classification

NETWORKS = [network() for network in discover("dlcore.networks", Network)]
VARIANTS = [
    AlexNet(grouped=False, units=32, dropout=0.0),
    VGG(depth="C", batch_norm=True, units=32),
    GoogLeNet(batch_norm=True),
    ResNet(depth=50),
    ResNet(depth=18, pre_activation=True),
    CifarResNet(pre_activation=True),
    CifarResNet(shortcut="projection"),
]
FOR_ANY_DATA = {"softmax", "mlp", "convnet"}
SMALLEST = {LeNet5: 6, GoogLeNet: 6, NIN: 6, InceptionV3: 7, InceptionResNet: 7}
SHAPES: list[Shape] = [(1, 28, 28), (3, 32, 32), (1, 8, 8), (3, 20, 50), (3, 64, 64)]
every_network = pytest.mark.parametrize("network", [*NETWORKS, *VARIANTS], ids=lambda n: n.kind)


@pytest.fixture(autouse=True)
def _one_thread_one_seed() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@every_network
def test_the_layer_table_is_what_the_layers_put_out(network: Network, shape: Shape) -> None:
    rows = describe_network(network, shape, 10)
    with torch.device("meta"):
        model = network.build(shape, 10)
    assert [row.name for row in rows] == [name for name, _ in model.named_children()]
    value, outputs = torch.empty(2, *shape, device="meta"), leaf_outputs(model)
    for row, module in zip(rows, model.children(), strict=True):
        outputs.clear()
        value = module(value)
        assert tuple(value.shape[1:]) == row.output_shape, row.name
        assert row.activation_bytes == 4 * sum(outputs), row.name
        assert row.parameters == sum(parameter.numel() for parameter in module.parameters()), row.name
    assert value.shape == (2, 10)


def leaf_outputs(model: torch.nn.Module) -> list[int]:
    """A list to which every innermost module adds how many numbers it puts out for one example."""
    sizes: list[int] = []

    def measure(module: torch.nn.Module, inputs: Any, output: torch.Tensor) -> None:
        sizes.append(output[0].numel())

    for module in model.modules():
        if not list(module.children()) and not isinstance(module, torch.nn.Sequential):
            module.register_forward_hook(measure)
    return sizes


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)], ids=["MNIST", "CIFAR"])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.kind)
def test_a_small_picture_gets_a_score_for_each_class(network: Network, shape: Shape) -> None:
    model = network.build(shape, 10)
    initialise(model, HeNormal(), seed=0)
    with torch.no_grad():
        scores = model.eval()(torch.randn(1, *shape))
    assert scores.shape == (1, 10)
    assert torch.isfinite(scores).all()


@every_network
def test_a_step_of_training_reaches_every_weight_and_leaves_it_finite(network: Network) -> None:
    model = network.build((1, 16, 16), 10)
    initialise(model, HeNormal(), seed=0)
    task = Classification(Softmax(), torch.device("cpu"), "float32")
    task.loss(model.train(), (torch.randn(4, 1, 16, 16), torch.arange(4))).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
    torch.optim.SGD(model.parameters(), lr=1e-4).step()
    assert all(torch.isfinite(parameter).all() for parameter in model.parameters())


@pytest.mark.parametrize("network", [n for n in NETWORKS if n.kind not in FOR_ANY_DATA], ids=lambda n: n.kind)
def test_rows_of_numbers_are_refused_with_a_remedy(network: Network) -> None:
    with pytest.raises(
        SpecError, match=r"needs pictures, but this data set has rows of numbers\. Take an MLP"
    ) as raised:
        describe_network(network, (13,), 10)
    assert raised.value.path == "network"


@pytest.mark.parametrize(("kind", "smallest"), SMALLEST.items(), ids=lambda v: getattr(v, "__name__", v))
def test_a_picture_that_is_too_small_is_refused_with_the_size_that_is_needed(kind: Any, smallest: int) -> None:
    assert describe_network(kind(), (3, smallest, 40), 10)[-1].output_shape == (10,)
    with pytest.raises(SpecError, match=f"at least {smallest} × {smallest} pixels, but these are {smallest - 1} × 40"):
        describe_network(kind(), (3, smallest - 1, 40), 10)


@pytest.mark.parametrize("network", [n for n in NETWORKS if type(n) not in SMALLEST], ids=lambda n: n.kind)
def test_the_others_take_pictures_down_to_four_pixels(network: Network) -> None:
    assert describe_network(network, (1, 4, 4), 3)[-1].output_shape == (3,)


def test_a_depth_may_come_as_the_text_of_a_form() -> None:
    assert ResNet.model_validate({"kind": "resnet", "depth": "50"}) == ResNet(depth=50)
    assert CifarResNet.model_validate_json('{"depth": 44}').depth == 44


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.kind)
def test_a_last_batch_of_one_example_does_not_stop_training(network: Network) -> None:
    with torch.device("meta"):
        model = network.build((3, 8, 8), 10).train()
    assert model(torch.empty(1, 3, 8, 8, device="meta")).shape == (1, 10)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: n.kind)
def test_its_weights_come_back_from_a_file_into_another_of_its_kind(network: Network, tmp_path: Path) -> None:
    first, second = (network.build((1, 8, 8), 10) for _ in range(2))
    for seed, model in enumerate((first, second)):
        initialise(model, HeNormal(), seed=seed)
    optimizers = [torch.optim.SGD(model.parameters(), lr=0.1) for model in (first, second)]
    picture = torch.randn(2, 1, 8, 8)
    first.train()(picture)  # moves running averages as well
    save(capture(first, optimizers[0], 1, 0, 0, {}), tmp_path / "checkpoint")
    restore(load(tmp_path / "checkpoint"), second, optimizers[1])
    assert torch.equal(first.eval()(picture), second.eval()(picture))
