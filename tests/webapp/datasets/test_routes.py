"""Data sets on their pages and by the API: uploading, looking, renaming, deleting, training."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import func, select

from tests.conftest import Person, Store
from tests.webapp.datasets.files import PETS, picture, zipped
from webapp.models import Dataset, Experiment, State, Trial
from webapp.settings import Settings

CSV = b"a,b\n1,yes\n2,no\n3,yes\n"


def form(content: bytes = CSV, called: str = "mine.csv", **words: str) -> dict[str, Any]:
    return {**words, "files": [(io.BytesIO(content), called)]}


@pytest.fixture(autouse=True)
def here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The instance's folder, as ``flask up`` tells it to the web and the workers."""
    monkeypatch.setenv("DESCENT_VAR", str(settings.var))
    return settings.var / "data" / "uploads"


@pytest.fixture
def mine(ada: Person) -> dict[str, Any]:
    """A table of Ada's."""
    answer = ada.api("POST", "/datasets", data=form(name="Mine"))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def test_a_page_without_data_sets_says_how_they_come(ada: Person) -> None:
    page = ada.browser.get("/datasets").text
    assert "No data sets yet" in page
    assert "1.0 GiB to send" in page


def test_an_upload_leads_to_its_page(ada: Person) -> None:
    answer = ada.browser.post("/datasets", data=form(zipped(PETS), "pets.zip", name="Pets"), follow_redirects=True)
    assert "“Pets” is here" in answer.text
    assert "5 examples, 2 classes" in answer.text
    assert "cats</td>" in answer.text
    sheet = ada.browser.get(answer.request.path + "/sheet.png")
    assert (sheet.mimetype, sheet.data[:4]) == ("image/png", b"\x89PNG")


def test_what_is_wrong_is_said_on_the_page_and_nothing_is_kept(ada: Person, here: Path, store: Store) -> None:
    answer = ada.browser.post("/datasets", data=form(b"a,b\n1\n", name="Typed"))
    assert answer.status_code == 422
    assert "“mine.csv” was not taken" in answer.text
    assert "line 2 has 1 cells" in answer.text
    assert 'value="Typed"' in answer.text
    assert store.scalar(select(func.count(Dataset.id))) == 0
    assert list(here.iterdir()) == []


def test_the_api_names_the_field_that_is_wrong(ada: Person) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "files"),
        (form(b""), "files"),
        (form(called="a\x00b.csv"), "files"),
        (form(name="n" * 81), "name"),
        (form(name="a\x00b"), "name"),
        (form(x="1"), "x"),
    ]
    for data, field in wrong:
        answer = ada.api("POST", "/datasets", data=data)
        assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [field])


def test_the_api_says_what_was_found_and_how_to_train_on_it(ada: Person, mine: dict[str, Any]) -> None:
    assert (mine["name"], mine["found"]["examples"], mine["data"]["kind"]) == ("Mine", 3, "csv")
    assert ada.api("GET", "/datasets").json["datasets"] == [mine]
    spec = {"data": mine["data"], "network": {"kind": "mlp"}}
    answer = ada.api("POST", "/experiments", json={"title": "On mine", "spec": spec})
    assert answer.status_code == 201, answer.text
    shown = ada.api("GET", f"/datasets/{mine['id']}").json
    assert shown["experiments"] == [answer.json["id"]]
    assert "On mine" in ada.browser.get(f"/datasets/{mine['id']}").text


def test_the_form_begins_with_a_data_set_and_offers_it(ada: Person, grace: Person, mine: dict[str, Any]) -> None:
    page = ada.browser.get(f"/experiments/new?dataset={mine['id']}").text
    assert f'value="{mine["data"]["path"]}"' in page
    assert f'<datalist id="uploads-csv"><option value="{mine["data"]["path"]}">Mine</option>' in page
    assert "to mend before it can start" not in page
    assert grace.browser.get(f"/experiments/new?dataset={mine['id']}").status_code == 404


