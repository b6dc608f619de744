"""Tags by name: read from what people type, found or made."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.models import Tag

LONGEST, MOST = 40, 20
NAME = re.compile(r"[^\W_](?:[\w.+-]*[\w+])?")


class TagProblem(ValueError):
    """A tag that cannot be; the message is for people."""


def parse_tags(text: str | Iterable[str]) -> list[str]:
    """Names in order, once each, lower case: from "Baseline, lr-sweep" or from a list. Raises TagProblem."""
    words = re.split(r"[,\s]+", text) if isinstance(text, str) else list(text)
    names = list(dict.fromkeys(name for word in words if (name := word.strip().lstrip("#").lower())))
    if len(names) > MOST:
        raise TagProblem(f"At most {MOST} tags; you gave {len(names)}.")
    for name in names:
        if len(name) > LONGEST:
            raise TagProblem(f"A tag has at most {LONGEST} characters; “{name[:20]}…” has {len(name)}.")
        if not NAME.fullmatch(name):
            raise TagProblem(f"A tag is one word of letters, digits, dots, dashes or underscores; “{name}” is not.")
    return names


def find_or_make(session: Session, names: list[str]) -> list[Tag]:
    """The tags of these names; new ones are made, also when somebody else makes the same one now."""
    if not names:
        return []
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Tag).values([{"name": name} for name in names]).on_conflict_do_nothing())
    found = {tag.name: tag for tag in session.scalars(select(Tag).where(Tag.name.in_(names)))}
    return [found[name] for name in names]
