"""Problem documents (RFC 9457): what went wrong, and at which field."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from dlcore.validation import Problem

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


def invalid(errors: Iterable[Problem]) -> Refused:
    """422 with the fields that are wrong."""
    errors = list(errors)
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(f"{e.path}: {e.message}" for e in errors[:5]), errors)


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
