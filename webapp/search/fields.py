"""What a search can name: the spec's fields, results, and the few words of its own."""

import difflib
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from dlcore.scores import METRICS
from webapp import policy
from webapp.models import ResultFact, SpecFact, User
from webapp.models.facts import NAME_LONGEST
from webapp.search.declared import declared_fields
from webapp.search.problem import SearchProblem
from webapp.search.tokens import written as as_word
from webapp.search.tree import HERE, Place

PARTS = ("validation", "test", "train", "train_dev", "validation_averaged", "test_averaged")
SHORT = {"val/": "validation/", "duration": "duration_s"}


class Source(Enum):
    """Where the values of a field are kept."""

    SPEC = auto()
    RESULT = auto()
    TAG = auto()
    OWNER = auto()
    STATE = auto()
    CREATED = auto()
    UPDATED = auto()
    VISIBILITY = auto()
    SHARED = auto()
    STARRED = auto()
    IS = auto()


@dataclass(frozen=True)
class Field:
    """A field by its full name."""

    name: str
    source: Source


OWN = {
    "title": (Source.SPEC, "what it is called"),
    "tag": (Source.TAG, "a tag that it carries"),
    "owner": (Source.OWNER, "who submitted it; me is you"),
    "state": (Source.STATE, "where it stands"),
    "visibility": (Source.VISIBILITY, "who sees it: private, shared, open or public"),
    "shared": (Source.SHARED, "shared:me is what others share with you by name"),
    "starred": (Source.STARRED, "by whom it is starred: me, as stars of others cannot be seen"),
    "is": (Source.IS, "starred, mine or viewed"),
    "created": (Source.CREATED, "when it was submitted, a day such as 2026-01-31"),
    "updated": (Source.UPDATED, "when it was last changed, a day such as 2026-01-31"),
}


@lru_cache(maxsize=1)
def declared_results() -> dict[str, str]:
    """The results that training gives, each with what it is."""
    metrics = dict.fromkeys(metric for task in METRICS.values() for metric in task)
    found = {f"{part}/{metric}": "a result: the best that a trial reached" for part in PARTS for metric in metrics}
    found |= {"duration_s": "seconds that its trials took", "steps": "steps that its trials took"}
    return found | {f"{name}.last": "a result: its last value" for name in found if name.startswith(PARTS[0])}


def full_name(name: str) -> str:
    """The name as it is kept: lower case, and ``val/loss`` is short for ``validation/loss``."""
    name = name.lower()
    for short, full in SHORT.items():
        if name == short or (short.endswith("/") and name.startswith(short)):
            return full + name.removeprefix(short)
    return name


def resolve(session: Session, viewer: User, written: str, place: Place | None = HERE, named: str = "search") -> Field:
    """The field of this name: declared, or of an experiment that the viewer sees. Raises SearchProblem, with the nearest names."""
    name = full_name(written)
    if name in OWN:
        return Field(name, OWN[name][0])
    if name in declared_results():
        return Field(name, Source.RESULT)
    if name in declared_fields() or is_stored(session, viewer, SpecFact, name):
        return Field(name, Source.SPEC)
    if is_stored(session, viewer, ResultFact, name):
        return Field(name, Source.RESULT)
    position = (place.start, place.end) if place else (None, None)
    raise SearchProblem(named, f"There is no field “{written[:60]}”.{meant(session, viewer, name, named)}", *position)


def is_stored(session: Session, viewer: User, model: Any, name: str) -> bool:
    """Whether any experiment that the viewer sees has a field of this name."""
    has_it = exists().where(model.name == name, policy.id_seen_by(viewer, model.experiment_id))
    return len(name) <= NAME_LONGEST and bool(session.scalar(select(has_it)))


def meant(session: Session, viewer: User, name: str, named: str) -> str:
    """A question for the nearest names, as they are to be written there."""
    if name == "description":
        return " Write the words alone: they are looked for in titles and descriptions."
    names = nearest(name, known_names(session, viewer))
    if not names:
        return " Begin to type, and the box offers what there is."
    return f" Did you mean {' or '.join(map(as_word, names) if named == 'search' else names)}?"


def nearest(name: str, names: list[str]) -> list[str]:
    """At most three names that are like ``name``, or that end with it."""
    ends = [known for known in names if known.endswith((f".{name}", f"/{name}"))]
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.7)
    return list(dict.fromkeys([*(close[:1] if close and not ends else []), *ends, *close]))[:3]


def known_names(session: Session, viewer: User) -> list[str]:
    """Every name, declared or of an experiment that the viewer sees."""
    stored = [*stored_names(session, viewer, SpecFact), *stored_names(session, viewer, ResultFact)]
    return list(dict.fromkeys([*OWN, *declared_results(), *declared_fields(), *stored]))


def stored_names(session: Session, viewer: User, model: Any) -> list[str]:
    """The different names in a table, as far as the viewer sees an experiment that has them: from one to the next in its
    index, so that their rows are not read.
    """
    first = select(func.min(model.name).label("name")).cte("names", recursive=True)
    after = select(func.min(model.name)).where(model.name > first.c.name).correlate(first).scalar_subquery()
    names = first.union_all(select(after).where(first.c.name.is_not(None)))
    seen = exists().where(model.name == names.c.name, policy.id_seen_by(viewer, model.experiment_id))
    return list(session.scalars(select(names.c.name).where(names.c.name.is_not(None), seen)))
