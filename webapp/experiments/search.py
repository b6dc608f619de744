"""Finding experiments: words, tags, owners and states; sorted; a page at a time."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.models import Experiment, State, Tag, Trial, User

SORTS = {
    "created": "Newest",
    "updated": "Last changed",
    "title": "Title",
    "validation/accuracy": "Validation accuracy",
    "validation/loss": "Validation loss",
    "test/accuracy": "Test accuracy",
    "duration_s": "Duration",
}
ASCENDING_BY_NATURE = {"title", "validation/loss", "duration_s"}
QUALIFIERS = ("tag", "owner", "state")


class SearchProblem(ValueError):
    """A search, a sort or a cursor that means nothing; ``field`` names which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Page:
    """Some experiments and the way to the next ones."""

    experiments: list[Experiment]
    next_cursor: str | None


def search(
    session: Session,
    viewer: User,
    q: str = "",
    sort: str = "created",
    limit: int = 25,
    cursor: str = "",
    archived: bool = False,
) -> Page:
    """The experiments that match ``q``, best first. A sort that begins with ``-`` is turned round. Raises SearchProblem."""
    turned, name = sort.startswith("-"), sort.removeprefix("-")
    if name not in SORTS:
        raise SearchProblem("sort", f"Sort by one of {', '.join(SORTS)}; you asked for “{sort[:40]}”.")
    ascending = (name in ASCENDING_BY_NATURE) != turned
    key = sort_key(name, ascending)
    query = matching(q, viewer).where(Experiment.archived.is_(archived)).add_columns(key)
    if cursor:
        query = query.where(after(cursor, key, ascending))
    query = query.order_by(key.asc() if ascending else key.desc(), Experiment.id.desc()).limit(limit + 1)
    query = query.options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    rows = session.execute(query).all()
    more = rows[limit - 1] if len(rows) > limit else None
    return Page([row[0] for row in rows[:limit]], write_cursor(more[1], more[0].id) if more else None)


def matching(q: str, viewer: User) -> Select[Any]:
    """Experiments that match every word of ``q``; words like ``tag:baseline``, ``owner:me``, ``state:running`` are special."""
    query = select(Experiment).join(User, User.id == Experiment.owner_id)
    query = query.outerjoin(Trial, and_(Trial.experiment_id == Experiment.id, Trial.number == 1))
    if "\x00" in q:
        raise SearchProblem("q", "A search cannot hold the character NUL.")
    for word in q.split()[:20]:
        qualifier, colon, wanted = word.partition(":")
        if colon and qualifier in QUALIFIERS:
            query = query.where(qualified(qualifier, wanted, viewer))
        else:
            query = query.where(
                or_(
                    Experiment.title.icontains(word, autoescape=True),
                    Experiment.description.icontains(word, autoescape=True),
                    User.username.icontains(word, autoescape=True),
                    Experiment.tags.any(Tag.name.contains(word.lower(), autoescape=True)),
                )
            )
    return query


def qualified(qualifier: str, wanted: str, viewer: User) -> Any:
    """The condition that ``tag:``, ``owner:`` or ``state:`` sets."""
    if not wanted:
        raise SearchProblem("q", f"Write what to look for behind “{qualifier}:”, without a space.")
    if qualifier == "tag":
        return Experiment.tags.any(Tag.name == wanted.lower())
    if qualifier == "owner":
        return Experiment.owner_id == viewer.id if wanted == "me" else User.username == wanted.lower()
    if wanted not in {state.value for state in State}:
        raise SearchProblem("q", f"A state is one of {', '.join(State)}; “{wanted[:40]}” is none.")
    return Experiment.trials.any(Trial.state == wanted)


def sort_key(name: str, ascending: bool) -> Any:
    """The value to sort by; what has none comes last either way."""
    if name == "title":
        return func.lower(Experiment.title)
    if name == "created":
        return Experiment.id
    if name == "updated":
        return cast(Experiment.updated_at, String)
    worst = literal(1e308 if ascending else -1e308, Float)
    if name in ("test/accuracy", "duration_s"):
        return func.coalesce(Trial.results[name].as_float(), worst)
    return func.coalesce(Trial.results[(name, "best")].as_float(), worst)


def after(cursor: str, key: Any, ascending: bool) -> Any:
    """The condition of coming behind the row that ``cursor`` names."""
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        wanted = str if isinstance(key.type, String) else (int, float)
        if not isinstance(value, wanted) or type(row_id) is not int or abs(row_id) > 2**62:
            raise ValueError(cursor)
    except (ValueError, TypeError) as error:
        raise SearchProblem("cursor", "This cursor was not made by us. Begin again without one.") from error
    return or_(key > value if ascending else key < value, and_(key == value, Experiment.id < row_id))


def write_cursor(value: Any, row_id: int) -> str:
    """An opaque name of a row's place in the order."""
    return base64.urlsafe_b64encode(json.dumps([value, row_id]).encode()).decode()
