"""The recipes keep what they promise, on real data."""

from typing import Any

import pytest
import torch

from dlcore.describe import describe
from dlcore.errors import Diverged
from dlcore.events import Results, Scalars
from dlcore.recipes import Recipe, recipe_of, recipes
from dlcore.train import train
from tests.conftest import needs_data


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def results_of(name: str) -> dict[str, Any]:
    recipe = recipe_of(name)
    assert recipe is not None
    return dict([event.values for event in train(recipe.spec) if isinstance(event, Results)][-1])


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_a_recipe_says_what_it_shows_and_its_parts_fit(recipe: Recipe) -> None:
    assert recipe.title
    assert recipe.summary.endswith(".")
    assert recipe.watch.endswith(".")
    assert describe(recipe.spec).parameters > 0


def test_softmax_on_digits_reaches_94_percent() -> None:
    assert results_of("softmax-digits")["test/accuracy"] >= 0.94


def test_lenet5_on_the_whole_of_mnist_reaches_98_8_percent_in_five_epochs() -> None:
    needs_data("mnist")
    recipe = recipe_of("lenet5-mnist")
    assert recipe is not None
    assert recipe.spec.epochs <= 5
    assert recipe.spec.data.train_size is None
    assert results_of("lenet5-mnist")["test/accuracy"] >= 0.988


def test_a_learning_rate_far_too_high_diverges() -> None:
    with pytest.raises(Diverged):
        results_of("learning-rate-too-high")


def test_a_learning_rate_too_low_gets_nowhere() -> None:
    assert results_of("learning-rate-too-low")["train/accuracy"]["last"] < 0.5


def test_the_mlp_parts_the_spirals() -> None:
    assert results_of("spirals")["test/accuracy"] >= 0.95


def test_dead_relus_can_be_seen() -> None:
    recipe = recipe_of("dead-relus")
    assert recipe is not None
    dead = [e.values[-1] for e in train(recipe.spec) if isinstance(e, Scalars) and e.key == "dead/relu1"]
    assert dead[-1] > 0.3
