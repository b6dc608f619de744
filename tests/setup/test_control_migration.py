"""What was asked of trials, and their queues, outlast migration 0007 and the way back."""

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from tests.making import SMALL, make_trial
from tests.setup.test_migrations import config_for, url  # noqa: F401 - a fixture
from webapp.store.database import open_sessions

BEFORE = "0006"


@pytest.fixture
def trials(url: str) -> list[int]:  # noqa: F811
    """One that waits for a GPU, one that is asked to stop, one that is paused."""
    command.upgrade(config_for(url), "head")
    sessions = open_sessions(url)
    made = [
        make_trial(sessions, SMALL | {"device": "cuda"}),
        make_trial(sessions, state="running", attempt=1, request="stop"),
        make_trial(sessions, state="paused", attempt=1, priority=1),
    ]
    sessions.kw["bind"].dispose()
    return made


def test_they_are_translated_both_ways(url: str, trials: list[int]) -> None:  # noqa: F811
    engine = create_engine(url)
    command.downgrade(config_for(url), BEFORE)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, stop_requested FROM trials ORDER BY id"))
        assert [(state, bool(stop)) for state, stop in found] == [
            ("queued", False),
            ("running", True),
            ("queued", False),
        ]
    engine.dispose()
    command.upgrade(config_for(url), "head")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT state, request, queue, priority FROM trials ORDER BY id"))
        assert [tuple(row) for row in found] == [
            ("queued", None, "gpu", 0),
            ("running", "stop", "cpu", 0),
            ("queued", None, "cpu", 0),
        ]
    engine.dispose()
