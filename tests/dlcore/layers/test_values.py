"""Every declared layer against NumPy, in float64: a new one needs a ``reference/<kind>.py``."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch

from dlcore.layers import Layer, Shape
from dlcore.part import discover
from tests.dlcore.layers.settings import CASES, SETTINGS, name

KINDS = {layer.kinds()[0] for layer in discover("dlcore.layers", Layer)}


@torch.no_grad()
def filled(module: torch.nn.Module) -> torch.nn.Module:
    """The module in float64 at evaluation, every number in it drawn at random."""
    generator = torch.Generator().manual_seed(5)
    module = module.double().eval()
    for key, value in module.state_dict().items():
        if value.is_floating_point():
            value.normal_(generator=generator)
            if key.endswith("running_var"):
                value.abs_().add_(0.1)
    return module


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_layer_has_a_reference(kind: str) -> None:
    assert (Path(__file__).parent / "reference" / f"{kind}.py").exists(), f"{kind} is held against nothing"


def test_every_setting_belongs_to_a_layer() -> None:
    assert set(SETTINGS) <= KINDS


@pytest.mark.parametrize(("layer", "shape"), CASES, ids=name)
def test_its_values_are_those_of_its_formula(layer: Layer, shape: Shape) -> None:
    reference = importlib.import_module(f"tests.dlcore.layers.reference.{layer.kind}")
    module = filled(layer.build(shape))
    x = 2 * np.random.default_rng(1).standard_normal((3, *shape))
    weights = {key: value.numpy() for key, value in module.state_dict().items()}
    with torch.no_grad():
        found = module(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, reference.forward(layer, x, weights), rtol=1e-11, atol=1e-12)
