"""Two people who talk about an experiment, each in a browser of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.load.page import log_in
from tests.load.scene import PASSWORD, Scene, scene
from tests.making import points
from webapp.auth.service import create_user
from webapp.models import Comment, Experiment, Role, Trial, User
from webapp.store import curves
from webapp.store.database import open_sessions

LOSS = "[data-chart-key=loss]"
OF_REFUSALS = ("net::ERR_", "Failed to load resource", "htmx:", "Response Status Error Code")


@dataclass
class Talk:
    """Two people, and the experiment of Ada's that they look at."""

    ada: Page
    grace: Page
    experiment: int
    other: int


@pytest.fixture(scope="module", name="made")
def two_trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two trials with a curve, of experiments of Ada's."""
    with scene(tmp_path_factory.mktemp("talking"), trials=2) as running:
        sessions = open_sessions(running.settings.database)
        with sessions() as session:
            ada = create_user(session, "ada", "ada@example.com", PASSWORD, Role.MEMBER)
            create_user(session, "grace", "grace@example.com", PASSWORD, Role.MEMBER)
            session.flush()
            for trial in running.trials:
                session.get_one(Trial, trial).experiment.owner = ada
                values = np.exp(-np.arange(200) / 60) + 0.05 * np.sin(np.arange(200) / 9)
                curves.append(session, trial, 1, [points("train/loss", 1, 200, values)])
            session.commit()
        sessions.kw["bind"].dispose()
        yield running


@pytest.fixture
def talk(made: Scene, browser: Browser) -> Iterator[Talk]:
    """Both have the page open; an error in a console fails the test."""
    sessions = open_sessions(made.settings.database)
    with sessions() as session:
        ids = [session.get_one(Experiment, session.get_one(Trial, trial).experiment_id).id for trial in made.trials]
    errors: list[str] = []
    contexts = [browser.new_context(base_url=made.url, viewport={"width": 1280, "height": 900}) for _ in range(2)]
    pages = []
    for context, name in zip(contexts, ("ada", "grace"), strict=True):
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        log_in(page, name)
        page.goto(f"/experiments/{ids[0]}#comments")
        expect(page.locator("#new-comment-body")).to_be_visible()
        pages.append(page)
    yield Talk(*pages, *ids)
    seen = list(errors)
    for context in contexts:
        context.close()
    assert not [error for error in seen if not any(word in error for word in OF_REFUSALS)]


def comment(page: Page, words: str) -> Locator:
    """The comment that says so."""
    return page.locator("article.comment", has_text=words)


def say(page: Page, words: str) -> None:
    """By the form below all comments."""
    page.fill("#new-comment-body", words)
    page.get_by_role("button", name="Comment", exact=True).click()


@contextmanager
def database(made: Scene) -> Iterator[Session]:
    """What is changed in it is committed."""
    sessions = open_sessions(made.settings.database)
    with sessions.begin() as session:
        yield session
    sessions.kw["bind"].dispose()


def said_by_ada(made: Scene, words: str, parent: int | None = None, **place: object) -> int:
    """A comment on the second experiment; its number."""
    with database(made) as session:
        trial = session.get_one(Trial, made.trials[1])
        said = {"body": words, "body_html": f"<p>{words}</p>", "parent_id": parent}
        written = Comment(experiment_id=trial.experiment_id, author_id=trial.experiment.owner_id, **said, **place)
        session.add(written)
        session.flush()
        return written.id


def pin(made: Scene, words: str, step: int) -> int:
    """A comment of Ada's at a step of the second experiment's loss; its number."""
    return said_by_ada(made, words, pin_trial_id=made.trials[1], pin_key="train/loss", pin_step=step)


def mark(page: Page, number: int) -> Locator:
    """The marker of a comment, on the chart of the loss."""
    return page.locator(f"{LOSS} [data-pin-mark='{number}']")


def set_role(made: Scene, name: str, role: Role) -> None:
    """As an administrator does."""
    with database(made) as session:
        session.scalars(select(User).where(User.username == name)).one().role = role
