"""The OpenAPI document, generated from the routes and what they declare."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from dlcore.spec import Spec
from webapp.api import blueprint
from webapp.api.problems import MEDIA_TYPE
from webapp.ids import LARGEST

View = TypeVar("View", bound=Callable[..., Any])
SCHEMAS = "#/components/schemas/{model}"


@dataclass(frozen=True)
class Description:
    """What a route declares of itself."""

    summary: str
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    query: dict[str, str] = field(default_factory=dict)
    status: int = 200
    errors: tuple[int, ...] = ()
    answers: tuple[str, ...] = ("application/json",)


_described: dict[str, Description] = {}


def documented(summary: str, **rest: Any) -> Callable[[View], View]:
    """Declare a route's place in the document: summary, body or form, query, status, errors, answers."""

    def remember(view: View) -> View:
        _described[view.__name__] = Description(summary, **rest)
        return view

    return remember


def described(endpoint: str) -> Description | None:
    """What a route of the API declares of itself."""
    return _described.get(endpoint.removeprefix("api.")) if endpoint.startswith("api.") else None


@blueprint.get("/openapi.json")
@documented("This document")
def openapi() -> ResponseReturnValue:
    """OpenAPI 3.1."""
    return jsonify(document())


def document() -> dict[str, Any]:
    """The whole document, from the application's routes."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for rule in current_app.url_map.iter_rules():
        if not rule.endpoint.startswith("api."):
            continue
        view = current_app.view_functions[rule.endpoint]
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = operation(rule.endpoint, view, sorted(rule.arguments), schemas)
    add_schema(schemas, Spec)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Descent",
            "version": "1",
            "description": "Submit, watch, comment on and compare experiments.",
        },
        "paths": dict(sorted(paths.items())),
        "security": [{"bearer": []}, {"session": []}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": current_app.config["SESSION_COOKIE_NAME"]},
            },
        },
    }


def operation(endpoint: str, view: Callable[..., Any], arguments: list[str], schemas: dict[str, Any]) -> dict[str, Any]:
    """One method of one path."""
    described = _described[endpoint.removeprefix("api.")]
    made: dict[str, Any] = {
        "operationId": endpoint.removeprefix("api."),
        "summary": described.summary,
        "description": inspect.getdoc(view) or "",
        "parameters": [path_parameter(name) for name in arguments]
        + [
            {"name": n, "in": "query", "description": d, "schema": {"type": "string"}}
            for n, d in described.query.items()
        ],
        "responses": responses(described),
    }
    for model, media in ((described.body, "application/json"), (described.form, "multipart/form-data")):
        if model:
            add_schema(schemas, model)
            reference = {"$ref": SCHEMAS.format(model=model.__name__)}
            made["requestBody"] = {"required": True, "content": {media: {"schema": reference}}}
    return made


def path_parameter(name: str) -> dict[str, Any]:
    """A number in the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST},
    }


def responses(described: Description) -> dict[str, Any]:
    """The good answer and the problems."""
    good: dict[str, Any] = {"description": described.summary}
    if described.status != 204:
        good["content"] = {media: {} for media in described.answers}
    reference = {MEDIA_TYPE: {"schema": {"$ref": SCHEMAS.format(model="Problem")}}}
    wrong = {str(code): {"description": "Problem", "content": reference} for code in (401, *described.errors)}
    return {str(described.status): good, **wrong}


def add_schema(schemas: dict[str, Any], model: type[BaseModel]) -> None:
    """A model's schema and those that it refers to."""
    schema = model.model_json_schema(ref_template=SCHEMAS)
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema


PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "description": "Dotted path, e.g. spec.optimizer.lr."},
                    "pointer": {"type": "string", "description": "The same as a JSON pointer."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
