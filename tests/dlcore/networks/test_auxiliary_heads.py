"""Heads in the middle of a network: part of the loss while training, nothing at evaluation."""

from typing import Any

import pytest
import torch
from torch import nn

from dlcore.layers.auxiliary_head import AuxiliaryHead
from dlcore.layers.fully_connected import FullyConnected
from dlcore.losses.softmax import Softmax
from dlcore.modules.auxiliary_head import AuxiliaryHeadModule
from dlcore.networks.googlenet import GoogLeNet
from dlcore.networks.inception_v3 import InceptionV3
from dlcore.tasks.classification import Classification


def with_a_head(weight: float = 0.3) -> nn.Sequential:
    torch.manual_seed(0)
    head = AuxiliaryHead(layers=(FullyConnected(units=3),), weight=weight).build((4,))
    return nn.Sequential(nn.Linear(5, 4), head, nn.Linear(4, 3))


def test_a_head_hands_on_what_it_gets_and_keeps_its_scores_while_training() -> None:
    head = with_a_head()[1]
    x = torch.randn(2, 4)
    assert head.train()(x) is x
    assert head.scores.shape == (2, 3)
    assert head.eval()(x) is x
    assert head.scores is None


def test_the_loss_of_a_head_is_added_with_its_weight() -> None:
    model, batch = with_a_head(0.3), (torch.randn(6, 5), torch.arange(6) % 3)
    task = Classification(Softmax(), torch.device("cpu"), "float32")
    hidden = model[0](batch[0])
    own = nn.functional.cross_entropy(model[2](hidden), batch[1])
    head = nn.functional.cross_entropy(hidden @ model[1].fc1.weight.T + model[1].fc1.bias, batch[1])
    assert task.loss(model, batch).item() == pytest.approx((own + 0.3 * head).item())
    assert model[1].scores is None  # nothing keeps the graph alive
    assert task.loss(model.eval(), batch).item() == pytest.approx(own.item())


def test_another_model_of_the_same_task_has_its_own_heads() -> None:
    batch = (torch.randn(6, 5), torch.arange(6) % 3)
    task = Classification(Softmax(), torch.device("cpu"), "float32")
    task.loss(with_a_head(), batch)
    plain = nn.Linear(5, 3)
    assert task.loss(plain, batch).item() == pytest.approx(
        nn.functional.cross_entropy(plain(batch[0]), batch[1]).item()
    )


@pytest.mark.parametrize(("network", "heads"), [(GoogLeNet(), 2), (InceptionV3(), 1)], ids=["GoogLeNet", "v3"])
def test_a_networks_heads_are_its_field(network: Any, heads: int) -> None:
    with torch.device("meta"):
        model = network.build((3, 32, 32), 10)
        without = network.model_copy(update={"auxiliary_heads": False}).build((3, 32, 32), 10)
    found = [module for module in model.modules() if isinstance(module, AuxiliaryHeadModule)]
    assert [module.loss_weight for module in found] == [0.3] * heads
    assert not [module for module in without.modules() if isinstance(module, AuxiliaryHeadModule)]


def test_heads_that_compute_in_bfloat16_are_added_in_float32() -> None:
    model, batch = with_a_head(), (torch.randn(6, 5), torch.arange(6) % 3)
    exact = Classification(Softmax(), torch.device("cpu"), "float32").loss(model, batch)
    loss = Classification(Softmax(), torch.device("cpu"), "bfloat16").loss(model, batch)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(exact.item(), rel=0.02)
