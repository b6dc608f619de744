"""L-BFGS: its line search, its iterations, and its one group."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from dlcore.errors import SpecError
from dlcore.optim.lbfgs import LBFGS
from tests.dlcore.optim.problems import PROBLEMS, Array, Problem, quadratic, rosenbrock
from tests.dlcore.optim.reference.lbfgs import direction
from tests.dlcore.optim.training import train

SUFFICIENT, CURVATURE = 1e-4, 0.9  # of Wolfe's conditions


def loss_at(problem: Problem, w: Array) -> float:
    tensors = [torch.tensor(tensor) for tensor in problem.tensors(w)]
    return problem.loss(tensors).item()


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_the_line_search_goes_along_the_two_loop_direction_to_a_point_that_meets_wolfes_conditions(
    problem: Problem,
) -> None:
    part, model = LBFGS(iterations=1), problem.model()
    path = [problem.start, *train(part, model, part.build(model.parameters()), range(12))]
    pairs: list[tuple[Array, Array]] = []
    for before, after in pairwise(path):
        g, d, s = problem.gradient(before), direction(problem.gradient(before), pairs[-part.history :]), after - before
        assert s @ d / np.linalg.norm(s) / np.linalg.norm(d) == pytest.approx(1, abs=1e-8)
        assert loss_at(problem, after) <= loss_at(problem, before) + SUFFICIENT * g @ s
        assert abs(problem.gradient(after) @ s) <= CURVATURE * abs(g @ s)
        pairs.append((s, problem.gradient(after) - g))


def test_it_finds_the_minimum_that_scipy_finds() -> None:
    problem, part = rosenbrock(), LBFGS()
    model = problem.model()
    found = train(part, model, part.build(model.parameters()), range(5))[-1]
    theirs = minimize(lambda w: loss_at(problem, w), problem.start, jac=problem.gradient, method="L-BFGS-B")
    assert theirs.success
    np.testing.assert_allclose(found, theirs.x, atol=1e-3)
    np.testing.assert_allclose(found, np.ones(6), atol=1e-4)


def test_a_step_of_three_iterations_is_three_steps_of_one() -> None:
    several, single = (LBFGS(iterations=count, lr=0.1, line_search="none") for count in (3, 1))
    first, second = quadratic().model(), quadratic().model()
    threes = train(several, first, several.build(first.parameters()), range(10))
    ones = train(single, second, single.build(second.parameters()), range(30))
    assert np.array_equal(threes, ones[2::3])


def test_groups_of_parameters_are_refused_with_a_sentence() -> None:
    one, other = torch.nn.Parameter(torch.zeros(2)), torch.nn.Parameter(torch.zeros(3))
    assert LBFGS().build([{"params": [one, other]}])
    with pytest.raises(SpecError, match="one learning rate; 2 groups"):
        LBFGS().build([{"params": [one]}, {"params": [other], "lr": 0.1}])
