"""An instance of its own for the worker's tests: SQLite in a file, a real Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import torch
from sqlalchemy.orm import Session, sessionmaker

from tests.thrift import make_tables
from webapp.settings import Settings
from webapp.store.database import open_sessions


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As in a worker's child, so that the same seed gives the same numbers."""
    torch.set_num_threads(1)


@pytest.fixture
def sessions(settings: Settings, tables: Path) -> Iterator[sessionmaker[Session]]:
    """Sessions on the instance's empty database."""
    settings.var.mkdir()
    maker = open_sessions(settings.database)
    make_tables(settings.database, tables)
    yield maker
    maker.kw["bind"].dispose()


@pytest.fixture
def client(client_of_redis: redis.Redis) -> redis.Redis:
    """Redis, emptied."""
    return client_of_redis
