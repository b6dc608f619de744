"""No search and no order reads a whole table: what the databases say that they will do."""

import re
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests.bench.listing import fill
from webapp.finding.everything import find_everything
from webapp.finding.stars import starred
from webapp.finding.visits import recent
from webapp.models import User
from webapp.search.completion import complete
from webapp.search.fields import known_names
from webapp.search.pages import Search

SEARCHES = [
    "",
    "optimizer.kind = adam",
    "optimizer.kind != adam",
    "optimizer.kind in (adam, sgd) or optimizer.kind ~ mom",
    "optimizer.lr < 1e-4",
    "network.hidden = 256 and not batch_size >= 64",
    "val/accuracy > 0.9",
    "optimizer.kind = adam and val/accuracy > 0.9 and tag:baseline and owner:me",
    "owner:user3 or owner:me",
    "state:failed",
    "is:starred",
    "is:viewed",
    "created > 2026-01-01",
    "updated < 2026-01-01",
    "title ~ deeper",
    "quiet sweep",
    '"learning rate"',
]
SORTS = ["created", "updated", "title", "validation/accuracy", "-validation/loss", "optimizer.lr", "optimizer.kind"]
LARGE = ("experiments", "experiment_facts", "experiment_results", "experiment_words", "trials", "experiment_tags",
         "comments", "comment_words", "comment_tags", "stars", "visits")  # fmt: skip


@pytest.fixture
def statements(session: Session) -> list[tuple[str, Any]]:
    """Everything that is asked of a database with some hundred experiments."""
    session.add(User(username="ada", email="ada@example.com"))
    fill(session, 400)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.execute(text("SET enable_seqscan = off"))  # what remains then has no index that serves
    ada = session.query(User).filter_by(username="ada").one()
    asked: list[tuple[str, Any]] = []
    event.listen(
        session.get_bind(), "before_cursor_execute", lambda _c, _u, query, values, *_: asked.append((query, values))
    )
    for search in SEARCHES:
        for sort in SORTS:
            page = Search(session, ada, search).page(sort, 10)
            if page.next_cursor:
                Search(session, ada, search).page(sort, 10, page.next_cursor)
        Search(session, ada, search).count()
    known_names(session, ada)
    for anything in ("quiet sweep", "#baseline"):
        find_everything(session, ada, anything, 5)
    starred(session, ada)
    recent(session, ada)
    for typed in ("optimizer.kind = a", "tag:b"):
        complete(session, ada, typed, len(typed))
    return [(query, values) for query, values in asked if query.lstrip().startswith(("SELECT", "WITH"))]


def test_every_statement_goes_by_an_index(session: Session, statements: list[tuple[str, Any]]) -> None:
    assert len({query for query, _ in statements}) > 100
    for query, values in dict(statements).items():
        whole = scans(session, query, values)
        assert not whole, f"{whole}\n{query}"


def scans(session: Session, query: str, values: Any) -> list[str]:
    """The large tables that a statement reads as a whole."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        lines = [row[3] for row in plan]
        return [line for line in lines if re.match(rf"SCAN ({'|'.join(LARGE)})\b(?!.* USING )", line)]
    plan = connection.exec_driver_sql(f"EXPLAIN {query}", values)
    lines = [row[0] for row in plan]
    return [line for line in lines if re.search(rf"Seq Scan on ({'|'.join(LARGE)})\b", line)]


def test_a_scan_would_be_seen(session: Session) -> None:
    query = "SELECT id FROM experiments WHERE description = 'x'"
    assert scans(session, query, ())
