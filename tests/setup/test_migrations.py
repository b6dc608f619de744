"""Migrations make exactly the tables of the models, on both databases, and can be taken back."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, inspect, select, text

from tests.conftest import ROOT
from tests.full_instance import everything, fill
from tests.making import points, running_trial, same_bits
from tests.webapp.store.older import make_older
from webapp.models import CommentWord, ResultFact, SpecFact, Trial, WordFact, db
from webapp.store import curves
from webapp.store.database import open_sessions
from webapp.store.storage import Folder

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/m.sqlite3"
    return str(request.getfixturevalue("postgres_url")).replace("postgresql://", "postgresql+psycopg://")


def config_for(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def test_the_newest_migration_is_the_models(url: str) -> None:
    command.upgrade(config_for(url), "head")
    with create_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata) == []


def test_migrations_can_be_taken_back(url: str) -> None:
    command.upgrade(config_for(url), "head")
    command.downgrade(config_for(url), "base")
    assert set(inspect(create_engine(url)).get_table_names()) <= {"alembic_version"}
    command.upgrade(config_for(url), "head")


def test_every_table_keeps_its_rows_on_the_way_back_and_forth(url: str, tmp_path: Path) -> None:
    """What a revision has of a table, the next one down still has, and the newest has again; what is derived is made anew."""
    config = config_for(url)
    command.upgrade(config, "head")
    sessions = open_sessions(url)
    fill(sessions, Folder(tmp_path / "artifacts"))
    sessions.kw["bind"].dispose()
    kept = everything(url)
    assert [name for name, rows in kept.items() if not rows] == []
    before = rows_of(url)
    for revision in revisions(config)[1:]:
        command.downgrade(config, revision)
        found = rows_of(url)
        assert_kept(found, before, f"down to {revision}")
        before = found
    command.upgrade(config, "head")
    assert_kept(before, rows_of(url), "up to the newest")
    for derived in (SpecFact, ResultFact, WordFact, CommentWord):
        assert everything(url)[derived.__tablename__] == kept[derived.__tablename__]


def revisions(config: Config) -> list[str]:
    """The newest first."""
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def rows_of(url: str) -> Rows:
    """Every row of every table that the database has, whatever the models say."""
    engine, known = create_engine(url), MetaData()
    with engine.connect() as connection:
        known.reflect(connection)
        tables = [table for table in known.sorted_tables if table.name != "alembic_version"]
        found = {table.name: connection.execute(select(table)).mappings().all() for table in tables}
    engine.dispose()
    return {name: [dict(row) for row in sorted(rows, key=repr)] for name, rows in found.items()}


def assert_kept(one: Rows, other: Rows, way: str) -> None:
    """The tables and columns that both have hold the same; those that one of them lacks cannot be kept."""
    for name in one.keys() & other.keys():
        first, second = one[name], other[name]
        assert len(first) == len(second) > 0, (way, name)
        columns = sorted(first[0].keys() & second[0].keys())
        assert picked(first, columns) == picked(second, columns), (way, name)


def picked(rows: list[dict[str, Any]], columns: list[str]) -> list[str]:
    """Some columns of the rows, in an order of their own."""
    return sorted(repr([row[column] for column in columns]) for row in rows)


def test_curves_outlast_the_way_back_and_forth(url: str) -> None:
    command.upgrade(config_for(url), "head")
    sessions = open_sessions(url)
    trial_id = running_trial(sessions)
    logged = points("train/loss", 1, 10_000)
    with sessions() as session:
        curves.append(session, trial_id, 1, [logged])
        make_older(session, trial_id, every=2)
        session.commit()
    command.downgrade(config_for(url), "0002")
    command.upgrade(config_for(url), "head")
    with sessions() as session:
        found = curves.read(session, trial_id, ["train/loss"], points=10_000)["train/loss"]
        session.delete(session.get_one(Trial, trial_id))
        session.commit()
        assert curves.keys(session, trial_id) == []
    sessions.kw["bind"].dispose()
    assert found.steps.tolist() == logged.steps.tolist()
    assert same_bits(found.values, logged.values)


def test_whoever_is_logged_in_stays_so(url: str) -> None:
    command.upgrade(config_for(url), "0006")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (id, username, email, name, about, role, session_key, created_at) "
                "VALUES (7, 'ada', 'ada@example.com', '', '', 'member', 'a key', '2026-01-01 00:00:00')"
            )
        )
    command.upgrade(config_for(url), "head")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT user_id, key FROM logins")).all() == [(7, "a key")]
    command.downgrade(config_for(url), "0006")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT username, session_key FROM users")).all() == [("ada", "none-7")]
    engine.dispose()


def test_tokens_that_are_there_go_on_as_they_were(url: str) -> None:
    command.upgrade(config_for(url), "0011")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (id, username, email, name, about, role, created_at) "
                "VALUES (7, 'ada', 'ada@example.com', '', '', 'member', '2026-01-01 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO api_tokens (id, user_id, label, digest, hint, created_at) "
                "VALUES (3, 7, 'old', 'd', 'wxyz', '2026-01-01 00:00:00')"
            )
        )
    command.upgrade(config_for(url), "head")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT scopes, expires_at FROM api_tokens")).all()
    assert found == [("read write train account admin", None)]
    engine.dispose()
