"""Curves and histograms of a trial, as programs read them."""

import csv
import io
from typing import Any

import numpy as np
import pytest

from tests.conftest import Person, Store
from tests.making import logged_rows
from tests.webapp.api.asking import HISTOGRAMS, fields_of


def test_curves_come_as_steps_values_and_times(ada: Person, trained: int) -> None:
    body = ada.api("GET", f"/trials/{trained}/curves", query_string={"keys": "train/loss", "points": 100}).json
    (curve,) = body.values()
    assert set(curve) >= {"step", "value", "time"}
    assert len(curve["step"]) == len(curve["value"]) == len(curve["time"]) < 250
    assert 2501 in curve["step"]
    assert curve["value"][curve["step"].index(2501)] == 1e6
    assert curve["value"][curve["step"].index(42)] is None
    assert [curve["step"][index] for index, name in curve["nonfinite"] if name == "NaN"] == [42]


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ({"from": 100, "to": 200}, 100, 200),
        ({"x": "epoch", "from": 1, "to": 1.02}, 2500, 2550),
        ({"x": "time", "from": 1.7e9 + 300, "to": 1.7e9 + 310}, 3000, 3100),
    ],
)
def test_a_window_is_asked_for_in_steps_epochs_or_time(
    ada: Person, trained: int, window: dict[str, Any], first: int, last: int
) -> None:
    body = ada.api("GET", f"/trials/{trained}/curves", query_string={"keys": "train/loss", **window}).json
    assert body["train/loss"]["step"] == list(range(first, last + 1))


def test_a_window_beyond_all_epochs_is_empty(ada: Person, trained: int) -> None:
    """Its steps are more than 64 bits hold."""
    for window, count in (({"from": 9e15}, 0), ({"to": -9e15}, 0), ({"from": -9e15, "to": 9e15}, 5000)):
        query = {"keys": "train/loss", "x": "epoch", "points": 100_000, **window}
        answer = ada.api("GET", f"/trials/{trained}/curves", query_string=query)
        assert (answer.status_code, len(answer.json["train/loss"]["step"])) == (200, count)


def test_a_link_asks_for_csv_without_a_header(ada: Person, trained: int) -> None:
    by_header = ada.api("GET", f"/trials/{trained}/curves", headers={"Accept": "text/csv"})
    by_link = ada.api("GET", f"/trials/{trained}/curves?format=csv", headers={"Accept": "text/html,*/*;q=0.8"})
    assert by_link.content_type.startswith("text/csv")
    assert by_link.text == by_header.text


def test_csv_is_every_point_exactly_as_it_was_logged(ada: Person, trained: int, store: Store) -> None:
    answer = ada.api("GET", f"/trials/{trained}/curves", headers={"Accept": "text/csv"})
    assert answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    logged = list(logged_rows(store, trained, ["train/loss", "validation/loss"]))
    assert len(rows) == 5005
    for row, (key, step, value, time) in zip(rows, logged, strict=True):
        assert (row["key"], int(row["step"]), float(row["time"])) == (key, step, time)
        np.testing.assert_equal(float(row["value"]), value)


@pytest.mark.parametrize(
    ("query", "field"),
    [({"points": 1}, "points"), ({"from": "a"}, "from"), ({"x": "lunch"}, "x"), ({"to": "nan"}, "to")],
)
def test_a_bad_window_is_told(ada: Person, trained: int, query: dict[str, Any], field: str) -> None:
    assert fields_of(ada.api("GET", f"/trials/{trained}/curves", query_string=query)) == [field]


def test_a_curve_that_the_trial_has_not_is_empty(ada: Person, trained: int) -> None:
    body = ada.api("GET", f"/trials/{trained}/curves", query_string={"keys": "no/such"}).json
    assert body == {"no/such": {"step": [], "value": [], "time": []}}


def test_histograms_are_listed_and_read_by_their_keys(ada: Person, trained: int) -> None:
    path = f"/trials/{trained}/histograms"
    assert ada.api("GET", path).json == {"keys": HISTOGRAMS, "histograms": {}}
    body = ada.api("GET", path, query_string={"keys": "weights/fc1.weight"}).json
    (read,) = body["histograms"].values()
    assert read["step"] == list(range(0, 5000, 500))
    assert read["counts"] == [list(range(step, step + 64)) for step in read["step"]]
    assert [set(read[column]) for column in ("low", "high", "nonfinite")] == [{-1.0}, {2.5}, {3}]
    assert read["epoch"][5] == 1.0


def test_at_most_so_many_steps_of_a_histogram_are_read(ada: Person, trained: int) -> None:
    query = {"keys": ",".join(HISTOGRAMS), "steps": 4}
    body = ada.api("GET", f"/trials/{trained}/histograms", query_string=query).json
    assert [read["step"] for read in body["histograms"].values()] == [[0, 1500, 3000, 4500]] * 2


def test_a_histogram_that_the_trial_has_not_is_empty_and_a_bad_count_of_steps_is_told(
    ada: Person, trained: int
) -> None:
    path = f"/trials/{trained}/histograms"
    body = ada.api("GET", path, query_string={"keys": "no/such"}).json
    assert body["histograms"]["no/such"]["step"] == []
    assert fields_of(ada.api("GET", path, query_string={"steps": 0})) == ["steps"]
