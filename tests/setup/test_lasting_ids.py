"""On SQLite migration 0032 makes tables anew, so that no id is given again: nothing else about them changes, up or down."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect

from tests.full_instance import fill
from tests.setup.test_migrations import config_for, rows_of
from webapp.models import db
from webapp.store.database import open_sessions
from webapp.store.storage import Folder

BEFORE, WITH = "0031", "0032"
UNNAMED = {"curve_chunks", "histograms", "log_lines", "recovery_codes", "comment_versions"}
Rows = list[tuple[Any, ...]]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An instance with rows in every table, of the form before."""
    found = f"sqlite:///{tmp_path}/m.sqlite3"
    command.upgrade(config_for(found), "head")
    sessions = open_sessions(found)
    fill(sessions, Folder(tmp_path / "artifacts"))
    sessions.kw["bind"].dispose()
    command.downgrade(config_for(found), BEFORE)
    return found


def asked(url: str, query: str) -> Rows:
    engine = create_engine(url)
    with engine.begin() as connection:
        result = connection.exec_driver_sql(query)
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def form_of(url: str) -> dict[str, Any]:
    """Columns, keys, checks and indexes of every table, and the triggers but for the new one."""
    engine = create_engine(url)
    found: dict[str, Any] = {}
    for name in inspect(engine).get_table_names():
        indexes = [tuple(row) for row in asked(url, f"SELECT name, sql FROM sqlite_master WHERE tbl_name = '{name}'")]
        found[name] = {
            "columns": asked(url, f"PRAGMA table_xinfo({name})"),
            "references": sorted(row[2:] for row in asked(url, f"PRAGMA foreign_key_list({name})")),
            "names": sorted(str(key["name"]) for key in inspect(engine).get_foreign_keys(name)),
            "unique": sorted(repr(one) for one in inspect(engine).get_unique_constraints(name)),
            "checks": inspect(engine).get_check_constraints(name),
            "indexes": sorted(
                (one, sql) for one, sql in indexes if sql and "CREATE TABLE" not in sql and "no_replace" not in one
            ),
        }
    engine.dispose()
    return found


def autoincrementing(url: str) -> set[str]:
    return {name for (name,) in asked(url, "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")}


def test_nothing_else_changes_up_or_down(url: str) -> None:
    rows, form = rows_of(url), form_of(url)
    assert autoincrementing(url) == set()
    command.upgrade(config_for(url), WITH)
    assert (rows_of(url), form_of(url)) == (rows, form)
    assert asked(url, "PRAGMA foreign_key_check") == []
    assert asked(url, "PRAGMA integrity_check") == [("ok",)]
    command.downgrade(config_for(url), BEFORE)
    assert (rows_of(url), form_of(url)) == (rows, form)
    assert autoincrementing(url) == set()


def test_a_migration_that_breaks_off_leaves_all_tables_as_they_were(url: str) -> None:
    rows, form = rows_of(url), form_of(url)
    asked(url, "CREATE TABLE _alembic_tmp_webhooks (in_the_way INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        command.upgrade(config_for(url), WITH)
    asked(url, "DROP TABLE _alembic_tmp_webhooks")
    assert (rows_of(url), form_of(url), autoincrementing(url)) == (rows, form, set())


def test_every_table_goes_on_behind_its_greatest_id(url: str) -> None:
    command.upgrade(config_for(url), "head")
    last = dict(asked(url, "SELECT name, seq FROM sqlite_sequence"))
    for name in autoincrementing(url):
        assert asked(url, f"SELECT max(id) FROM {name}") == [(last[name],)]


def test_the_newest_migration_lets_ids_last_as_the_models_say(url: str) -> None:
    command.upgrade(config_for(url), "head")
    assert autoincrementing(url) == {
        name for name, table in db.metadata.tables.items() if table.dialect_options["sqlite"]["autoincrement"]
    }


def test_every_table_of_which_others_name_ids_lets_them_last() -> None:
    """A new table whose ids stay within its transactions is to be named above, with care."""
    numbered = {name for name, table in db.metadata.tables.items() if table.primary_key.columns.keys() == ["id"]}
    lasting = {name for name, table in db.metadata.tables.items() if table.dialect_options["sqlite"]["autoincrement"]}
    assert lasting == numbered - UNNAMED


@pytest.mark.parametrize("statement", ["INSERT OR REPLACE", "REPLACE"])
def test_the_audit_log_of_a_migrated_database_cannot_be_replaced(url: str, statement: str) -> None:
    command.upgrade(config_for(url), "head")
    before = rows_of(url)["audit_entries"]
    columns = "id, at, actor, action, subject, details, ip"
    with pytest.raises(Exception, match="never changed or deleted"):
        asked(
            url, f"{statement} INTO audit_entries ({columns}) VALUES (1, '2026-01-01', '', 'login', 'eve', '{{}}', '')"
        )
    assert rows_of(url)["audit_entries"] == before
