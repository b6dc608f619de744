"""The document's operations as the page shows them: grouped, with a value to begin with in each field of their forms."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from webapp.comments.markdown import render

JSON = "application/json"
DEPTH = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """A status that an operation may answer with."""

    status: str
    says: str
    media: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. ``words``: HTML; ``body``: an example of its JSON; ``fields`` and ``form``: what it may hold."""

    name: str
    method: str
    path: str
    summary: str
    words: str
    scope: str | None
    parameters: list[dict[str, Any]]
    body: str | None
    fields: list[tuple[str, dict[str, Any]]]
    form: list[tuple[str, dict[str, Any]]]
    answers: list[Answer]
    example: str | None
    shape: str | None


def groups(document: dict[str, Any]) -> list[tuple[str, list[Operation]]]:
    """(tag, operations), by tag and then by path."""
    found = [
        (one["tags"][0], operation(document, path, method, one))
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    found.sort(key=lambda pair: pair[0])
    return [(tag, [one for _, one in pairs]) for tag, pairs in groupby(found, key=lambda pair: pair[0])]


def operation(document: dict[str, Any], path: str, method: str, raw: dict[str, Any]) -> Operation:
    """An operation of the document."""
    content = raw.get("requestBody", {}).get("content", {})
    sent, form = (resolved(document, content.get(media, {}).get("schema")) for media in (JSON, "multipart/form-data"))
    good = next(answer for status, answer in raw["responses"].items() if status < "300")
    answered = good.get("content", {}).get(JSON, {}).get("schema")
    example = example_of(document, answered)
    scopes = [names for one in raw["security"] for names in one.get("bearer", [])]
    return Operation(
        name=raw["operationId"],
        method=method.upper(),
        path=path,
        summary=raw["summary"],
        words=render(raw["description"]),
        scope=scopes[0] if scopes else None,
        parameters=[{**one, "given": given(one)} for one in raw["parameters"]],
        body=as_text(example_of(document, content.get(JSON, {}).get("schema")) or {}) if JSON in content else None,
        fields=list(sent.get("properties", {}).items()),
        form=list(form.get("properties", {}).items()),
        answers=[answer_of(status, one) for status, one in raw["responses"].items()],
        example=as_text(example) if example is not None else None,
        shape=as_text(shape(document, answered)) if example is None and answered else None,
    )


def answer_of(status: str, raw: dict[str, Any]) -> Answer:
    """A status as the page lists it."""
    return Answer(status, raw["description"], ", ".join(raw.get("content", {})))


def given(parameter: dict[str, Any]) -> str:
    """What a parameter's field holds at first: only what must be there."""
    return str(parameter.get("example", "")) if parameter["in"] == "path" else ""


def resolved(document: dict[str, Any], schema: dict[str, Any] | None) -> dict[str, Any]:
    """A schema, followed where it refers to another."""
    if schema and "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema or {}


def example_of(document: dict[str, Any], schema: dict[str, Any] | None) -> Any:
    """The example of a schema; of a list's page one with one item."""
    whole = resolved(document, schema)
    if whole.get("examples"):
        return whole["examples"][0]
    known = whole.get("properties", {})
    if "next_cursor" not in known:
        return None
    name = next(name for name, one in known.items() if one.get("type") == "array")  # others may stand beside it
    item = example_of(document, known[name]["items"])
    return None if item is None else {name: [item], "next_cursor": None}


def shape(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """What a schema looks like, where nobody gave an example: names, and the kinds of their values."""
    whole = resolved(document, schema)
    if depth > DEPTH:
        return "…"
    if "anyOf" in whole:
        kinds = [shape(document, one, depth + 1) for one in whole["anyOf"]]
        return next((kind for kind in kinds if not isinstance(kind, str)), " or ".join(map(str, kinds)))
    if whole.get("properties"):
        return {name: shape(document, one, depth + 1) for name, one in whole["properties"].items()}
    if whole.get("type") == "array":
        return [shape(document, whole["items"], depth + 1)] if "items" in whole else []
    if isinstance(whole.get("additionalProperties"), dict):
        return {"…": shape(document, whole["additionalProperties"], depth + 1)}
    kind = whole.get("type", "anything")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def as_text(data: Any) -> str:
    """For people."""
    return json.dumps(data, indent=2, ensure_ascii=False)
