"""ETags, and ``If-Match`` on what changes something: nobody overwrites what somebody else wrote meanwhile.

An ETag names what may be changed of a thing, and not how far it has trained: else no tag would hold for a second.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from flask import Response, request
from sqlalchemy import update

from dlcore.validation import Problem
from webapp.api.problems import Refused, invalid
from webapp.models import Model, db

PATTERN = r'^(?:\*|"(?P<tag>[0-9a-f]{32})(?::[a-z]+)?")$'
"""An ETag of ours, with what the compression of an answer adds to it; or any."""
MOVING: Final = frozenset(
    {
        "attempt", "ended_at", "epoch", "examples_per_second", "failure", "request", "results", "runs", "started_at",
        "state", "step", "steps", "trials", "updated_at", "waiting", "experiments", "body_html",
        "failures", "notes_html",
    }
)  # fmt: skip


def tag_of(shown: Mapping[str, Any]) -> str:
    """The ETag of a thing as it is shown, without the quotation marks."""
    kept = {name: value for name, value in shown.items() if name not in MOVING}
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def tagged(answer: Response) -> Response:
    """The answer with the ETag of what it shows."""
    answer.set_etag(tag_of(answer.get_json()))
    return answer


def check_match(row: Model, shown: Callable[[], Mapping[str, Any]]) -> None:
    """Raises Refused (412) when If-Match names another state of the row than it is in. From here on nobody else changes it."""
    sent = request.headers.get("If-Match")
    if not sent:
        return
    found = re.fullmatch(PATTERN, sent)
    if found is None:
        raise invalid([Problem("If-Match", "If-Match takes the ETag of a GET as it came, in its quotation marks.")])
    hold(row)
    if found["tag"] not in (None, tag_of(shown())):
        raise Refused(412, "It was changed since you read it. Read it again, and send your change with its new ETag.")


def hold(row: Any) -> None:
    """Lock a row until the transaction ends, on either database, and read it anew."""
    kind = type(row)
    column = next(column for column in kind.__table__.columns if not column.primary_key)
    name = kind.__mapper__.get_property_by_column(column).key
    same = {name: getattr(kind, name)}
    if hasattr(kind, "updated_at"):
        same["updated_at"] = kind.updated_at
    db.session.execute(update(kind).where(kind.id == row.id).values(same).execution_options(synchronize_session=False))
    db.session.refresh(row)
