"""A trial that runs, and people who watch it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from tests import making
from tests.conftest import Person
from tests.webapp.live.sse import Source
from webapp.live import streams
from webapp.live.hub import Hub
from webapp.settings import Settings
from webapp.store.database import open_sessions


@pytest.fixture
def sessions(app: Flask, settings: Settings) -> Iterator[sessionmaker[Session]]:
    """The worker's own connections to the application's database."""
    maker = open_sessions(settings.database)
    yield maker
    maker.kw["bind"].dispose()


@pytest.fixture
def trial(sessions: sessionmaker[Session]) -> int:
    """The id of a trial that attempt 1 runs."""
    return making.running_trial(sessions)


@pytest.fixture
def watch(app: Flask, ada: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Source]]:
    """Opens an event stream as Ada."""
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.2)
    sources: list[Source] = []

    def open_stream(address: str, **rest: Any) -> Source:
        sources.append(Source(app, address, ada.token, **rest))
        return sources[-1]

    yield open_stream
    for source in sources:
        source.leave()
    for source in sources:
        assert source.ended.wait(5)


@pytest.fixture
def hub(redis_url: str, client_of_redis: redis.Redis) -> Hub:
    """A hub with a client of its own, which its reader may keep using after the test."""
    return Hub(redis.Redis.from_url(redis_url))


@pytest.fixture
def stranger(app: Flask, trial: int) -> FlaskClient:
    """A browser that nobody logged in with."""
    app.before_request_funcs.setdefault(None, []).insert(0, forget)
    return app.test_client()


def forget() -> None:
    """The test's own application context would remember who came before."""
    g.pop("_login_user", None)