def test_a_data_set_is_for_its_owner_and_administrators(
    ada: Person, grace: Person, root: Person, mine: dict[str, Any]
) -> None:
    path = f"/datasets/{mine['id']}"
    assert grace.api("GET", "/datasets").json["datasets"] == []
    for method, rest in (("GET", {}), ("PATCH", {"json": {"name": "Hers"}}), ("DELETE", {})):
        assert grace.api(method, path, **rest).status_code == 404
    for page in (path, f"{path}/sheet.png"):
        assert grace.browser.get(page).status_code == 404
    for action in ("rename", "delete"):
        assert grace.browser.post(f"{path}/{action}", data={"name": "Hers"}).status_code == 404
    assert root.api("GET", path).json["owner"] == "ada"
    assert root.api("DELETE", path).status_code == 204
    assert ada.api("GET", path).status_code == 404


def test_renaming_keeps_the_path(ada: Person, mine: dict[str, Any]) -> None:
    assert ada.browser.post(f"/datasets/{mine['id']}/rename", data={"name": "Better"}).status_code == 302
    renamed = ada.api("GET", f"/datasets/{mine['id']}").json
    assert (renamed["name"], renamed["data"]) == ("Better", mine["data"])
    answer = ada.browser.post(f"/datasets/{mine['id']}/rename", data={"name": " "})
    assert (answer.status_code, "Please give the data set a name" in answer.text) == (422, True)


def test_a_data_set_that_trials_wait_for_cannot_be_deleted(
    ada: Person, mine: dict[str, Any], submit: Callable[..., Experiment], store: Store, here: Path
) -> None:
    experiment = submit(ada, spec={"data": mine["data"], "network": {"kind": "mlp"}})
    refused = ada.api("DELETE", f"/datasets/{mine['id']}")
    assert (refused.status_code, "1 trial of it" in refused.json["detail"]) == (409, True)
    assert "1 trial of it" in ada.browser.post(f"/datasets/{mine['id']}/delete", follow_redirects=True).text
    store.get_one(Trial, experiment.trials[0].id).state = State.CANCELLED.value
    store.commit()
    page = ada.browser.post(f"/datasets/{mine['id']}/delete", follow_redirects=True).text
    assert "“Mine” is deleted" in page
    assert list(here.iterdir()) == []
    gone = ada.api(
        "POST", "/experiments", json={"title": "Late", "spec": {"data": mine["data"], "network": {"kind": "mlp"}}}
    )
    assert "there is no such upload; it may have been deleted" in gone.text


def test_an_upload_may_be_larger_than_other_requests(ada: Person, app: Flask) -> None:
    noise = bytes(range(256)) * 80 * 1024  # 20 MiB in a file that is passed by
    heavy = zipped({**PETS, "readme.txt": noise}, 0)
    assert ada.api("POST", "/datasets", data=form(heavy, "pets.zip")).status_code == 201
    stranger = app.test_client().post("/api/v1/datasets", data=form(heavy, "pets.zip"))
    assert stranger.status_code == 401
    assert app.test_client().post("/datasets", data=form(heavy, "pets.zip")).status_code in (302, 413)


def test_names_are_shown_as_they_were_given(ada: Person) -> None:
    evil = {"<script>alert(1)</script>/1.png": picture(1), 'b"><img src=x onerror=alert(1)>/1.png': picture(2)}
    answer = ada.browser.post("/datasets", data=form(zipped(evil), "a.zip", name="<b>bold</b>"), follow_redirects=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "<b>bold" not in answer.text


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are told by Linux' /proc")
def test_files_arrive_in_the_instances_folder_without_a_name(app: Flask, settings: Settings) -> None:
    large = {"files": (io.BytesIO(bytes(1 << 20)), "a.csv")}
    with app.test_request_context("/datasets", method="POST", data=large):
        stream = request.files["files"].stream
        where = Path(f"/proc/self/fd/{stream.fileno()}").readlink()
    assert str(where).startswith(str(settings.var))
    assert str(where).endswith("(deleted)")
