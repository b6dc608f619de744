"""Tags by name: read from what people type, found or made."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.models import Experiment, Tag

LONGEST, MOST = 40, 20
NAME = re.compile(r"[^\W_](?:[\w.+-]*[\w+])?")
SCHEMA_PATTERN = r"^([\p{L}\p{N}]([\p{L}\p{N}_.+-]*[\p{L}\p{N}_+])?)?$"
"""The same, as JSON Schema writes it: there a \\w is of ASCII alone."""


class TagProblem(ValueError):
    """A tag that cannot be; the message is for people."""


def parse_tags(text: str | Iterable[str]) -> list[str]:
    """Names in order, once each, lower case: from "Baseline, lr-sweep" or from a list. Raises TagProblem."""
    words = re.split(r"[,\s]+", text) if isinstance(text, str) else list(text)
    spelt = (normalize("NFC", word.strip().lstrip("#")).lower() for word in words)
    names = list(dict.fromkeys(name for name in spelt if name))
    if len(names) > MOST:
        raise TagProblem(f"At most {MOST} tags; you gave {len(names)}.")
    for name in names:
        if len(name) > LONGEST:
            raise TagProblem(f"A tag has at most {LONGEST} characters; “{name[:20]}…” has {len(name)}.")
        if not NAME.fullmatch(name):
            raise TagProblem(f"A tag is one word of letters, digits, dots, dashes or underscores; “{name}” is not.")
    return names


def parse_name(text: str) -> str:
    """One name. Raises TagProblem."""
    names = parse_tags(text)
    if len(names) != 1:
        raise TagProblem("A tag is one word." if names else "Please give the tag a name.")
    return names[0]


def find_or_make(session: Session, names: list[str]) -> list[Tag]:
    """The tags of these names; new ones are made, also when somebody else makes the same one now."""
    if not names:
        return []
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Tag).values([{"name": name} for name in names]).on_conflict_do_nothing())
    found = {tag.name: tag for tag in session.scalars(select(Tag).where(Tag.name.in_(names)))}
    return [found[name] for name in names]


def tag_many(session: Session, experiments: Sequence[Experiment], add: list[str], remove: list[str]) -> None:
    """Give these experiments tags, and take others from them, committed; what they have else they keep. Raises TagProblem."""
    made = find_or_make(session, add)
    for experiment in experiments:
        kept = [tag for tag in experiment.tags if tag.name not in remove]
        wanted = [*kept, *(tag for tag in made if tag not in kept)]
        if len(wanted) > MOST:
            session.rollback()
            raise TagProblem(f"At most {MOST} tags; “{experiment.title[:60]}” would have {len(wanted)}.")
        experiment.tags = wanted
    session.commit()
