"""The OpenAPI document, generated from the routes and what they declare."""

import inspect
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter

from dlcore.spec import Spec
from webapp.api import blueprint
from webapp.api.access import OPEN_ENDPOINTS
from webapp.api.bodies import Body
from webapp.api.description import ROW, Description, described, documented
from webapp.api.examples import EXAMPLES, PATH_EXAMPLES
from webapp.api.idempotency import HEADER, LONGEST_KEY
from webapp.api.paging import Listing
from webapp.api.problems import MEDIA_TYPE
from webapp.api.samples import sample_of
from webapp.models import Scope

__all__ = ["described", "documented"]

SCHEMAS = "#/components/schemas/{model}"
JSON = "application/json"
SENTENCES = {
    400: "The request could not be read, or the CSRF token of a browser's session is missing.",
    401: "No token, or one that is not good any more.",
    403: "The token lacks the scope, or this belongs to somebody else.",
    404: "There is no such thing, or none that you may see.",
    409: "It cannot be done as things stand; the sentence says why.",
    412: "It was changed since the ETag that If-Match names.",
    413: "The body is too large.",
    414: "The address is longer than the web server reads, 8,190 characters with its method.",
    415: "The body is of another media type.",
    422: "A field or parameter is wrong; errors names each.",
    429: "The minute's allowance is used up; Retry-After says for how many seconds.",
    503: "The database or the artifact store is away; Retry-After says when to come again.",
}
INTRODUCTION = "\n\n".join(
    (
        "Submit, watch, comment on and compare experiments.",
        "Send a token as `Authorization: Bearer …`; each has scopes, and each operation says which it needs. Every mistake is "
        "answered with a problem document (RFC 9457) whose `detail` is a sentence and whose `errors` name the fields.",
        "A POST with an `Idempotency-Key` may be sent again: it does nothing again, and gets the same answer for 24 hours. Lists "
        "come in pages: follow `next_cursor`, or the `Link` header. `RateLimit-Limit`, `RateLimit-Remaining` and "
        "`RateLimit-Reset` say how much of the minute's allowance is left.",
    )
)


@blueprint.get("/openapi.json")
@documented(
    "This document",
    answer=dict[str, Any],
    example={"openapi": "3.1.0", "info": {"title": "Descent", "version": "1"}, "paths": {}},
)
def openapi() -> ResponseReturnValue:
    """OpenAPI 3.1."""
    return jsonify(document())


