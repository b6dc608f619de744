"""Uploading a log from the page and by the API, and the pages of an experiment without a spec."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import DIGITS, Person, Store
from tests.webapp.imports.logs import NAME, log, loss, scalar, tensor, zip_of
from webapp.app import create_app
from webapp.models import Experiment
from webapp.settings import Settings

GOOD = zip_of({f"runs/{run}/{NAME}": loss((1, 0.5), (2, 0.25)) for run in ("train", "eval")})


def form(content: bytes = GOOD, name: str = "runs.zip", **words: str) -> dict[str, Any]:
    return {**words, "files": [(io.BytesIO(content), name)]}


@pytest.fixture
def imported(ada: Person) -> int:
    """An experiment that was uploaded."""
    answer = ada.api("POST", "/experiments/import", data=form(title="From afar"))
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def test_the_page_makes_an_experiment_and_shows_it(ada: Person, store: Store) -> None:
    answer = ada.browser.post("/experiments/import", data=form(title="From afar", tags="old"), follow_redirects=True)
    assert "From afar" in answer.text
    assert "Imported from TensorBoard" in answer.text
    (experiment,) = store.scalars(select(Experiment)).all()
    assert (experiment.owner_id, experiment.state) == (ada.id, "completed")


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("validation/mIoU", "validation/mIoU > 0.4"),
        ("validation/mIoU", "VALIDATION/MIOU > 0.4"),
        ("validation/Accuracy", "val/accuracy > 40%"),
        ("validation/my metric", '"validation/my metric" > 0.4'),
        ("validation/IoU:mean", '"validation/IoU:mean" in (0.5)'),
    ],
)
def test_a_result_of_any_name_is_searched_sorted_and_shown(ada: Person, name: str, search: str) -> None:
    for title, value in (("Good", 0.5), ("Bad", 0.25)):
        data = form(zip_of({NAME: log(scalar(name, 1, value))}), title=title)
        assert ada.api("POST", "/experiments/import", data=data).status_code == 201
    found = ada.api("GET", "/experiments", query_string={"search": search, "sort": name})
    assert [each["title"] for each in found.json["experiments"]] == ["Good"], found.text
    page = ada.browser.get("/experiments", query_string={"search": search, "sort": name, "columns": name})
    assert page.status_code == 200
    assert ">0.5<" in page.text or ">50.00%<" in page.text


def test_a_folder_is_uploaded_as_its_files(ada: Person) -> None:
    files = [(io.BytesIO(loss((1, 1.0))), f"logs/{run}/{NAME}") for run in "ab"]
    answer = ada.api("POST", "/experiments/import", data={"files": files})
    assert (answer.json["title"], len(answer.json["trials"])) == ("TensorBoard log logs", 2)
    assert [run["name"] for run in answer.json["runs"]] == ["a", "b"]


def test_the_api_answers_with_the_experiment(ada: Person, imported: int) -> None:
    shown = ada.api("GET", f"/experiments/{imported}").json
    assert (shown["spec"], shown["imported"], shown["state"]) == (None, True, "completed")
    curve = ada.api("GET", f"/trials/{shown['trials'][0]['id']}/curves").json["loss"]
    assert (curve["step"], curve["value"]) == ([1, 2], [0.5, 0.25])


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "files"),
        (form(b"hello", "notes.txt"), "files"),
        (form(title="x" * 201), "title"),
        (form(description="x" * 20_001), "description"),
        (form(tags="x" * 41), "tags"),
        (form(owner="grace"), "owner"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(ada: Person, store: Store, data: dict[str, Any], field: str) -> None:
    answer = ada.api("POST", "/experiments/import", data=data)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert store.scalar(select(func.count(Experiment.id))) == 0


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(ada: Person) -> None:
    answer = ada.browser.post("/experiments/import", data=form(b"hello", "notes.txt", title="My title"))
    assert answer.status_code == 422
    assert "none has “tfevents” in its name" in answer.text
    assert 'value="My title"' in answer.text


def test_a_log_may_be_larger_than_other_requests_but_not_for_strangers(app: Flask, ada: Person) -> None:
    heavy = {"files": [(io.BytesIO(loss((1, 1.0))), NAME), (io.BytesIO(bytes(20 * 1024 * 1024)), "readme")]}
    assert ada.api("POST", "/experiments/import", data=heavy).status_code == 201
    stranger = app.test_client().post("/experiments/import", data=form(bytes(17 * 1024 * 1024)))
    assert stranger.status_code == 413
    assert "at most 16 MiB" in stranger.text


def test_the_form_needs_its_token(settings: Settings, app: Flask, ada: Person) -> None:
    guarded = create_app(settings).test_client()
    guarded.set_cookie("descent_8000", ada.browser.get_cookie("descent_8000").value)  # type: ignore[union-attr]
    assert guarded.post("/experiments/import", data=form()).status_code == 400


def test_pages_show_an_experiment_without_a_spec(ada: Person, imported: int) -> None:
    for path in ("/", "/experiments", f"/experiments/{imported}", f"/experiments/{imported}?trial=2"):
        answer = ada.browser.get(path)
        assert answer.status_code == 200
        assert "From afar" in answer.text
        assert "imported" in answer.text
    for sort in ("validation/accuracy", "validation/loss", "duration_s"):
        assert "From afar" in ada.browser.get(f"/experiments?sort={sort}").text


def test_it_is_compared_with_one_that_has_a_spec_and_with_another_without(ada: Person, imported: int) -> None:
    trained = ada.api("POST", "/experiments", json={"title": "Here", "spec": DIGITS}).json["id"]
    assert "From afar" in ada.browser.get("/compare").text
    page = ada.browser.get(f"/compare?ids={imported},{trained}").text
    assert "optimizer.lr" in page
    other = ada.api("POST", "/experiments/import", data=form()).json["id"]
    assert "there are no specs to compare" in ada.browser.get(f"/compare?ids={imported},{other}").text


def test_it_can_neither_be_cloned_nor_tested(ada: Person, imported: int) -> None:
    page = ada.browser.get(f"/experiments/{imported}").text
    assert f"clone={imported}" not in page
    answer = ada.browser.get(f"/experiments/new?clone={imported}")
    assert answer.status_code == 404
    assert "no spec that could be cloned" in answer.text
    trial = ada.api("GET", f"/experiments/{imported}").json["trials"][0]["id"]
    assert ada.api("POST", f"/trials/{trial}/actions", json={"action": "test"}).status_code == 409
    assert ada.browser.get(f"/experiments/trials/{trial}/errors").status_code == 200
    assert ada.browser.get(f"/live/snapshot?trials={trial}").status_code == 200


def test_what_the_log_said_of_itself_is_in_the_spec_tab(ada: Person) -> None:
    content = log(
        scalar("loss", 1, 1.0),
        tensor("notes", 0, "text", dtype=7, string_val=[b"It *works*<script>alert(1)</script>"]),
        tensor("weights", 0, "histograms", dtype=2, double_val=[1.0, 2.0, 3.0]),
    )
    made = ada.api("POST", "/experiments/import", data=form(content, NAME)).json["id"]
    page = ada.browser.get(f"/experiments/{made}").text
    assert "<em>works</em>" in page
    assert "<script>alert" not in page
    assert "1 × histograms" in page


def test_it_is_exported_like_any_other(ada: Person, imported: int) -> None:
    trial = ada.api("GET", f"/experiments/{imported}").json["trials"][0]["id"]
    for name in ("csv", "json", "parquet", "tensorboard"):
        assert ada.api("GET", f"/trials/{trial}/export?format={name}").status_code == 200
