"""Problem documents (RFC 9457): what went wrong, and at which field."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from dlcore.validation import Problem
from webapp.fields import FieldProblem, Why

MEDIA_TYPE = "application/problem+json"


class Refused(Exception):
    """An API request that cannot be carried out; answered with a problem document."""

    def __init__(
        self, status: int, detail: str, errors: Iterable[Problem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


STATUSES: Mapping[Why, int] = {"wrong": 422, "missing": 404, "taken": 409}


def refused(problem: FieldProblem) -> Refused:
    """What a service will not do, with the field and the status of its kind."""
    return invalid([Problem(problem.field, problem.message)], STATUSES[problem.why])


def invalid(errors: Iterable[Problem], status: int = 422) -> Refused:
    """The fields that are wrong; another status than 422 where they are well formed and still not to be had."""
    errors = list(errors)
    return Refused(status, "; ".join(f"{e.path}: {e.message}" for e in errors[:5]), errors)


def problem(status: int, detail: str, errors: Iterable[Problem] = ()) -> Response:
    """The document as a response."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    listed = [{"field": e.path, "pointer": pointer(e.path), "detail": e.message} for e in errors]
    if listed:
        body["errors"] = listed
    return Response(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)


def pointer(path: str) -> str:
    """``spec.network.layers.2`` as a JSON pointer: ``#/spec/network/layers/2``."""
    return "#/" + path.replace("~", "~0").replace("/", "~1").replace(".", "/")
