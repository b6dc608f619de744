"""How chunks are looked up: by the index, in one statement. On SQLite and PostgreSQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from tests.making import make_trial
from webapp.models import CurveChunk
from webapp.store import curves
from webapp.store.queries import LAST_STEPS, NEXT_CHUNKS, VIEW

STATEMENTS = {"view": VIEW, "next chunks": NEXT_CHUNKS, "last steps": LAST_STEPS}


@pytest.fixture
def many_chunks(sessions) -> int:
    """One of 20 trials with 40 chunks of each of 5 curves."""
    trials = [make_trial(sessions) for _ in range(20)]
    block = {"attempt": 1, "count": 1, "points": b"", "sketch": b""}
    chunks = [
        {"trial_id": trial, "key": f"curve/{key}", "first_step": step, "last_step": step, **block}
        for trial in trials
        for key in range(5)
        for step in range(40)
    ]
    with sessions() as session:
        session.execute(CurveChunk.__table__.insert(), chunks)
        session.execute(text("ANALYZE"))
        session.commit()
    return trials[7]


def plan_of(session, statement, trial_id: int) -> str:
    """How the database goes about a statement, each step on a line."""
    is_sqlite = session.bind.dialect.name == "sqlite"
    dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()
    values = {"trial_id": trial_id, "key": "curve/3", "first": 10, "last": 30, "points": 1500}
    named = {name: value for name, value in values.items() if name in statement.compile().params}
    sql = statement.params(**named).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in session.execute(text(f"{explain} {sql}")))


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_unique_index_finds_the_rows_and_no_table_is_passed_over(sessions, many_chunks, name):
    with sessions() as session:
        plan = plan_of(session, STATEMENTS[name], many_chunks)
    assert "SCAN curve_chunks" not in plan
    assert "Seq Scan on curve_chunks" not in plan
    assert "sqlite_autoindex_curve_chunks_1" in plan or "uq_curve_chunks_trial_id_key_first_step" in plan


def test_a_passed_over_table_would_be_noticed(sessions, many_chunks):
    with sessions() as session:
        plan = plan_of(session, text("SELECT * FROM curve_chunks WHERE last_step = 7"), many_chunks)
    assert "SCAN curve_chunks" in plan or "Seq Scan on curve_chunks" in plan


def test_the_keys_and_the_last_steps_are_those_of_one_trial(sessions, many_chunks):
    with sessions() as session:
        assert curves.keys(session, many_chunks) == [f"curve/{key}" for key in range(5)]
        assert curves.last_step_of(session, many_chunks, ["curve/2", "nothing"]) == {"curve/2": 39}
        assert curves.keys(session, many_chunks + 1000) == []
