"""The gradients of every declared layer, by our own check and by torch's."""

import pytest
import torch
from torch.func import functional_call

from dlcore.checks.gradient import check_gradients
from dlcore.layers import Layer, Shape
from tests.dlcore.layers.settings import CASES, name
from tests.dlcore.layers.test_values import filled

every_case = pytest.mark.parametrize(("layer", "shape"), CASES, ids=name)


def acts_otherwise_in_training(layer: Layer) -> bool:
    return layer.kind in {"batch_norm", "dropout", "drop_connect", "inception", "residual"}


def agree(layer: Layer, shape: Shape, training: bool) -> None:
    module = filled(layer.build(shape)).train(training)
    errors = check_gradients(module, [examples(shape)], entries=8)
    assert set(errors) == {"input", *dict(module.named_parameters())}
    assert max(error.relative_error for error in errors.values()) < 1e-6
    assert not any(error.kinks for error in errors.values())


def examples(shape: Shape) -> torch.Tensor:
    return torch.randn(3, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


@every_case
def test_its_gradients_agree_with_centred_differences(layer: Layer, shape: Shape) -> None:
    agree(layer, shape, training=True)


@pytest.mark.parametrize(("layer", "shape"), [case for case in CASES if acts_otherwise_in_training(case[0])], ids=name)
def test_its_gradients_agree_at_evaluation(layer: Layer, shape: Shape) -> None:
    agree(layer, shape, training=False)


@every_case
def test_its_gradients_agree_with_torchs_own_check(layer: Layer, shape: Shape) -> None:
    module = filled(layer.build(shape)).train()
    names = [key for key, _ in module.named_parameters()]
    buffers = {key: value.clone() for key, value in module.named_buffers()}

    def function(x: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(0)  # the same mask at every call
        state = {**dict(zip(names, parameters, strict=True)), **{key: value.clone() for key, value in buffers.items()}}
        return functional_call(module, state, (x,))

    tensors = [examples(shape), *(parameter.detach().clone() for parameter in module.parameters())]
    assert torch.autograd.gradcheck(function, [tensor.requires_grad_() for tensor in tensors], fast_mode=True)
