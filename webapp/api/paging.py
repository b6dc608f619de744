"""Lists, page by page: every one has ``limit`` and ``cursor``, answers ``next_cursor`` and a ``Link`` to the next page.

A cursor names the row behind which the next page begins, not a number of rows: what is added or deleted meanwhile moves nothing.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request
from sqlalchemy import ColumnElement, Select, and_, false, or_

from dlcore.validation import Problem
from webapp.api.bodies import read_count
from webapp.api.description import Parameter, whole_number
from webapp.api.problems import invalid
from webapp.models import db

Key = Sequence[Any]
CURSOR = "next_cursor of the page before."


@dataclass(frozen=True)
class Listing:
    """A list of the API: the name of its field, the model of one item, how many items a page has, and what stands beside them."""

    name: str
    item: Any
    default: int = 50
    most: int = 200
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """What it reads from the query."""
        about = f"1 to {self.most:,}; {self.default:,} otherwise."
        return {
            "limit": whole_number(about, 1, self.most, self.default),
            "cursor": Parameter(CURSOR, {"type": "string", "pattern": "^[A-Za-z0-9_=-]*$"}),
        }

    def of_query(
        self,
        query: Select[Any],
        keys: Mapping[Any, bool],
        form: Callable[[Any], Any],
        **beside: Any,
    ) -> Response:
        """A page of what a query finds. ``keys``: the columns of its order, the last one unique, and whether each descends."""
        limit, after = self.limit, read_cursor(request.args.get("cursor", ""), len(keys))
        columns = list(keys)
        if after is not None:
            check_kinds(after, [column.type.python_type for column in columns])
            query = query.where(behind(keys, after))
        ordered = query.order_by(*(column.desc() if keys[column] else column for column in columns))
        rows = db.session.execute(ordered.add_columns(*columns).limit(limit + 1)).all()
        width = len(columns)
        cursor = write_cursor(rows[limit - 1][-width:]) if len(rows) > limit else None
        return self.page([form(row[0]) for row in rows[:limit]], cursor, **beside)

    def of_items(self, items: Iterable[Any], key: Callable[[Any], Key], form: Callable[[Any], Any]) -> Response:
        """A page of items that are at hand, in the order of their keys, each of which is one item's alone."""
        known = sorted(items, key=lambda item: tuple(key(item)))
        limit, after = self.limit, read_cursor(request.args.get("cursor", ""), len(key(known[0])) if known else None)
        if after is not None and known:
            check_kinds(after, [type(one) for one in key(known[0])])
            known = [item for item in known if tuple(key(item)) > tuple(after)]
        cursor = write_cursor(key(known[limit - 1])) if len(known) > limit else None
        return self.page([form(item) for item in known[:limit]], cursor)

    def page(self, items: list[Any], cursor: str | None, **beside: Any) -> Response:
        """The answer."""
        answer = jsonify({self.name: items, "next_cursor": cursor, **beside})
        if cursor:
            query = {**request.args.to_dict(flat=True), "cursor": cursor}
            answer.headers["Link"] = f'<{request.path}?{urlencode(query)}>; rel="next"'
        return answer

    @property
    def limit(self) -> int:
        """How many are asked for. Raises Refused (422)."""
        return read_count("limit", self.default, 1, self.most)


def behind(keys: Mapping[Any, bool], after: Key) -> ColumnElement[bool]:
    """Whether a row comes behind the one with these keys."""
    found: ColumnElement[bool] = false()
    same: list[ColumnElement[bool]] = []
    for (column, descends), value in zip(keys.items(), after, strict=True):
        found = or_(found, and_(*same, column < value if descends else column > value))
        same.append(column == value)
    return found


def write_cursor(key: Key) -> str:
    """An opaque name of an item's place in this list."""
    return base64.urlsafe_b64encode(json.dumps([list_mark(), *key]).encode()).decode()


def list_mark() -> str:
    """What tells this list from every other: its address, and what it is sorted and searched by."""
    asked = sorted((name, value) for name, value in request.args.items() if name not in ("limit", "cursor"))
    return hashlib.sha256(json.dumps([request.path, asked]).encode()).hexdigest()[:12]


def read_cursor(text: str, width: int | None) -> list[Any] | None:
    """The key that a cursor names, None without one. Raises Refused (404) for what this list cannot have given."""
    if not text:
        return None
    try:
        mark, *key = json.loads(base64.b64decode(text.encode(), altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise not_ours() from error
    if mark != list_mark() or not all(map(is_plain, key)) or width not in (None, len(key)):
        raise not_ours()
    return key


def is_plain(one: Any) -> bool:
    """Whether a value of a cursor is a text or a number that a database can hold."""
    if isinstance(one, str):
        return one.isprintable()
    return isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < 2**63  # NaN is not below it


def check_kinds(key: Key, kinds: Sequence[type]) -> None:
    """Raises Refused (404) when a cursor's values are not of the kinds of the list's keys."""
    for one, kind in zip(key, kinds, strict=True):
        fits = isinstance(one, str) if kind is str else isinstance(one, int if kind is int else (int, float))
        if not fits:
            raise not_ours()


def not_ours() -> Exception:
    """What is said of a cursor that nobody got from this list."""
    message = "This cursor was not made by us for this list. Begin again without one."
    return invalid([Problem("cursor", message)], 404)
