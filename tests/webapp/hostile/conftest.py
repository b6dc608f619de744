"""One instance for many cases: everything that has an address is there once, on either database."""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select
from werkzeug.test import TestResponse

from dlcore.events import Picture
from tests.conftest import DIGITS, Person, Store
from tests.making import points
from tests.services import running_postgres
from tests.webapp.datasets.files import PETS, sent, zipped
from webapp.app import create_app
from webapp.datasets import service as datasets
from webapp.models import (
    ApiToken,
    Artifact,
    Comment,
    Dataset,
    Experiment,
    Layout,
    Login,
    Model,
    Notification,
    Role,
    Trial,
    db,
)
from webapp.settings import Settings
from webapp.store import artifacts, curves
from webapp.store.storage import storage_of


class LastError(logging.Handler):
    """Remembers what the application logged last of an unexpected error."""

    said = ""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        place = traceback.extract_tb(error.__traceback__)[-1] if error else ""
        self.said = f"{error!r:.300} {place}"


class Instance:
    """An application, an administrator who is logged in, and one of each thing."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.log, self.failures, self.cases = LastError(), list[str](), 0
        app.logger.addHandler(self.log)
        self.store = Store(create_engine(settings.database))
        self.person = Person(app, self.store, "ada", Role.ADMINISTRATOR)
        with app.app_context():
            self.ids = self.furnish()
        self.names = {
            "name": "baseline",
            "what": "disable",
            "filename": "css/descent.css",
            "version": "x",
            "secret": "a",
        }

    def furnish(self) -> dict[str, int]:
        """One of each thing, and its id by the name that routes give it."""
        body = {"title": "An experiment", "spec": DIGITS, "tags": ["baseline"]}
        made = self.person.api("POST", "/experiments", json=body).json
        trial = db.session.get_one(Trial, made["trials"][0]["id"])
        trial.attempt, trial.state = 1, "running"
        db.session.flush()
        curves.append(db.session(), trial.id, 1, [points("train/loss", 1, 100)])
        filters = Picture("filters", "conv1", 1, 0.0, np.zeros((4, 4), np.uint8))
        picture = artifacts.add_picture(db.session(), storage_of(self.settings), trial.id, 1, filters)
        db.session.commit()
        comment = self.person.api("POST", f"/experiments/{made['id']}/comments", json={"body": "A word"}).json
        layout = self.person.api("POST", "/layouts", json={"name": "Mine"}).json
        tag = self.person.api("GET", "/tags").json["tags"][0]
        other = self.person.api("POST", "/experiments", json=body).json
        pair = {"name": "Mine", "ids": [made["id"], other["id"]]}
        comparison = self.person.api("POST", "/comparisons", json=pair).json
        webhook = self.person.api("POST", "/webhooks", json={"url": "https://example.com/hook"}).json
        delivery = self.person.api("POST", f"/webhooks/{webhook['id']}/test").json
        user = trial.experiment.owner
        told = Notification(user_id=user.id, kind="ended", source="trial", experiment_id=made["id"], trial_id=trial.id)
        db.session.add(told)
        db.session.commit()
        dataset = datasets.add(db.session(), self.settings.var, user, sent(pets__zip=zipped(PETS)), "Pets", 1 << 30)
        token = db.session.scalars(select(ApiToken)).first()
        login = db.session.scalars(select(Login)).first()
        assert token
        assert login
        invitation = self.person.api("POST", "/invitations", json={}).json
        return {
            "experiment_id": made["id"], "trial_id": trial.id, "artifact_id": picture.id, "comment_id": comment["id"],
            "layout_id": layout["id"], "dataset_id": dataset.id, "token_id": token.id, "tag_id": tag["id"],
            "person_id": user.id, "comparison_id": comparison["id"],
            "user_id": user.id, "login_id": login.id, "invitation_id": invitation["id"],
            "webhook_id": webhook["id"], "delivery_id": delivery["id"], "notification_id": told.id,
        }  # fmt: skip

    def check(self, answer: TestResponse, *what: object) -> None:
        """Remember an answer that may not be; the test fails at its end, with all of them."""
        self.cases += 1
        if answer.status_code >= 500:
            self.failures.append(f"{answer.status_code} {self.log.said} for {' '.join(map(str, what))[:300]}")
        elif "event-stream" not in (answer.mimetype or "") and b"Traceback (most recent call last)" in answer.data:
            self.failures.append(f"a traceback for {' '.join(map(str, what))[:300]}")

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        tables = Model.metadata.sorted_tables
        found = {table.name: self.store.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        self.store.rollback()  # PostgreSQL ends a session whose transaction stays open while the requests are made
        return found

    def check_nothing_is_half_made(self) -> None:
        """Every row that a request made is whole."""
        for experiment in self.store.scalars(select(Experiment)):
            assert experiment.title.strip()
            assert [trial.number for trial in experiment.trials] == list(range(1, len(experiment.trials) + 1))
            assert experiment.trials
        assert not [comment.id for comment in self.store.scalars(select(Comment)) if not comment.body.strip()]
        assert not [layout.id for layout in self.store.scalars(select(Layout)) if not layout.name.strip()]
        files = {dataset.file for dataset in self.store.scalars(select(Dataset))}
        assert {path.name for path in (self.settings.var / "data" / "uploads").iterdir()} == files
        self.store.execute(select(func.count(Artifact.id)))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def instance(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> Iterator[Instance]:
    """An instance without limits of rate, on either database."""
    yield from instance_on(request.param, tmp_path_factory.mktemp("hostile") / "var", redis_url)


def instance_on(database: str, var: Path, redis_url: str) -> Iterator[Instance]:
    """An instance on a new database of this kind."""
    given: dict[str, Any] = {"DESCENT_VAR": var, "REDIS_URL": redis_url, "DESCENT_SECRET_KEY": "a secret for tests"}
    if database == "postgresql":
        with running_postgres() as url:
            yield from running(Settings(**given, DATABASE_URL=url))
    else:
        yield from running(Settings(**given))


def running(settings: Settings) -> Iterator[Instance]:
    """An application with its tables."""
    app = create_app(settings, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        db.create_all()
    made = Instance(app, settings)
    yield made
    made.check_nothing_is_half_made()
    print(f"{made.cases:,} cases")  # seen with --capture=no, as make fuzz has it
    made.store.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def nothing_failed(instance: Instance) -> Iterator[None]:
    """Fails the test with all answers that may not be."""
    yield
    found, instance.failures = sorted(set(instance.failures)), []
    assert not found, "\n".join([f"{len(found)} answers may not be:", *found[:40]])
