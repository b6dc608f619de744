"""A few experiments to find, on either database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import full_spec
from webapp.models import Experiment, Tag, Trial, User
from webapp.search.pages import Search

Find = Callable[..., list[str]]


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session on an empty database."""
    with sessions() as opened:
        yield opened


@pytest.fixture
def viewer(session: Session) -> User:
    """Who looks for experiments."""
    user = User(username="ada", email="ada@example.com")
    session.add(user)
    session.commit()
    return user


@pytest.fixture
def add(session: Session, viewer: User) -> Callable[..., Experiment]:
    """Adds an experiment."""

    def make(
        title: str, results: tuple[dict[str, Any], ...] = ({},), states: tuple[str, ...] = (), **rest: Any
    ) -> Experiment:
        spec = full_spec(**rest.pop("spec", {}))
        states = states or ("completed",) * len(results)
        trials = [
            Trial(number=n + 1, seed=n, state=state, results=each)
            for n, (each, state) in enumerate(zip(results, states, strict=True))
        ]
        tags = [session.scalar(select(Tag).where(Tag.name == name)) or Tag(name=name) for name in rest.pop("tags", ())]
        owner = rest.pop("owner", viewer)
        made = Experiment(title=title, owner=owner, spec=spec, trials=trials, tags=tags, **rest)
        session.add(made)
        session.commit()
        return made

    return make


@pytest.fixture
def find(session: Session, viewer: User) -> Find:
    """The titles that a search finds, in the order of a sort."""

    def titles(text: str, sort: str = "-created", archived: bool = False) -> list[str]:
        search = Search(session, viewer, text, archived)
        found = [experiment.title for experiment in search.page(sort).experiments]
        assert search.count() == len(found)
        return found

    return titles


@pytest.fixture
def three(session: Session, add: Callable[..., Experiment]) -> None:
    """A, B and C."""
    grace = User(username="grace", email="grace@example.com", name="Grace")
    session.add(grace)
    add(
        "A careful start",
        ({"validation/accuracy": {"last": 0.8, "best": 0.85, "best_step": 5}, "steps": 10, "duration_s": 3.5},),
        spec={"optimizer": {"kind": "adam", "lr": 1e-3}},
        tags=["baseline"],
        created_at=datetime(2026, 1, 5, 12, tzinfo=UTC),
    )
    add(
        "B bolder",
        ({"validation/accuracy": {"last": 0.91, "best": 0.92, "best_step": 5}, "steps": 20},),
        description="The learning rate is high. 100% certain_things!",
        spec={"optimizer": {"kind": "adam", "lr": 0.1}, "regularisation": [{"kind": "l2"}, {"kind": "clip_norm"}]},
        tags=["baseline", "lr-sweep"],
        created_at=datetime(2026, 2, 1, tzinfo=UTC),
    )
    add(
        "C of Grace",
        ({},),
        states=("failed",),
        owner=grace,
        spec={
            "network": {"kind": "mlp", "hidden": [256, 64]},
            "optimizer": {"kind": "sgd", "lr": 0.01},
            "channels_last": True,
        },
        created_at=datetime(2026, 2, 1, 23, 59, 59, tzinfo=UTC),
    )
