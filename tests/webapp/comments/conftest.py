"""A conversation about an experiment of Ada's."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.conftest import Person, Store
from tests.making import points
from webapp.models import Experiment, db
from webapp.store import curves


@pytest.fixture
def experiment(ada: Person, submit: Callable[..., Experiment], store: Store) -> Experiment:
    """Ada's, which trains, with two curves of 1,200 steps."""
    made = submit(ada, "Talked about")
    [trial] = made.trials
    trial.state, trial.attempt = "running", 1
    store.flush()
    curves.append(store, trial.id, 1, [points("train/loss", 1, 1200), points("lr", 1, 1200)])
    store.commit()
    return made


@pytest.fixture
def say(experiment: Experiment) -> Callable[..., dict[str, Any]]:
    """Comments as somebody; the comment as they see it."""

    def write(who: Person, body: str = "A word", **rest: Any) -> dict[str, Any]:
        answer = who.api("POST", f"/experiments/{experiment.id}/comments", json={"body": body, **rest})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    return write


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many questions the database is asked while something is done."""

    def count(act: Callable[[], Any]) -> int:
        counted: list[int] = []
        listener = lambda *_: counted.append(1)  # noqa: E731 - it has to be taken away again
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", listener)
            act()
            event.remove(db.engine, "before_cursor_execute", listener)
        return len(counted)

    return count
