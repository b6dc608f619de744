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


def test_the_openapi_document_names_every_route(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    promised = {
        "/api/v1/account": {"delete"},
        "/api/v1/account/address": {"post"},
        "/api/v1/account/logins": {"get", "delete"},
        "/api/v1/account/logins/{login_id}": {"delete"},
        "/api/v1/account/password": {"post"},
        "/api/v1/account/two-factor": {"post", "delete"},
        "/api/v1/account/two-factor/codes": {"post"},
        "/api/v1/account/two-factor/confirm": {"post"},
        "/api/v1/account/visibility": {"get", "put"},
        "/api/v1/accounts": {"get"},
        "/api/v1/accounts/{user_id}": {"get", "patch", "delete"},
        "/api/v1/accounts/{user_id}/logins": {"get", "delete"},
        "/api/v1/accounts/{user_id}/logins/{login_id}": {"delete"},
        "/api/v1/accounts/{user_id}/reset": {"post"},
        "/api/v1/accounts/{user_id}/two-factor": {"delete"},
        "/api/v1/audit": {"get"},
        "/api/v1/audit/export": {"get"},
        "/api/v1/comments/preview": {"post"},
        "/api/v1/comments/{comment_id}": {"get", "patch", "delete"},
        "/api/v1/comments/{comment_id}/history": {"get"},
        "/api/v1/comments/{comment_id}/moderation": {"post"},
        "/api/v1/comments/{comment_id}/reactions": {"post"},
        "/api/v1/comments/{comment_id}/undelete": {"post"},
        "/api/v1/compare": {"get"},
        "/api/v1/compare/curves": {"get"},
        "/api/v1/compare/pictures": {"get"},
        "/api/v1/comparisons": {"get", "post"},
        "/api/v1/comparisons/{comparison_id}": {"get", "patch", "delete"},
        "/api/v1/datasets": {"get", "post"},
        "/api/v1/datasets/{dataset_id}": {"get", "patch", "delete"},
        "/api/v1/deliveries/{delivery_id}/redeliver": {"post"},
        "/api/v1/experiments": {"get", "post"},
        "/api/v1/experiments/columns": {"get"},
        "/api/v1/experiments/completions": {"get"},
        "/api/v1/experiments/import": {"post"},
        "/api/v1/experiments/tags": {"post"},
        "/api/v1/experiments/{experiment_id}": {"get", "patch", "delete"},
        "/api/v1/experiments/{experiment_id}/comments": {"get", "post"},
        "/api/v1/experiments/{experiment_id}/export": {"get"},
        "/api/v1/experiments/{experiment_id}/link": {"post", "delete"},
        "/api/v1/experiments/{experiment_id}/people": {"get"},
        "/api/v1/experiments/{experiment_id}/shares": {"put"},
        "/api/v1/experiments/{experiment_id}/shares/{person_id}": {"delete"},
        "/api/v1/experiments/{experiment_id}/sharing": {"get"},
        "/api/v1/experiments/{experiment_id}/star": {"put", "delete"},
        "/api/v1/experiments/{experiment_id}/trials": {"get"},
        "/api/v1/experiments/{experiment_id}/visibility": {"put"},
        "/api/v1/experiments/{experiment_id}/watching": {"get", "put"},
        "/api/v1/invitations": {"get", "post"},
        "/api/v1/invitations/{invitation_id}": {"delete"},
        "/api/v1/layouts": {"get", "post"},
        "/api/v1/layouts/{layout_id}": {"get", "patch", "delete"},
        "/api/v1/mail/try": {"post"},
        "/api/v1/me": {"get", "patch"},
        "/api/v1/notifications": {"get"},
        "/api/v1/notifications/preferences": {"get", "patch"},
        "/api/v1/notifications/read": {"post"},
        "/api/v1/openapi.json": {"get"},
        "/api/v1/parts": {"get"},
        "/api/v1/people": {"get"},
        "/api/v1/people/{person_id}": {"get"},
        "/api/v1/pins": {"get"},
        "/api/v1/queues": {"get"},
        "/api/v1/recent": {"get", "delete"},
        "/api/v1/recipes": {"get"},
        "/api/v1/registration": {"get", "put"},
        "/api/v1/search": {"get"},
        "/api/v1/sparklines": {"get"},
        "/api/v1/specs/schema": {"get"},
        "/api/v1/specs/validate": {"post"},
        "/api/v1/stars": {"get"},
        "/api/v1/status": {"get"},
        "/api/v1/tags": {"get", "post"},
        "/api/v1/tags/{tag_id}": {"get", "patch", "delete"},
        "/api/v1/tags/{tag_id}/merge": {"post"},
        "/api/v1/tokens": {"get", "post"},
        "/api/v1/tokens/{token_id}": {"get", "delete"},
        "/api/v1/trials/{trial_id}": {"get", "patch"},
        "/api/v1/trials/{trial_id}/actions": {"post"},
        "/api/v1/trials/{trial_id}/checkpoints": {"get"},
        "/api/v1/trials/{trial_id}/curves": {"get"},
        "/api/v1/trials/{trial_id}/errors": {"get"},
        "/api/v1/trials/{trial_id}/events": {"get"},
        "/api/v1/trials/{trial_id}/export": {"get"},
        "/api/v1/trials/{trial_id}/histograms": {"get"},
        "/api/v1/trials/{trial_id}/log": {"get"},
        "/api/v1/trials/{trial_id}/pictures": {"get"},
        "/api/v1/webhooks": {"get", "post"},
        "/api/v1/webhooks/{webhook_id}": {"get", "patch", "delete"},
        "/api/v1/webhooks/{webhook_id}/deliveries": {"get"},
        "/api/v1/webhooks/{webhook_id}/secret": {"post"},
        "/api/v1/webhooks/{webhook_id}/test": {"post"},
        "/api/v1/workers": {"get"},
    }
    found = {path: set(methods) for path, methods in document["paths"].items()}
    assert {path: promised[path] & found.get(path, set()) for path in promised} == promised
    routed = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert sum(len(methods) for methods in found.values()) == len(routed)
    for name in references(document):
        assert name in {**document["components"]["schemas"], **document["components"]["headers"]}, name


def references(node: Any) -> set[str]:
    """The schemas that a document refers to."""
    if isinstance(node, dict):
        own = {node["$ref"].rsplit("/", 1)[1]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set().union(*(references(value) for value in node)) if isinstance(node, list) else set()
