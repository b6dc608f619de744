"""What the file is: a compressed tar of ``descent.json``, ``artifacts/KEY``, ``uploads/NAME`` and ``tables/NAME.jsonl``, in this order.

A line of a table is one row as a JSON object. Bytes stand there in base64, moments in ISO 8601; what is NULL is left out.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from webapp.finite import by_name

FORM = 1
ABOUT = "descent.json"
ARTIFACTS, UPLOADS, TABLES = "artifacts/", "uploads/", "tables/"
UPLOADED = "data/uploads"  # in DESCENT_VAR: data sets that people brought, each called by its checksum
AT_ONCE = 200  # rows


class BackupProblem(Exception):
    """Why a backup cannot be made, or made use of, for people."""


def as_line(row: dict[str, Any]) -> bytes:
    """A row as it stands in the file."""
    return json.dumps({name: plain(value) for name, value in row.items() if value is not None}).encode() + b"\n"


def plain(value: Any) -> Any:
    """A value as JSON."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value


def as_row(line: bytes, table: Table) -> dict[str, Any]:
    """A line as the table takes it, all of its columns."""
    found = json.loads(line)
    unknown = set(found) - set(table.c.keys())
    if unknown:
        raise BackupProblem(f"The table {table.name} of the backup has columns that are not known: {sorted(unknown)}.")
    return {column.name: typed(found.get(column.name), column.type) for column in table.columns}


def typed(value: Any, kind: TypeEngine[Any]) -> Any:
    """A value as a column of this type takes it."""
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, JSON):
        return by_name(value)  # older backups of SQLite have what is not finite as it was
    return value
