"""Every declared optimizer against its published formula in NumPy, and through a checkpoint. A new one is tested by existing."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.checkpoint import capture, load, restore, save
from dlcore.optim import Optimizer
from dlcore.part import discover
from tests.dlcore.optim.problems import PROBLEMS, Problem, network
from tests.dlcore.optim.training import train

STEPS = 100
PARTS = discover("dlcore.optim", Optimizer)
REFERENCES = Path(__file__).parent / "reference"


def reference(part: type[Optimizer]) -> Any:
    """The module of the part's formula."""
    return importlib.import_module(f"tests.dlcore.optim.reference.{part.kinds()[0]}")


def variants() -> list[Any]:
    """Each optimizer with each set of fields that its reference tries."""
    with_reference = [part for part in PARTS if (REFERENCES / f"{part.kinds()[0]}.py").exists()]
    return [
        pytest.param(part(**fields), id="-".join([part.kinds()[0], *map(str, fields)]))
        for part in with_reference
        for fields in reference(part).VARIANTS
    ]


every_variant = pytest.mark.parametrize("part", variants())
every_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kinds()[0])
def test_it_has_a_reference(part: type[Optimizer]) -> None:
    assert (REFERENCES / f"{part.kinds()[0]}.py").exists()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kinds()[0])
def test_its_reference_tries_another_value_than_the_default_of_every_field(part: type[Optimizer]) -> None:
    """Else a field that is not handed on would not be noticed."""
    defaults = part().model_dump()
    tried = {name for fields in reference(part).VARIANTS for name, value in fields.items() if value != defaults[name]}
    assert tried == defaults.keys() - {"kind"}


@every_problem
@every_variant
def test_it_follows_its_formula_for_a_hundred_steps(part: Optimizer, problem: Problem) -> None:
    model = problem.model()
    made = train(part, model, part.build(model.parameters()), range(STEPS))
    formula = reference(type(part)).trajectory(problem, **part.model_dump(exclude={"kind"}))
    reached = None
    for step, ours in enumerate(made, 1):
        theirs = formula.send(reached)  # only L-BFGS looks at it
        assert np.linalg.norm(ours - theirs) <= 1e-10 * np.linalg.norm(theirs), f"step {step}"
        reached = ours
    assert not np.allclose(made[-1], problem.start)


@every_variant
def test_it_goes_on_from_a_saved_file_bit_for_bit(part: Optimizer, tmp_path: Path) -> None:
    problem = network()
    whole = problem.model()
    expected = train(part, whole, part.build(whole.parameters()), range(STEPS))

    first = problem.model()
    before = part.build(first.parameters())
    train(part, first, before, range(STEPS // 2))
    save(capture(first, before, STEPS // 2, 5, 0, {}), tmp_path / "checkpoint")

    second = problem.model()
    after = part.build(second.parameters())
    restore(load(tmp_path / "checkpoint"), second, after)
    assert np.array_equal(second.flat(), expected[STEPS // 2 - 1])
    assert np.array_equal(train(part, second, after, range(STEPS // 2, STEPS)), expected[STEPS // 2 :])
    assert np.array_equal(train(part, first, before, range(STEPS // 2, STEPS)), expected[STEPS // 2 :])


@every_problem
def test_the_gradient_by_hand_is_that_of_torch(problem: Problem) -> None:
    model = problem.model()
    model().backward()
    theirs = problem.flat([weight.grad.numpy() for weight in model.weights])
    np.testing.assert_allclose(problem.gradient(problem.start), theirs, rtol=1e-12, atol=1e-14)
