"""The OpenAPI document: examples that are right, names that are each one's own, and answers that are described."""

from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from webapp.api.examples import EXAMPLES
from webapp.api.samples import PLAIN

VAGUE: set[str] = set()  # operations whose answers are no more than objects
METHODS = {"get", "post", "patch", "put", "delete"}


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """As programs read it."""
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json
    return found


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """All operations."""
    return [one for methods in document["paths"].values() for name, one in methods.items() if name in METHODS]


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, example in EXAMPLES.items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        errors = [f"{name}: {one.message}" for one in jsonschema_rs.validator_for(whole).iter_errors(example)]
        assert not errors
        assert schemas[name]["examples"] == [example]


def test_every_body_and_every_json_answer_has_an_example_that_its_schema_accepts(document: dict[str, Any]) -> None:
    found = [
        (operation["operationId"], content)
        for operation in operations(document)
        for holder in (operation.get("requestBody", {}), *operation["responses"].values())
        for media, content in holder.get("content", {}).items()
        if media == "application/json" or holder is operation.get("requestBody")
    ]
    assert len(found) > 100
    for name, content in found:
        assert "example" in content, name
        whole = {**content["schema"], "components": document["components"]}
        errors = [one.message for one in jsonschema_rs.validator_for(whole).iter_errors(content["example"])]
        assert not errors, f"{name}: {errors}"


def test_examples_say_something(document: dict[str, Any]) -> None:
    """No text is a stop-gap, and no answer is empty: see webapp/api/samples.py, or say example= in @documented(...)."""
    for operation in operations(document):
        for response in operation["responses"].values():
            content = response.get("content", {}).get("application/json")
            if content:
                assert content["example"], operation["operationId"]
                assert PLAIN["string"] not in texts(content["example"]), operation["operationId"]


def texts(data: Any) -> set[str]:
    """All texts within some JSON."""
    if isinstance(data, str):
        return {data}
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return {text for one in inner for text in texts(one)}


def test_operations_have_names_tags_and_described_answers(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document)]
    assert len(names) == len(set(names))
    vague = []
    for operation in operations(document):
        assert operation["tags"]
        assert operation["summary"]
        assert operation["description"], f"{operation['operationId']} has no docstring"
        assert {"422", "503"} <= operation["responses"].keys()
        for status, response in operation["responses"].items():
            media = response.get("content", {}).get("application/json")
            if media and media["schema"] == {"type": "object"} and "export" not in operation["operationId"]:
                vague.append((operation["operationId"], status))
    assert {name for name, _ in vague} <= VAGUE, "say answer= in @documented(...)"


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
