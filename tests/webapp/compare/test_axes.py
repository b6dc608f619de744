"""What experiments can be laid out by."""

from typing import Any

from tests.webapp.compare.making import experiment_of
from webapp.compare.axes import MOST_FIELDS, Axis, axes_of, declared_scale, fields_of
from webapp.compare.summary import all_columns, summaries
from webapp.models import User


def axis(specs: list[dict[str, Any]], name: str) -> Axis:
    return next(axis for axis in fields_of(specs) if axis.name == name)


def test_only_fields_in_which_specs_differ_are_axes() -> None:
    assert [one.name for one in fields_of([{"a": 1, "b": 2}, {"a": 1, "b": 3}])] == ["b"]


def test_an_axis_is_logarithmic_where_the_part_declares_its_field_so() -> None:
    specs = [{"optimizer": {"lr": lr, "momentum": m}} for lr, m in ((0.1, 0.9), (0.001, 0.5))]
    assert axis(specs, "optimizer.lr").scale == "log"
    assert axis(specs, "optimizer.momentum").scale == "linear"


def test_what_is_zero_has_no_place_on_a_logarithmic_axis() -> None:
    specs = [{"optimizer": {"weight_decay": value}} for value in (0.0, 0.01)]
    assert declared_scale("optimizer.weight_decay") == "log"
    assert axis(specs, "optimizer.weight_decay").scale == "linear"


def test_words_are_categories_and_what_a_spec_lacks_is_none() -> None:
    found = axis([{"kind": "a"}, {"kind": "b"}, {}], "kind")
    assert (found.kind, found.values) == ("category", ("a", "b", None))


def test_a_field_that_is_a_number_here_and_a_word_there_is_a_category() -> None:
    assert axis([{"size": 3}, {"size": "auto"}], "size").values == ("3", "auto")


def test_places_in_lists_are_no_part_of_a_declared_name() -> None:
    assert declared_scale("regularisation.0.strength") == "log"


def test_results_that_somebody_has_are_axes_with_their_direction() -> None:
    experiments = [experiment_of(User(), place, 2, {}) for place in range(2)]
    columns = all_columns(experiments)
    axes = {
        one.name: one for one in axes_of([e.spec for e in experiments], columns, summaries(experiments, 2, columns))
    }
    assert axes["validation/loss.best"].better == "lower"
    assert axes["test/accuracy"].better == "higher"
    assert axes["duration_s"].values == (12.5, 15.5)
    assert "test/loss" not in axes


def test_networks_that_differ_in_many_layers_leave_room_for_the_other_fields() -> None:
    layers = [{"kind": "conv", "filters": 8}, {"kind": "relu"}] * 40
    specs = [{"network": {"layers": layers}, "epochs": 1}, {"network": {"hidden": [9]}, "epochs": 2}]
    names = [one.name for one in axes_of(specs, [], [])]
    assert names[:3] == ["network.hidden", "epochs", "network.layers.0.kind"]
    assert len(names) == MOST_FIELDS