def document() -> dict[str, Any]:
    """The whole document, from the application's routes."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    tags: set[str] = set()
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if not rule.endpoint.startswith("api."):
            continue
        path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            made = operation(rule.endpoint, method, path, schemas)
            paths.setdefault(path, {})[method.lower()] = made
            tags.update(made["tags"])
    refer(schemas, Spec)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Descent", "version": "1", "description": INTRODUCTION},
        "tags": [{"name": tag} for tag in sorted(tags)],
        "paths": paths,
        "security": [{"bearer": []}, {"session": []}],
        "components": {"schemas": with_examples(schemas), "headers": HEADERS, "securitySchemes": security_schemes()},
    }


def security_schemes() -> dict[str, Any]:
    """How somebody says who they are, and what the scopes of tokens mean."""
    scopes = "\n".join(f"- `{scope}`: {scope.help}" for scope in Scope)
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": f"A token. Its scopes:\n{scopes}"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": current_app.config["SESSION_COOKIE_NAME"],
            "description": "A browser that is logged in, which sends X-CSRFToken with whatever changes something.",
        },
    }


def operation(endpoint: str, method: str, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """One method of one path."""
    said, view = described(endpoint), current_app.view_functions[endpoint]
    if said is None:
        raise LookupError(f"the route {endpoint} of the API declares nothing of itself; see webapp/api/description.py")
    scope = said.scope_for(method)
    is_open = endpoint in OPEN_ENDPOINTS
    made: dict[str, Any] = {
        "operationId": endpoint.removeprefix("api."),
        "summary": said.summary,
        "description": unwrapped(inspect.getdoc(view) or ""),
        "tags": [path.split("/")[3].partition(".")[0]],
        "parameters": parameters(said, method, re.findall(r"{(\w+)}", path)),
        "responses": responses(said, method, is_open, "{" in path, schemas),
        "security": [{}] if is_open else [{"bearer": [scope.value]}, {"session": []}],
    }
    for model, media in ((said.body, JSON), (said.form, "multipart/form-data")):
        if model:
            schema = refer(schemas, model)
            content = {"schema": schema, "example": sample_of(schema, schemas)}
            made["requestBody"] = {"required": True, "content": {media: content}}
    return made


def unwrapped(text: str) -> str:
    """A docstring as Markdown: a paragraph a line."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.replace("``", "`").split("\n\n"))


def parameters(said: Description, method: str, arguments: list[str]) -> list[dict[str, Any]]:
    """What the path, the query and the headers hold."""
    found = [path_parameter(name) for name in arguments]
    for name, one in said.parameters.items():
        known = {"name": name, "in": "query", "description": one.description, "schema": dict(one.schema)}
        found.append({**known, "required": True} if one.required else known)
    if method == "POST":
        found.append(IDEMPOTENCY_KEY)
    if 412 in said.errors:
        found.append(IF_MATCH)
    return found


def path_parameter(name: str) -> dict[str, Any]:
    """A number or a word in the path."""
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if name.endswith("_id"):
        schema = dict(ROW)
    example = PATH_EXAMPLES.get(name, 7 if name.endswith("_id") else "baseline")
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def responses(
    said: Description, method: str, is_open: bool, has_arguments: bool, schemas: dict[str, Any]
) -> dict[str, Any]:
    """The good answer and the problems."""
    good: dict[str, Any] = {"description": said.summary, "headers": headers_of(said, method, is_open)}
    if said.status != 204:
        good["content"] = {media: content_of(said, media, schemas) for media in said.answers}
    reference = {MEDIA_TYPE: {"schema": {"$ref": SCHEMAS.format(model="Problem")}}}
    codes = {422, 503, *said.errors} | ({404} if has_arguments or isinstance(said.answer, Listing) else set())
    if not is_open:
        codes |= {401, 403, 429}
    if method not in ("GET", "HEAD"):
        codes |= {400, 413} if method in ("POST", "PATCH", "PUT") else {400}
    if said.body or said.form:  # which may name what is not there, or what is taken
        codes |= {404, 409}
    if said.body:
        codes.add(415)
    if method == "POST":
        codes.add(409)
    wrong = {str(code): {"description": SENTENCES.get(code, "Problem"), "content": reference} for code in sorted(codes)}
    if said.parameters:  # answered by the web server, which knows no problem documents
        wrong["414"] = {"description": SENTENCES[414], "content": {"text/html": {"schema": {"type": "string"}}}}
    return {str(said.status): good, **dict(sorted(wrong.items()))}


def headers_of(said: Description, method: str, is_open: bool) -> dict[str, Any]:
    """What the good answer's head says besides."""
    names = [] if is_open else [name for name in HEADERS if name.startswith("RateLimit")]
    if isinstance(said.answer, Listing):
        names.append("Link")
    if method == "POST":
        names.append("Idempotency-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def content_of(said: Description, media: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of an answer in one of its media types; an example of JSON."""
    if media != JSON:
        return {"schema": {"type": "string"}}
    schema = schema_of_answer(said, schemas)
    return {"schema": schema, "example": said.example or sample_of(schema, schemas)}


def schema_of_answer(said: Description, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of an answer's JSON."""
    if said.answer is None:
        return {"type": "object"}
    if not isinstance(said.answer, Listing):
        return refer(schemas, said.answer)
    items = {"type": "array", "items": refer(schemas, said.answer.item)}
    cursor = {"type": ["string", "null"], "description": "What cursor= takes for the next page; null on the last."}
    beside = {name: refer(schemas, model) for name, model in said.answer.beside.items()}
    known = {said.answer.name: items, "next_cursor": cursor, **beside}
    return {"type": "object", "required": list(known), "properties": known, "additionalProperties": False}


def refer(schemas: dict[str, Any], model: Any) -> dict[str, Any]:
    """A model's schema, put with those that it refers to among the document's where it has a name."""
    schema, inner = schema_of(model)
    schemas.update(inner)
    name = getattr(model, "__name__", "")
    if "properties" not in schema and "oneOf" not in schema:
        return dict(schema)
    schemas[name] = schema
    return {"$ref": SCHEMAS.format(model=name)}


def without_nul(schema: Any) -> Any:
    """A schema whose texts do not hold NUL, which no text of a request may."""
    if isinstance(schema, list):
        return [without_nul(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: one if name == "examples" else without_nul(one) for name, one in schema.items()}
    if made.get("type") == "string" and not made.keys() & {"pattern", "enum", "format", "const"}:
        made["pattern"] = "^[^\\u0000]*$"
    return made


@lru_cache(maxsize=1000)
def schema_of(model: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A type's JSON schema, and those that it refers to by name."""
    schema = TypeAdapter(model).json_schema(ref_template=SCHEMAS)
    if isinstance(model, type) and issubclass(model, Body):
        schema = without_nul(schema)
    return schema, schema.pop("$defs", {})


def with_examples(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas by name, those with examples with them."""
    return {
        name: {**schema, "examples": [EXAMPLES[name]]} if name in EXAMPLES else schema
        for name, schema in sorted(schemas.items())
    }


def header(description: str, kind: str) -> dict[str, Any]:
    """A header of answers."""
    return {"description": description, "schema": {"type": kind}}


HEADERS: dict[str, Any] = {
    "RateLimit-Limit": header("Plain requests that a minute's allowance holds.", "integer"),
    "RateLimit-Remaining": header("How many of them are left.", "integer"),
    "RateLimit-Reset": header("In how many seconds the next minute begins.", "integer"),
    "Link": header("The address of the next page, with rel=next; missing on the last.", "string"),
    "Idempotency-Replayed": header("true where the answer is that of an earlier request with this key.", "string"),
}
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "description": "A text of your own, e.g. a UUID. The same request again with it does nothing again, and gets the same answer for 24 h.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}
IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that you read: 412 when somebody changed it since.",
    "schema": {"type": "string", "pattern": '^([*]|"[0-9a-f]{32}(:[a-z]+)?"|)$'},
}
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
                "required": ["field", "pointer", "detail"],
                "properties": {
                    "field": {"type": "string", "description": "Dotted path, e.g. spec.optimizer.lr."},
                    "pointer": {"type": "string", "description": "The same as a JSON pointer."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
