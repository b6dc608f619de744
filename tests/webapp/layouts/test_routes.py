"""Layouts by the API: what is answered, and how limits are told."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import PASSWORD, Person, csrf_of
from webapp.app import create_app
from webapp.settings import Settings


def test_a_layout_is_saved_changed_and_deleted(ada: Person) -> None:
    answer = ada.api("POST", "/layouts", json={"name": " Before  sleep ", "pins": ["lr", "train/loss", "lr"]})
    assert answer.status_code == 201
    assert answer.json.items() >= {"name": "Before sleep", "pins": ["lr", "train/loss"], "default": True}.items()
    path = f"/layouts/{answer.json['id']}"
    changed = ada.api("PATCH", path, json={"pins": ["gap/loss"], "columns": 2, "height": "tall"}).json
    assert changed == {**answer.json, "pins": ["gap/loss"], "columns": 2, "height": "tall"}
    assert ada.api("GET", "/layouts").json["layouts"] == [changed]
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("GET", "/layouts").json["layouts"] == []
    assert ada.api("DELETE", path).status_code == 404


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "name", "Name is required."),
    ({"name": "  "}, "name", "Please give the layout a name."),
    ({"name": 3}, "name", "Name must be text; you entered 3."),
    ({"name": "x" * 61}, "name", "A name has at most 60 characters; this one has 61."),
    ({"name": "a\x00b"}, "name", "Text cannot hold the character NUL."),
    ({"name": "a", "pins": [str(n) for n in range(51)]}, "pins", "At most 50 charts can be pinned; these are 51."),
    ({"name": "a", "pins": ["lr", ""]}, "pins.1", "A chart's key has 1 to 200 characters; this one has 0."),
    ({"name": "a", "pins": ["k" * 201]}, "pins.0", "A chart's key has 1 to 200 characters; this one has 201."),
    ({"name": "a", "pins": ["\x00"]}, "pins.0", "Text cannot hold the character NUL."),
    ({"name": "a", "pins": "lr"}, "pins", "Pins must be a list; you entered lr."),
    ({"name": "a", "toolbar": {"x": "y" * 41}}, "toolbar", "A field's name and value have at most 40 characters each."),
    ({"name": "a", "toolbar": {str(n): "" for n in range(21)}}, "toolbar", "The toolbar has at most 20 fields; you sent 21."),
    ({"name": "a", "columns": 5}, "columns", "Columns must be between 0 and 4; you entered 5."),
    ({"name": "a", "height": "huge"}, "height", "Height must be one of compact, normal, tall; you entered huge."),
    ({"name": "a", "owner": "grace"}, "owner", "There is no field 'owner' here."),
]  # fmt: skip


@pytest.mark.parametrize(("body", "field", "message"), WRONG)
def test_what_cannot_be_names_its_field_and_the_limit(
    ada: Person, body: dict[str, Any], field: str, message: str
) -> None:
    answer = ada.api("POST", "/layouts", json=body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json["errors"]
    assert (error["field"], message in error["detail"]) == (field, True), error
    assert ada.api("GET", "/layouts").json["layouts"] == []


def test_there_is_always_a_default(ada: Person) -> None:
    made = ada.api("POST", "/layouts", json={"name": "Only one"}).json
    answer = ada.api("PATCH", f"/layouts/{made['id']}", json={"default": False})
    assert answer.status_code == 409
    assert "make another the default" in answer.json["detail"]


def test_a_refused_change_leaves_the_layout_as_it_was(ada: Person) -> None:
    ada.api("POST", "/layouts", json={"name": "First"})
    made = ada.api("POST", "/layouts", json={"name": "Second", "pins": ["lr"]}).json
    assert ada.api("PATCH", f"/layouts/{made['id']}", json={"pins": [], "name": "First"}).status_code == 409
    assert ada.api("GET", "/layouts").json["layouts"][1] == made


def test_a_browser_needs_the_csrf_header(settings: Settings, app: Flask, ada: Person) -> None:
    guarded = create_app(settings).test_client()
    page = guarded.get("/login")
    token = csrf_of(page.text)
    guarded.post("/login", data={"login": "ada", "password": PASSWORD, "csrf_token": token})
    assert guarded.post("/api/v1/layouts", json={"name": "Forged"}).status_code == 400
    token = csrf_of(guarded.get("/account").text)
    made = guarded.post("/api/v1/layouts", json={"name": "Mine"}, headers={"X-CSRFToken": token})
    assert made.status_code == 201
