"""The test part by the API: asked for once, and what it told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from dlcore.events import Picture, Report
from tests.conftest import DIGITS, Person, Store
from webapp.models import Artifact, Experiment, Trial, now
from webapp.settings import Settings
from webapp.store import artifacts, testing
from webapp.store.storage import storage_of

CONTENT = {"task": "classification", "examples": 3, "confusion": [[1, 1], [0, 1]], "worst": [{"index": 2}]}


@pytest.fixture
def ended(ada: Person, store: Store, submit: Callable[..., Experiment], client_of_redis: Any) -> int:
    """Ada's trial that has ended, with a checkpoint, its test part not used."""
    trial = store.get_one(Trial, submit(ada, spec={**DIGITS, "test": "on_request"}).trials[0].id)
    trial.state, trial.attempt, trial.results = "completed", 1, {"validation/accuracy": {"best": 0.9}}
    add_artifact(store, trial.id, "checkpoint")
    client_of_redis.delete("cpu")
    return trial.id


def add_artifact(store: Store, trial_id: int, kind: str) -> None:
    values = {"step": 30, "path": f"trial-{trial_id}/{kind}/x", "media_type": "application/octet-stream"}
    store.add(Artifact(trial_id=trial_id, kind=kind, name="state", attempt=1, size_bytes=1, sha256="", **values))
    store.commit()


def ask(person: Person, trial: int) -> Any:
    return person.api("POST", f"/trials/{trial}/actions", json={"action": "test"})


def test_a_worker_is_asked_to_use_the_test_part(ada: Person, ended: int, client_of_redis: Any) -> None:
    assert ask(ada, ended).status_code == 202
    assert client_of_redis.llen("cpu") == 1
    assert b"worker.test_trial" in client_of_redis.lindex("cpu", 0)


def test_clicked_twice_it_is_asked_once(ada: Person, root: Person, ended: int, client_of_redis: Any) -> None:
    assert ask(ada, ended).status_code == 202
    for person in (ada, root):
        again = ask(person, ended)
        assert again.status_code == 409
        assert again.json["detail"].startswith("Somebody asked for this already.")
    assert client_of_redis.llen("cpu") == 1


def test_an_asking_that_came_to_nothing_may_be_repeated(ada: Person, store: Store, ended: int) -> None:
    assert ask(ada, ended).status_code == 202
    trial = store.get_one(Trial, ended)
    assert trial.worker == testing.ASKED
    trial.lease_until = now() - timedelta(seconds=1)
    store.commit()
    assert ask(ada, ended).status_code == 202


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "running": ({"state": "running"}, "This trial has not ended yet."),
    "queued": ({"state": "queued"}, "This trial has not ended yet."),
    "failed": ({"state": "failed"}, "This trial failed"),
    "used": ({"results": {"test/accuracy": 0.9}}, "The test part of this trial has been used already."),
    "used and failed": (
        {"state": "failed", "results": {"test/loss": 1.0}},
        "The test part of this trial has been used",
    ),
}


@pytest.mark.parametrize(("values", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_when_it_cannot_be_the_reason_is_told(
    ada: Person, store: Store, ended: int, client_of_redis: Any, values: dict[str, Any], sentence: str
) -> None:
    trial = store.get_one(Trial, ended)
    for name, value in values.items():
        setattr(trial, name, value)
    store.commit()
    answer = ask(ada, ended)
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert answer.json["detail"].startswith(sentence)
    assert client_of_redis.llen("cpu") == 0


def test_without_a_checkpoint_there_is_nothing_to_test(ada: Person, store: Store, ended: int) -> None:
    store.delete(store.scalars(select(Artifact)).one())
    store.commit()
    assert "No checkpoint of this trial was kept" in ask(ada, ended).json["detail"]


def test_a_split_without_a_test_part_is_told(ada: Person, store: Store, ended: int) -> None:
    experiment = store.get_one(Trial, ended).experiment
    data = experiment.spec["data"]
    experiment.spec = {**experiment.spec, "data": {**data, "split": {**data["split"], "test": 0.0}}}
    store.commit()
    assert "There is no test part" in ask(ada, ended).json["detail"]


def test_another_action_is_told(ada: Person, ended: int) -> None:
    answer = ada.api("POST", f"/trials/{ended}/actions", json={"action": "explode"})
    assert answer.status_code == 422
    assert "one of stop, keep_best, pause, resume, test" in answer.json["detail"]


def test_everybody_reads_the_report(ada: Person, grace: Person, store: Store, ended: int, settings: Settings) -> None:
    trial = store.get_one(Trial, ended)
    trial.worker = "me"
    store.commit()

    def hold(session: Any, trial_id: int, attempt: int) -> None:
        testing.hold(session, trial_id, attempt, "me")

    made = artifacts.add_report(store, storage_of(settings), ended, 1, Report("errors", 30, 2, CONTENT), hold)
    pixels = np.zeros((8, 16), np.uint8)
    picture = Picture("errors", "examples", 30, 2, pixels, {"tiles": 2})
    shown = artifacts.add_picture(store, storage_of(settings), ended, 1, picture, hold)
    store.commit()
    assert made.media_type == "application/json"
    answer = grace.api("GET", f"/trials/{ended}/errors")
    assert answer.status_code == 200
    assert answer.json == {"trial": ended, "step": 30, "epoch": 2, "picture": f"/artifacts/{shown.id}", **CONTENT}
    assert grace.browser.get(answer.json["picture"]).content_type == "image/png"


def test_without_a_report_it_is_a_problem(ada: Person, ended: int) -> None:
    for trial in (ended, ended + 1):
        answer = ada.api("GET", f"/trials/{trial}/errors")
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
