"""By what experiments can be sorted, and how a page's last row is named, so that the next page begins behind it."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import Session

from webapp.models import Experiment, ResultFact, SpecFact, User
from webapp.models.indexing import is_better_higher
from webapp.search.declared import declared_fields
from webapp.search.fields import Field, Source, resolve
from webapp.search.problem import SearchProblem

DEFAULT = "created"
Mark = tuple[Any, int]  # a row's value and its experiment's id


@dataclass(frozen=True)
class Order:
    """Rows in the order of an index. ``rows``: what restricts the index to the field; empty where every experiment has it."""

    name: str
    ids: Any
    key: Any
    rows: tuple[Any, ...]
    ascending: bool

    @property
    def by_id(self) -> bool:
        """Whether the id is all there is to it."""
        return self.key is self.ids

    def sorted(self, query: Any) -> Any:
        """The query in this order; equal ones by id, the same way, as the index has them."""
        columns = (self.ids,) if self.by_id else (self.key, self.ids)
        return query.order_by(*(column.asc() if self.ascending else column.desc() for column in columns))

    def behind(self, mark: Mark) -> Any:
        """The condition of coming after a row."""
        here, there = (self.ids, mark[1]) if self.by_id else (tuple_(self.key, self.ids), mark)
        return here > there if self.ascending else here < there


def order_by(session: Session, viewer: User, sort: str) -> Order:
    """The order of this name: best or newest first, ``-`` turns it round. Raises SearchProblem."""
    turned, name = sort.startswith("-"), sort.removeprefix("-")
    field = resolve(session, viewer, name or DEFAULT, None, "sort")
    ascending = ascends_by_nature(field) != turned
    if field.source is Source.CREATED:
        return Order(field.name, Experiment.id, Experiment.id, (), ascending)
    if field.source is Source.UPDATED:
        return Order(field.name, Experiment.id, Experiment.updated_at, (), ascending)
    if field.source is Source.RESULT:
        rows: tuple[Any, ...] = (ResultFact.name == field.name,)
        return Order(field.name, ResultFact.experiment_id, ResultFact.number, rows, ascending)
    if field.source is Source.SPEC:
        key: Any = SpecFact.number if is_number(session, field) else SpecFact.text
        rows = (SpecFact.name == field.name, SpecFact.position == 0, key.is_not(None))
        return Order(field.name, SpecFact.experiment_id, key, rows, ascending)
    raise SearchProblem("sort", f"Experiments cannot be sorted by {field.name}, which may have several values.")


def ascends_by_nature(field: Field) -> bool:
    """Whether the smallest comes first unless turned round."""
    if field.source is Source.RESULT:
        return not is_better_higher(field.name)
    return field.source is Source.SPEC


def is_number(session: Session, field: Field) -> bool:
    """Whether a field of the spec holds numbers."""
    declared = declared_fields().get(field.name)
    if field.name == "title" or (declared and not declared.is_number):
        return False
    has_one = exists().where(SpecFact.name == field.name, SpecFact.number.is_not(None))
    return declared is not None or bool(session.scalar(select(has_one)))


def write_cursor(mark: Mark | None, row_id: int) -> str:
    """An opaque name of a row's place; without ``mark`` the row is among those that lack the field."""
    value = mark[0] if mark else None
    if isinstance(value, datetime):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([mark is not None, value, row_id]).encode()).decode()


def read_cursor(cursor: str, order: Order) -> tuple[Mark | None, int]:
    """(the row's mark, its id). Raises SearchProblem for what this order cannot have given."""
    try:
        has_field, value, row_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if type(row_id) is not int or not 0 <= row_id < 2**31 or type(has_field) is not bool:
            raise ValueError(cursor)
        return ((typed(value, order), row_id) if has_field else None), row_id
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise SearchProblem("cursor", "This cursor was not made by us. Begin again without one.") from error


def typed(value: Any, order: Order) -> Any:
    """A cursor's value as the order's column holds it; raises ValueError, TypeError or OverflowError."""
    if order.key is Experiment.updated_at:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)  # an OverflowError for what is beyond the calendar there
    if order.key is SpecFact.text:
        if not isinstance(value, str) or "\x00" in value:
            raise ValueError(value)
        value.encode()
        return value
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(value)
    return float(value) if not order.by_id else int(value)
