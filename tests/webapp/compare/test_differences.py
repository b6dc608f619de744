"""Differences of specs: what is shown, how it is written, and what is left out."""

from typing import Any

from webapp.compare.differences import Difference, differences, rows_of


def test_equal_specs_have_no_differences():
    spec = {"data": {"kind": "mnist", "split": {"validation": 0.1}}, "epochs": 5}
    assert differences([spec, dict(spec), dict(spec)]) == []


def test_nested_keys_become_paths_and_equal_rows_are_hidden():
    one = {"optimizer": {"kind": "sgd", "lr": 0.05}, "epochs": 5}
    other = {"optimizer": {"kind": "sgd", "lr": 0.005}, "epochs": 5}
    assert differences([one, other]) == [Difference("optimizer.lr", ("0.05", "0.005"))]


def test_a_field_that_only_one_spec_has_is_none_in_the_others():
    momentum = {"optimizer": {"kind": "momentum", "momentum": 0.9}}
    adam = {"optimizer": {"kind": "adam", "beta1": 0.9}}
    assert differences([momentum, adam]) == [
        Difference("optimizer.kind", ("momentum", "adam")),
        Difference("optimizer.momentum", ("0.9", None)),
        Difference("optimizer.beta1", (None, "0.9")),
    ]


def test_lists_of_parts_are_numbered():
    shallow = {"network": {"layers": [{"kind": "conv", "filters": 8}]}}
    deep = {"network": {"layers": [{"kind": "conv", "filters": 16}, {"kind": "relu"}]}}
    assert differences([shallow, deep]) == [
        Difference("network.layers.0.filters", ("8", "16")),
        Difference("network.layers.1.kind", (None, "relu")),
    ]


def test_rows_of_a_section_stand_together_even_when_a_later_spec_brings_them_in():
    paths = [row.path for row in differences([{"a": {"x": 1}, "b": 1}, {"a": {"x": 2, "y": 1}, "b": 2}])]
    assert paths == ["a.x", "a.y", "b"]


def test_values_are_written_for_people():
    spec = {"bias": True, "size": None, "rest": [], "hidden": [100, 50], "lr": 1e-05, "odd": 0.12345678901}
    assert {row.path: row.values[0] for row in rows_of([spec])} == {
        "bias": "yes",
        "size": "none",
        "rest": "none",
        "hidden": "100, 50",
        "lr": "1e-05",
        "odd": "0.12345678901",
    }


def test_values_that_differ_only_far_behind_the_point_are_told_apart():
    assert len(differences([{"lr": 0.1234567}, {"lr": 0.1234568}])) == 1


def layers(*parts: str | dict[str, Any]) -> dict[str, Any]:
    return {"network": {"layers": [part if isinstance(part, dict) else {"kind": part} for part in parts]}}


def test_a_layer_that_only_one_has_moves_none_of_those_behind_it():
    plain = layers({"kind": "conv", "filters": 8}, "relu", {"kind": "dense", "units": 10})
    deeper = layers({"kind": "conv", "filters": 8}, "batch_norm", "relu", {"kind": "dense", "units": 10})
    assert differences([plain, deeper, plain]) == [Difference("network.layers.1.kind", (None, "batch_norm", None))]


def test_equal_parts_stand_together_before_those_that_are_only_of_the_same_kind():
    rest = ("relu", "max_pool", {"kind": "fc", "units": 10}, "relu")
    first, second = ({"kind": "conv", "filters": filters} for filters in (8, 4))
    assert differences([layers(first, *rest), layers(first, "relu", second, *rest)]) == [
        Difference("network.layers.2.kind", (None, "conv")),
        Difference("network.layers.2.filters", (None, "4")),
        Difference("network.layers.3.kind", (None, "relu")),
    ]


def test_a_network_that_is_twice_as_wide_has_its_layers_beside_the_narrow_ones():
    def wide(*sizes: int) -> dict[str, Any]:
        return layers(*(part for size in sizes for part in ({"kind": "conv", "filters": size}, "relu")))

    assert differences([wide(8, 16, 32), wide(16, 32, 64)]) == [
        Difference("network.layers.0.filters", ("8", "16")),
        Difference("network.layers.2.filters", ("16", "32")),
        Difference("network.layers.4.filters", ("32", "64")),
    ]


def test_parts_of_other_kinds_beside_one_another_part_no_pair_that_belongs_together():
    rows = differences([layers(*"abcdef", "last"), layers("last", *"uvwxyz")])
    assert [row.path for row in rows if "last" in row.values] == []
    assert len(rows) == 12


def test_a_part_in_anothers_place_stands_beside_it():
    assert differences([layers("conv", "relu", "dense"), layers("conv", "tanh", "dense")]) == [
        Difference("network.layers.1.kind", ("relu", "tanh"))
    ]


def test_lists_of_three_specs_are_laid_along_one_another():
    rows = differences([layers("a", "c"), layers("a", "b", "c"), layers("b", "c", "d")])
    assert [(row.path, row.values) for row in rows] == [
        ("network.layers.0.kind", ("a", "a", None)),
        ("network.layers.1.kind", (None, "b", "b")),
        ("network.layers.3.kind", (None, None, "d")),
    ]


def test_a_field_that_is_nested_in_one_spec_and_plain_in_another_has_rows_for_both():
    rows = differences([{"schedule": None}, {"schedule": {"kind": "step", "factor": 0.5}}])
    assert [(row.path, row.values) for row in rows] == [
        ("schedule", ("none", None)),
        ("schedule.kind", (None, "step")),
        ("schedule.factor", (None, "0.5")),
    ]


def test_equal_rows_are_there_to_be_shown_when_asked_for():
    rows = rows_of([{"a": 1, "b": 2}, {"a": 1, "b": 3}])
    assert [(row.path, row.is_equal) for row in rows] == [("a", True), ("b", False)]


def test_what_others_differ_from_is_what_most_have_and_of_equally_many_the_first():
    assert Difference("a", ("1", "2", "2")).usual == "2"
    assert Difference("a", ("1", "2")).usual == "1"
