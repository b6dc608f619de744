"""Comparisons by the API."""

import numpy as np
import pytest
from flask import Flask

from tests.conftest import Person, Store
from tests.webapp.compare.making import results, sweep
from webapp.models import Trial, User, db
from webapp.store.storage import storage_of


@pytest.fixture
def reader(app: Flask, ada: Person) -> Person:
    """Somebody with three experiments of two trials each."""
    with app.app_context():
        storage = storage_of(app.config["SETTINGS"])
        sweep(db.session(), db.session.get_one(User, ada.id), 3, storage=storage)
    return ada


def test_differences_metrics_and_axes_of_experiments(reader: Person) -> None:
    found = reader.api("GET", "/compare?ids=3,1").json
    assert [experiment["id"] for experiment in found["experiments"]] == [3, 1]
    rows = {row["path"]: row["values"] for row in found["differences"]}
    assert rows["optimizer.kind"] == ["adam", "sgd"]
    assert "epochs" not in rows
    loss = next(m for m in found["metrics"] if (m["metric"], m["which"]) == ("validation/loss", "best"))
    numbers = [results(0, n)["validation/loss"]["best"] for n in range(2)]
    assert loss["values"][1]["mean"] == pytest.approx(np.mean(numbers))
    assert loss["values"][1]["deviation"] == pytest.approx(np.std(numbers, ddof=1))
    assert (loss["better"], loss["best"]) == ("lower", [1])
    lr = next(axis for axis in found["axes"] if axis["name"] == "optimizer.lr")
    assert (lr["scale"], lr["values"]) == ("log", [pytest.approx(0.01), 0.001])


def test_equal_fields_are_listed_when_asked_for(reader: Person) -> None:
    rows = reader.api("GET", "/compare?ids=1,2&equal=1").json["differences"]
    assert {"path": "epochs", "values": ["3", "3"]} in rows


def test_mean_curves_of_groups(reader: Person) -> None:
    found = reader.api("GET", "/compare/curves?ids=1,2,3&by=optimizer.kind&keys=train/loss,validation/loss").json
    assert [group["label"] for group in found["groups"]] == ["sgd", "momentum", "adam"]
    curve = found["curves"]["validation/loss"][0]
    assert curve["step"] == [100, 200, 300]
    assert curve["count"] == [2, 2, 2]
    assert len(curve["deviation"]) == 3
    assert found["left_out"] == 0


def test_of_more_than_a_thousand_trials_the_first_of_each_experiment_are_averaged(reader: Person, store: Store) -> None:
    store.add_all(Trial(experiment_id=1, number=n, seed=n) for n in range(3, 1002))
    store.commit()
    found = reader.api("GET", "/compare/curves?ids=1,2&keys=train/loss").json
    assert [len(group["trials"]) for group in found["groups"]] == [500, 2]
    assert found["left_out"] == 501
    assert max(found["curves"]["train/loss"][0]["count"]) == 2
    page = reader.browser.get("/compare?ids=1,2").text
    assert "These are more than 1,000 trials: the first 500 of each experiment are averaged." in page


def test_filters_side_by_side(reader: Person) -> None:
    found = reader.api("GET", "/compare/pictures?ids=1,2").json["pictures"]
    assert [picture["step"] for picture in found["1"]] == [0, 50, 100, 150, 200, 250, 300]
    assert [picture["step"] for picture in found["2"]] == [0, 75, 150, 225, 300]


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("?ids=1", "ids", "Name 2 to 50 experiments, such as 3,5; you named 1."),
        ("", "ids", "you named 0."),
        ("?ids=1,99", "ids", "There is no experiment 99: deleted, or not shared with you."),
        ("?ids=" + ",".join(map(str, range(1, 52))), "ids", "At most 50 experiments"),
        ("?ids=1,2&equal=yes", "equal", "equal must be 0 or 1; you sent “yes”."),
        ("/curves?ids=1,2", "keys", "Name 1 to 20 curve keys; you named 0."),
        ("/curves?ids=1,2&keys=a&by=wings", "by", "None of the specs has the field “wings”."),
        ("/curves?ids=1,2&keys=a&points=9", "points", "points must be between 10 and 5,000; you sent 9."),
    ],
)
def test_bad_queries_are_refused_by_their_field(reader: Person, query: str, field: str, sentence: str) -> None:
    answer = reader.api("GET", f"/compare{query}")
    assert answer.status_code == (404 if sentence.startswith(("There is no", "None of")) else 422)
    assert answer.json["errors"][0]["field"] == field
    assert sentence in answer.json["errors"][0]["detail"]


def test_a_comparison_is_kept_shown_changed_and_deleted(reader: Person, grace: Person) -> None:
    made = reader.api("POST", "/comparisons", json={"name": "Sweep", "ids": [2, 1], "notes": "*so*"})
    assert made.status_code == 201
    assert (made.json["ids"], made.json["hidden"], made.json["notes_html"]) == ([2, 1], 0, "<p><em>so</em></p>\n")
    path = f"/comparisons/{made.json['id']}"
    assert [one["name"] for one in reader.api("GET", "/comparisons").json["comparisons"]] == ["Sweep"]
    assert grace.api("GET", "/comparisons").json["comparisons"] == []
    key = made.json["url"].rpartition("/")[2]
    assert grace.api("GET", f"{path}?key={key}").json["name"] == "Sweep"
    assert grace.api("GET", f"{path}?key=wrong").status_code == 404
    assert reader.api("PATCH", path, json={"name": "Better"}).json["name"] == "Better"
    assert reader.api("GET", path).json["notes"] == "*so*"
    assert reader.api("DELETE", path).status_code == 204
    assert reader.api("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": "", "ids": [1, 2]}, 422, "name"),
        ({"name": "A", "ids": [1, 2**40]}, 404, "ids"),
        ({"name": "A"}, 422, "ids"),
    ],
)
def test_bodies_are_refused_by_their_field(reader: Person, body: dict[str, object], status: int, field: str) -> None:
    answer = reader.api("POST", "/comparisons", json=body)
    assert answer.status_code == status
    assert answer.json["errors"][0]["field"] == field
