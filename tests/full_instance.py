"""An instance with a row in every table, and a look at all of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Boolean, Column, Connection, LargeBinary, create_engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Checkpoint, Histogram, Picture, Report
from tests.making import keep_checkpoint, make_trial, points
from webapp import audit
from webapp.auth.service import create_user
from webapp.models import (
    ApiToken,
    Comment,
    ComparedExperiment,
    Comparison,
    Dataset,
    Digest,
    Happening,
    IdempotencyKey,
    InstanceChoice,
    Invitation,
    Layout,
    LogLine,
    MailLink,
    Notification,
    NotificationChoice,
    Reaction,
    Tag,
    Trial,
    User,
    Watch,
    Webhook,
    WebhookDelivery,
    db,
    now,
)
from webapp.models.base import Moment
from webapp.queue import promise
from webapp.store import artifacts, curves, histograms, leases
from webapp.store.storage import Storage

ODD = [np.nan, np.inf, -np.inf, -0.0, 1e-300]
LOGGED = points("train/loss", 1, 5000, values=np.r_[ODD, np.random.default_rng(0).normal(size=4995)])
PASSWORD = "a long password"


def fill(sessions: sessionmaker[Session], storage: Storage) -> int:
    """Rows of people, experiments and what their trial made, which runs; the trial's id."""
    trial_id = make_trial(sessions)
    with sessions() as session:
        ada = create_user(session, "ada", "ada@example.com", PASSWORD, None)
        leases.claim(session, trial_id, "somewhere", 60)
        experiment = session.get_one(Trial, trial_id).experiment
        experiment.tags = [Tag(name="größe")]
        said = Comment(
            experiment=experiment, author=ada, body="Ünïcode 🎉", body_html="<p>Ünïcode 🎉</p>", tags=experiment.tags
        )
        brought = Dataset(owner=ada, name="mine", kind="npz", file="0a1b.npz", size_bytes=7, found={"classes": 2})
        pin = {"pin_trial_id": trial_id, "pin_key": "train/loss", "pin_step": 3, "pin_value": 0.5}
        answer = Comment(experiment=experiment, author=ada, body="Yes", body_html="<p>Yes</p>", parent=said, **pin)
        answer.reactions = [Reaction(user_id=ada.id, name="heart")]
        session.add_all(
            [said, answer, brought, ApiToken.issue(ada)[0], Layout(user_id=ada.id, name="mine", pins=["train/"])]
        )
        place = ComparedExperiment(experiment_id=experiment.id, position=0)
        session.add(Comparison(owner=ada, name="Größen", view="group=epochs#scatter", notes="*so*", compared=[place]))
        link, _ = MailLink.issue(ada, "email", timedelta(days=1), "ada@elsewhere.example.com")
        invited = Invitation(digest="0" * 64, email="grace@example.com", made_by=ada, expires_at=now())
        session.add_all([link, invited, InstanceChoice(name="registration", value="invited")])
        session.flush()
        session.add_all(what_is_told(ada, said, trial_id))
        audit.record(session, ada, "login", "ada", {"größe": [1, None]}, "203.0.113.9")
        kept = {"status": 201, "headers": {"Location": "/api/v1/experiments/1"}, "body": b'{"id": 1}'}
        session.add(IdempotencyKey(user_id=ada.id, digest="d" * 64, fingerprint="f" * 64, **kept))
        session.add_all(
            [LogLine(trial_id=trial_id, attempt=1, message=words) for words in ("a line\nand another", "a third")]
        )
        promise(session, "worker.run_trial", "cpu", [trial_id])
        curves.append(session, trial_id, 1, [LOGGED])
        bins = Histogram("weights/w", 3, 0.0, -1.0, 2.0, np.array([1, 5, 0]), 0)
        histograms.add(session, trial_id, 1, [bins])
        artifacts.add_picture(session, storage, trial_id, 1, Picture("filters", "w", 3, 0.1, np.eye(4, dtype=np.uint8)))
        artifacts.add_report(session, storage, trial_id, 1, Report("errors", 3, 0.1, {"worst": []}))
        leases.keep_results(session, trial_id, {"validation/loss": {"best": 0.5, "last": 0.5}})
        session.commit()
        fill_what_is_empty(session.connection())
        session.commit()
    keep_checkpoint(sessions, storage, trial_id, 1, Checkpoint(9, 1, {"model/w": np.eye(3)}, {"batch": 0}))
    return trial_id


def what_is_told(ada: User, said: Comment, trial_id: int) -> list[Any]:
    """A row in each table of notifications."""
    about = {"experiment_id": said.experiment_id, "user_id": ada.id}
    webhook, digest = Webhook(user_id=ada.id, url="https://example.com/größe"), Digest(user_id=ada.id)
    known = Notification(kind="mention", source="comment:1", comment_id=said.id, **about)
    return [
        Happening(what="commented", comment_id=said.id, mentioned=[ada.id]),
        Happening(what="trial_ended", trial_id=trial_id),
        known,
        digest,
        NotificationChoice(user_id=ada.id, channels={"mention": ["page"]}, rhythm="daily", hour=23),
        Watch(**about, muted=True),
        webhook,
        WebhookDelivery(webhook=webhook, notification=known, response="größe", status=200, duration_ms=3),
    ]


def fill_what_is_empty(connection: Connection) -> None:
    """A plain row in each table that has none."""
    for table in db.metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is None:
            values = {column.name: a_value(column, connection) for column in table.columns if not column.nullable}
            connection.execute(insert(table).values(values))


def a_value(column: Column[Any], connection: Connection) -> Any:
    """Something that the column takes."""
    for key in column.foreign_keys:
        return connection.execute(select(key.column).limit(1)).scalar_one()
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, LargeBinary):
        return b"\x00\xff"
    kind = column.type.python_type
    if isinstance(column.type, Moment):
        return datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    return kind(1) if kind in (int, float) else kind()


def everything(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in db.metadata.sorted_tables
        }
    engine.dispose()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}
