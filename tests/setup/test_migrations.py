"""Migrations make exactly the tables of the models, on both databases, and can be taken back."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from tests.conftest import ROOT
from webapp.models import db


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
