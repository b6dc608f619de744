"""The document's operations as the page shows them: grouped, with a value to begin with in each field of their forms."""

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from webapp.comments.markdown import render

JSON = "application/json"


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
    answered = good.get("content", {}).get(JSON, {})
    scopes = [names for one in raw["security"] for names in one.get("bearer", [])]
    return Operation(
        name=raw["operationId"],
        method=method.upper(),
        path=path,
        summary=raw["summary"],
        words=render(raw["description"]),
        scope=scopes[0] if scopes else None,
        parameters=[{**one, "given": given(one)} for one in raw["parameters"]],
        body=as_text(content[JSON]["example"]) if JSON in content else None,
        fields=list(sent.get("properties", {}).items()),
        form=list(form.get("properties", {}).items()),
        answers=[answer_of(status, one) for status, one in raw["responses"].items()],
        example=as_text(answered["example"]) if answered else None,
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


def as_text(data: Any) -> str:
    """For people."""
    return json.dumps(data, indent=2, ensure_ascii=False)
