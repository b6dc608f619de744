"""The experiments that match a search: how many, and page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from webapp import policy
from webapp.models import Experiment, User
from webapp.search.conditions import Conditions
from webapp.search.orders import DEFAULT, Mark, Order, order_by, read_cursor, write_cursor
from webapp.search.parser import parse

COUNTED = 10_000
FEW = 500
WALKED = 1_000
WHOLE = (joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))


@dataclass(frozen=True)
class Page:
    """Some experiments and the way to the next ones."""

    experiments: list[Experiment]
    next_cursor: str | None
    ascending: bool = False


class Search:
    """What matches a text among the archived experiments that the viewer sees, or among the others. Every method may raise SearchProblem.

    When few match, these are sorted; when many do, the order's index is walked until a page is full.
    """

    def __init__(self, session: Session, viewer: User, text: str = "", archived: bool = False) -> None:
        self.session = session
        self.viewer = viewer
        self.archived = archived
        self.tree = parse(text)

    @cached_property
    def ids(self) -> Sequence[int]:
        """The ids of those that match, no more of them than are counted."""
        query = self.matching().limit(COUNTED + 1)
        return (
            self.session.connection().execute(query).scalars().all()
        )  # thousands of numbers, which the ORM need not see

    @property
    def few(self) -> Sequence[int] | None:
        """The ids of all that match, unless they are many."""
        return self.ids if self.tree is not None and len(self.ids) <= FEW else None

    def matching(self) -> Select[Any]:
        """The ids of those that match."""
        fits = Conditions(self.session, self.viewer, Experiment.id).of(self.tree)
        return select(Experiment.id).where(Experiment.archived == self.archived, policy.seen_by(self.viewer), fits)

    def fits(self, ids: Any) -> ColumnElement[bool]:
        """Whether an id is of one that matches."""
        if self.few is not None:
            return ids.in_(self.few)
        return Conditions(self.session, self.viewer, ids).of(self.tree) if self.tree else true()

    def count(self) -> int:
        """How many match, counted no further than one above ``COUNTED``."""
        if self.tree is not None:
            return len(self.ids)
        some = self.matching().limit(COUNTED + 1).subquery()
        return self.session.scalar(select(func.count()).select_from(some)) or 0

    def page(
        self, sort: str = DEFAULT, limit: int = 25, cursor: str = "", options: Sequence[ExecutableOption] = WHOLE
    ) -> Page:
        """The experiments, best first; those that lack what is sorted by come last, newest first. ``options``: what to load."""
        order = order_by(self.session, self.viewer, sort)
        mark, after = read_cursor(cursor, order) if cursor else (None, None)
        found: list[tuple[int, str]] = []
        if mark or after is None:
            found = [(row[0], write_cursor((row[1], row[0]), row[0])) for row in self.behind(mark, order, limit + 1)]
        if order.rows and len(found) <= limit:
            query = self.lacking(order).limit(limit + 1 - len(found))
            if after is not None and mark is None:
                query = query.where(Experiment.id < after)
            found += [(row_id, write_cursor(None, row_id)) for row_id in self.session.scalars(query)]
        ids = [row_id for row_id, _ in found[:limit]]
        next_cursor = found[limit - 1][1] if len(found) > limit else None
        return Page(load(self.session, ids, options), next_cursor, order.ascending)

    def behind(self, mark: Mark | None, order: Order, most: int) -> Sequence[Any]:
        """(id, value) of the first that match and have what is sorted by, behind a row if there is one."""
        if order.by_id and self.tree is not None and len(self.ids) <= COUNTED:  # all are known already
            ids = sorted(self.ids, reverse=not order.ascending)
            behind = (i for i in ids if mark is None or (i > mark[1] if order.ascending else i < mark[1]))
            return [(i, i) for i in islice(behind, most)]
        if self.tree is not None and FEW < len(self.ids) <= COUNTED and (found := self.picked(mark, order, most)):
            return found
        query = self.having(order).limit(most)
        return self.session.execute(query.where(order.behind(mark)) if mark else query).all()

    def picked(self, mark: Mark | None, order: Order, most: int) -> Sequence[Any] | None:
        """The same, from the order's next rows alone, among which those that match are picked; None where these are too few.

        Many match, so that this mostly saves asking the whole condition once more.
        """
        query = order.sorted(select(order.ids, order.key).where(*order.rows)).limit(WALKED)
        rows = self.session.connection().execute(query.where(order.behind(mark)) if mark else query).all()
        matching = frozenset(self.ids)
        found = list(islice((row for row in rows if row[0] in matching), most))
        return found if len(found) == most else None

    def having(self, order: Order) -> Select[Any]:
        """(id, value) of those that match and have what is sorted by, in this order."""
        query = select(order.ids, order.key).where(*order.rows, self.fits(order.ids))
        if order.rows:
            put_away = select(Experiment.id).where(Experiment.archived == True)  # noqa: E712 - SQL
            query = query.where(order.ids.in_(put_away) if self.archived else order.ids.not_in(put_away))
            query = query.where(policy.id_seen_by(self.viewer, order.ids))
        else:
            query = query.where(Experiment.archived == self.archived, policy.seen_by(self.viewer))
        return order.sorted(query)

    def lacking(self, order: Order) -> Select[Any]:
        """The ids of those that match and lack it, newest first."""
        has_one = exists().where(order.ids == Experiment.id, *order.rows)
        seen = policy.seen_by(self.viewer)
        query = select(Experiment.id).where(Experiment.archived == self.archived, seen, ~has_one)
        return query.where(self.fits(Experiment.id)).order_by(Experiment.id.desc())


def load(session: Session, ids: list[int], options: Sequence[ExecutableOption]) -> list[Experiment]:
    """The experiments of these ids, in their order."""
    query = select(Experiment).where(Experiment.id.in_(ids)).options(*options)
    loaded = {experiment.id: experiment for experiment in session.scalars(query)} if ids else {}
    return [loaded[row_id] for row_id in ids if row_id in loaded]
