"""The audit log as a file: CSV or JSON."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from flask import Response
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webapp.audit.listing import AT_ONCE, COLUMNS, Filter, as_json, page
from webapp.models import AuditEntry, db

KINDS = ("csv", "json")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet would begin to compute


def export(kind: str, wanted: Filter) -> Response:
    """A file of one of ``KINDS``."""
    if kind == "json":
        pieces, media = json_pieces(db.engine, wanted), "application/json"
    else:
        pieces, media = csv_pieces(db.engine, wanted), "text/csv; charset=utf-8"
    db.session.remove()
    headers = {"Content-Disposition": f"attachment; filename=descent-audit.{kind}", "Cache-Control": "no-store"}
    return Response(pieces, content_type=media, headers=headers)


def all_entries(engine: Engine, wanted: Filter) -> Iterator[list[AuditEntry]]:
    """Everything that fits, some hundreds at a time, each with a connection of its own: a slow reader holds none."""
    before = -1
    while before:
        with Session(engine) as session:
            found, before = page(session, wanted, before, AT_ONCE)
            session.expunge_all()
        yield found


def json_pieces(engine: Engine, wanted: Filter) -> Iterator[str]:
    """One JSON array, an entry a line."""
    yield "["
    between = "\n"
    for entries in all_entries(engine, wanted):
        for entry in entries:
            yield between + json.dumps(as_json(entry), ensure_ascii=False)
            between = ",\n"
    yield "\n]\n"


def csv_pieces(engine: Engine, wanted: Filter) -> Iterator[str]:
    """A table with a header; no cell begins as a formula does."""
    yield ",".join(COLUMNS) + "\r\n"
    for entries in all_entries(engine, wanted):
        text = io.StringIO()
        csv.writer(text).writerows([cell(value) for value in as_json(entry).values()] for entry in entries)
        yield text.getvalue()


def cell(value: Any) -> str:
    """A value as a spreadsheet takes it."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
