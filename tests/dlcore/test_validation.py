"""What people read when a spec is wrong: the field and the limit."""

from typing import Any

import pytest

from dlcore.validation import SpecInvalid, parse_spec

GOOD: dict[str, Any] = {"data": {"kind": "digits"}, "network": {"kind": "mlp"}}


def problem_of(**changes: Any) -> tuple[str, str]:
    with pytest.raises(SpecInvalid) as raised:
        parse_spec({**GOOD, **changes})
    (found,) = raised.value.problems
    return found.path, found.message


def test_the_smallest_spec_is_two_lines() -> None:
    spec = parse_spec(GOOD)
    assert (spec.optimizer.kind, spec.loss.kind, spec.epochs, spec.batch_size) == ("momentum", "softmax", 5, 64)


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        (
            {"optimizer": {"kind": "adam", "lr": 100}},
            "optimizer.lr",
            "Learning rate must be between 1e-8 and 10; you entered 100.",
        ),
        ({"optimizer": {"kind": "adem"}}, "optimizer.kind", "Did you mean adam?"),
        ({"optimizer": {}}, "optimizer.kind", "kind is required"),
        ({"optimizer": 3}, "optimizer", "you entered 3"),
        ({"epochs": 0}, "epochs", "between 1 and 100,000"),
        ({"epochs": "ten"}, "epochs", "whole number"),
        ({"epochs": 1.5}, "epochs", "whole number"),
        ({"epochs": True}, "epochs", "whole number"),
        ({"batch_size": 10**9}, "batch_size", "65,536"),
        ({"seed": -1}, "seed", "between 0 and"),
        ({"trials": 21}, "trials", "between 1 and 20"),
        ({"device": "tpu"}, "device", "cuda"),
        ({"precison": "float32"}, "precison", "Did you mean precision?"),
        ({"²": 1}, "²", "There is no field '²' here"),
        ({"network": {"kind": "mlp", "hidden": [10, 0]}}, "network.hidden.1", "between 1 and 65,536"),
        ({"network": {"kind": "mlp", "hidden": [1] * 60}}, "network.hidden", "at most 50"),
        ({"network": {"kind": "mlp", "dropout": 1.0}}, "network.dropout", "less than 1"),
        ({"network": {"kind": "mlp", "batch_norm": "perhaps"}}, "network.batch_norm", "true or false"),
        (
            {"network": {"kind": "layers", "layers": [{"kind": "conv", "filters": 0}]}},
            "network.layers.0.filters",
            "between 1",
        ),
        ({"network": {"kind": "layers", "layers": [{"kind": "conv", "size": 31}]}}, "network.layers.0", "does not fit"),
        ({"network": {"kind": "layers", "layers": {}}}, "network.layers", "list"),
        ({"regularisation": [{"kind": "l2", "strength": -1}]}, "regularisation.0.strength", "between 0"),
        ({"data": {"kind": "digits", "split": {"validation": 0.9, "test": 0.9}}}, "data.split", "at most 0.95"),
        ({"data": {"kind": "moons"}, "network": {"kind": "lenet5"}}, "network", "pictures"),
        ({"data": {"kind": "digits", "preprocess": [{"kind": "x"}]}}, "data.preprocess.0.kind", "standardise"),
        ({"monitor": {"every_steps": 0}}, "monitor.every_steps", "between 1"),
        ({"schedule": {"kind": "step", "factor": 0}}, "schedule.factor", "more than 0"),
        ({"optimizer": {"kind": "sgd", "lr": float("nan")}}, "optimizer.lr", "number"),
        ({"network": {"kind": "mlp", "hidden": [65536, 65536]}}, "network", "parameters"),
    ],
)
def test_a_mistake_is_named(changes: dict[str, Any], path: str, words: str) -> None:
    found, message = problem_of(**changes)
    assert found == path
    assert words in message


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SpecInvalid) as raised:
        parse_spec({"data": {"kind": "digits"}, "epochs": 0, "seed": "x"})
    assert [problem.path for problem in raised.value.problems] == ["network", "epochs", "seed"]


@pytest.mark.parametrize("nothing", [None, [], "spec", 3])
def test_what_is_no_mapping_is_no_spec(nothing: Any) -> None:
    with pytest.raises(SpecInvalid):
        parse_spec(nothing)
