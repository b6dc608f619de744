"""A trial whose artifacts lie in a bucket of a real S3 service: trained, shown, deleted, and with the service away."""

from itertools import count
from urllib.parse import urlsplit

import boto3
import pytest
from sqlalchemy import select

from tests.making import SMALL, make_trial, running_trial, state_of
from tests.services import running_s3
from tests.waiting import wait_until
from tests.worker.curves_of import LONG, assert_same_curves, expected_curves, stored_curves
from tests.worker.test_runner import in_background, run, trial_of
from webapp.experiments import service
from webapp.models import Artifact, Experiment, OutboxMessage, State, db
from webapp.settings import Settings
from webapp.store.bucket import Bucket
from worker import sender, tasks

SHORT = LONG | {"epochs": 20}


@pytest.fixture
def settings(settings, bucket, monkeypatch) -> Settings:
    """An instance that keeps its artifacts in the bucket."""
    made = settings.model_copy(update={"artifacts": bucket})
    for name, value in {"ARTIFACTS": bucket, "VAR": str(made.var)}.items():
        monkeypatch.setenv(f"DESCENT_{name}", value)
    return made


def after_a_while():
    """Hands back when it has been asked some times."""
    asked = count()
    return lambda: next(asked) > 20


def objects(bucket: str) -> set[str]:
    """The keys of what the bucket has, without the prefix."""
    found = boto3.client("s3").list_objects_v2(Bucket=urlsplit(bucket).netloc).get("Contents", [])
    return {item["Key"].removeprefix("descent/") for item in found}


def rows(sessions) -> set[str]:
    with sessions() as session:
        return set(session.scalars(select(Artifact.path)))


def test_a_trial_trains_resumes_is_shown_and_goes_with_its_experiment(sessions, client, settings, bucket, app, ada):
    trial_id = make_trial(sessions, SHORT)
    run(trial_id, sessions, client, settings, must_hand_back=after_a_while())
    assert state_of(sessions, trial_id) is State.QUEUED
    run(trial_id, sessions, client, settings)

    assert (trial_of(sessions, trial_id).state, trial_of(sessions, trial_id).attempt) == ("completed", 2)
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SHORT))
    assert objects(bucket) == rows(sessions)
    assert not (settings.var / "artifacts").exists()
    with sessions() as session:
        picture = session.scalars(select(Artifact).where(Artifact.kind == "filters")).first()
    answer = ada.browser.get(f"/artifacts/{picture.id}")
    assert (answer.data[:4], len(answer.data)) == (b"\x89PNG", picture.size_bytes)
    again = ada.browser.get(f"/artifacts/{picture.id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    with app.app_context():
        service.delete(db.session(), db.session.get(Experiment, 1))
    with sessions() as session:
        (promised,) = session.scalars(select(OutboxMessage).where(OutboxMessage.task == service.DELETE_FILES))
    tasks.delete_files(*promised.arguments)
    assert objects(bucket) == set()


def test_while_the_bucket_is_away_training_goes_on_and_what_was_made_follows(sessions, client, settings, monkeypatch):
    monkeypatch.setattr(sender, "RESTS_S", 0.05)
    trial_id = make_trial(sessions, SMALL)
    with running_s3() as other:
        pass  # a port where nobody listens, until later
    endpoint, port = settings.artifacts, urlsplit(other).port
    monkeypatch.setenv("AWS_ENDPOINT_URL", other)
    moved = settings.model_copy(update={"artifacts": f"{endpoint}-later"})
    thread = in_background(trial_id, sessions, client, moved)
    wait_until(lambda: trial_of(sessions, trial_id).step == trial_of(sessions, trial_id).steps, "training to go on")
    assert (state_of(sessions, trial_id), rows(sessions)) == (State.RUNNING, set())
    with running_s3(port):
        thread.join(20)
        assert state_of(sessions, trial_id) is State.COMPLETED
        assert {path.split("/")[1] for path in rows(sessions)} == {"filters", "best", "checkpoint", "errors"}
        assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SMALL))


def test_a_bucket_that_stays_away_pauses_the_trial_with_a_sentence(sessions, client, settings, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("worker.writer.GIVES_UP_S", 0.1)
    gone = settings.model_copy(update={"artifacts": f"{settings.artifacts}-gone"})
    trial_id = make_trial(sessions, SMALL)
    run(trial_id, sessions, client, gone)
    trial = trial_of(sessions, trial_id)
    assert trial.state == "paused"
    assert "cannot be reached" in trial.failure
    assert "Resume it when it is back" in trial.failure
    assert rows(sessions) == set()
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SMALL))


def test_a_checkpoint_that_cannot_be_asked_for_is_waited_for_and_not_passed_over(
    sessions, client, settings, monkeypatch
):
    trial_id = make_trial(sessions, SHORT)
    run(trial_id, sessions, client, settings, must_hand_back=after_a_while())
    reached = trial_of(sessions, trial_id).step
    monkeypatch.setattr("worker.runner.GIVES_UP_S", 0.0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    away = settings.model_copy(update={"artifacts": f"{settings.artifacts}/"})
    run(trial_id, sessions, client, away)
    trial = trial_of(sessions, trial_id)
    assert (trial.state, trial.step) == ("paused", reached)
    assert len(stored_curves(sessions, trial_id)["train/loss"][0]) == reached


def test_a_page_says_that_pictures_cannot_be_read_now(sessions, settings, app, ada, monkeypatch):
    trial_id = running_trial(sessions)
    with sessions() as session:
        facts = {"attempt": 1, "step": 1, "media_type": "image/png", "size_bytes": 1, "sha256": "0" * 64}
        session.add(Artifact(trial_id=trial_id, kind="filters", name="x", path="trial-1/filters/x.png", **facts))
        session.commit()

    assert ada.browser.get("/artifacts/1").status_code == 404
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    app.extensions["storage"] = Bucket(settings.artifacts, 1)
    answer = ada.browser.get("/artifacts/1")
    assert answer.status_code == 503
    assert "cannot be read now" in answer.text
