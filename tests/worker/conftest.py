"""An instance of its own for the worker's tests: SQLite in a file, a real Redis."""

from collections.abc import Iterator

import pytest
import redis
import torch
from sqlalchemy.orm import Session, sessionmaker

from webapp.models import db
from webapp.settings import Settings
from webapp.store.database import open_sessions


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As in a worker's child, so that the same seed gives the same numbers."""
    torch.set_num_threads(1)


@pytest.fixture
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on the instance's empty database."""
    settings.var.mkdir()
    maker = open_sessions(settings.database)
    db.metadata.create_all(maker.kw["bind"])
    yield maker
    maker.kw["bind"].dispose()


@pytest.fixture
def client(client_of_redis: redis.Redis) -> redis.Redis:
    """Redis, emptied."""
    return client_of_redis
