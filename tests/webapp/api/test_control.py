"""What may be asked of trials, by programs and by the buttons of the page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import event, func, select

from dlcore.checkpoint import from_bytes
from tests.conftest import Person, Store, full_spec
from tests.making import keep_checkpoint
from tests.worker.test_checkpoints import checkpoint
from webapp.models import Experiment, OutboxMessage, Trial, db
from webapp.settings import Settings
from webapp.store import live, workers
from webapp.store.database import open_sessions
from webapp.store.storage import storage_of


@pytest.fixture
def trial(ada: Person, submit: Callable[..., Experiment]) -> int:
    """One that waits in the queue."""
    return submit(ada).trials[0].id


def put(store: Store, trial: int, **columns: Any) -> None:
    """Make it stand so."""
    row = store.get_one(Trial, trial)
    for name, value in columns.items():
        setattr(row, name, value)
    store.commit()


def act(who: Person, trial: int, action: str) -> tuple[int, Any]:
    answer = who.api("POST", f"/trials/{trial}/actions", json={"action": action})
    return answer.status_code, answer.json


RUNNING = {"state": "running", "attempt": 1}
ASKED = [
    ("queued", "pause", "paused", None),
    ("queued", "stop", "cancelled", None),
    ("queued", "keep_best", "cancelled", None),  # it had not begun
    ("queued", "resume", "queued", None),
    ("running", "pause", "running", "pause"),
    ("running", "stop", "running", "stop"),
    ("running", "keep_best", "running", "keep_best"),
    ("running", "resume", "running", None),
    ("paused", "pause", "paused", None),
    ("paused", "resume", "queued", None),
    ("paused", "stop", "cancelled", None),
    ("paused", "keep_best", "queued", "keep_best"),
    ("completed", "stop", "completed", None),
    ("completed", "keep_best", "completed", None),
]


def test_asking_twice_is_as_good_as_asking_once(ada: Person, store: Store, trial: int) -> None:
    for before, action, state, request in ASKED:
        put(store, trial, state=before, attempt=0 if before == "queued" else 1, request=None)
        for _ in range(2):
            status, told = act(ada, trial, action)
            assert (status, told["state"], told["request"]) == (202, state, request), (before, action)


def test_what_makes_no_sense_is_said(ada: Person, store: Store, trial: int) -> None:
    put(store, trial, state="completed")
    sentences = {
        "pause": "It has ended (completed), so it cannot be paused.",
        "resume": "A clone can start from its weights.",
    }
    for action, sentence in sentences.items():
        status, told = act(ada, trial, action)
        assert status == 409
        assert sentence in told["detail"]


def test_a_stop_is_never_taken_back_by_what_is_asked_later(ada: Person, store: Store, trial: int) -> None:
    put(store, trial, **RUNNING)
    for action in ("pause", "stop", "keep_best", "resume", "pause"):
        act(ada, trial, action)
    assert ada.api("PATCH", f"/trials/{trial}", json={"queue": "gpu"}).json["request"] == "stop"


def test_resuming_before_the_worker_has_paused_it_lets_it_go_on(ada: Person, store: Store, trial: int) -> None:
    put(store, trial, **RUNNING)
    act(ada, trial, "pause")
    assert act(ada, trial, "resume")[1]["request"] is None


def test_a_resumed_trial_is_promised_to_the_workers_of_its_queue_and_those_who_watch_are_told(
    ada: Person, store: Store, trial: int, client_of_redis: redis.Redis
) -> None:
    put(store, trial, state="paused", queue="gpu", attempt=1)
    client_of_redis.delete("gpu")
    act(ada, trial, "resume")
    assert client_of_redis.llen("gpu") == 1
    assert store.scalar(select(func.count(OutboxMessage.id))) == 0
    assert live.entries(client_of_redis, trial)[-1][2]["state"] == "queued"


def test_priority_and_queue_are_changed_and_shown(ada: Person, trial: int, client_of_redis: redis.Redis) -> None:
    workers.sign_of_life(client_of_redis, workers.Worker("one:1", ("big-memory",)))
    for _ in range(2):
        answer = ada.api("PATCH", f"/trials/{trial}", json={"priority": "high", "queue": "big-memory"})
        assert (answer.status_code, answer.json["priority"], answer.json["queue"]) == (200, "high", "big-memory")
    page = ada.browser.get(f"/experiments/{trial}").text
    assert "queue big-memory, high priority<" in page
    assert "Place 1 of 1 in the queue big-memory." in page
    assert client_of_redis.llen("big-memory") == 1


def test_what_runs_is_asked_to_move(ada: Person, store: Store, trial: int) -> None:
    put(store, trial, **RUNNING)
    answer = ada.api("PATCH", f"/trials/{trial}", json={"queue": "gpu"}).json
    assert (answer["queue"], answer["request"]) == ("gpu", "move")
    assert "moving to gpu" in ada.browser.get(f"/experiments/{trial}").text


def test_what_cannot_be_is_told_with_its_field(ada: Person, trial: int) -> None:
    for body, words in (
        ({"queue": "nowhere"}, "No worker takes trials from a queue “nowhere”. There are cpu, gpu;"),
        ({"queue": "unacked"}, "No worker"),
        ({"priority": "highest"}, "low, normal or high"),
        ({"priority": 3}, "priority"),
        ({"state": "completed"}, "state"),
    ):
        answer = ada.api("PATCH", f"/trials/{trial}", json=body)
        assert answer.status_code == (409 if words.startswith("No worker") else 422)
        assert [error["field"] for error in answer.json["errors"]] == list(body)
        assert words in answer.json["detail"]


def test_a_queue_that_there_is_not_leaves_the_priority_as_it_was(ada: Person, trial: int) -> None:
    place = {"priority": "high", "queue": "nowhere"}
    assert ada.api("PATCH", f"/trials/{trial}", json=place).status_code == 409
    page = ada.browser.post(f"/experiments/{trial}/queue", data=place, follow_redirects=True).text
    assert "No worker takes trials from a queue “nowhere”." in page
    assert ada.api("GET", f"/trials/{trial}").json["priority"] == "normal"


def test_what_needs_a_gpu_is_not_moved_to_workers_without_one(
    ada: Person, store: Store, submit: Callable[..., Experiment]
) -> None:
    trial = submit(ada, spec=full_spec(device="cuda")).trials[0]
    assert trial.queue == "gpu"
    answer = ada.api("PATCH", f"/trials/{trial.id}", json={"queue": "cpu"})
    assert "wants a GPU" in answer.json["detail"]


def test_the_buttons_say_what_was_done_and_are_safe_to_press_twice(
    ada: Person, store: Store, submit: Callable[..., Experiment]
) -> None:
    experiment = submit(ada, spec=full_spec(trials=2))
    sentences = {
        "pause": ["Paused. It goes on when you resume it.", "It is paused already."],
        "resume": ["Resumed. It goes on as soon as a worker is free.", "It is on its way already."],
        "stop": ["Stopped. What it has logged so far stays.", "It has ended already."],
    }
    for action, (first, second) in sentences.items():
        for sentence in (first, second):
            path = f"/experiments/{experiment.id}/control"
            page = ada.browser.post(path, data={"action": action}, follow_redirects=True).text
            assert page.count(sentence) == 1
    assert {trial.state for trial in store.get_one(Experiment, experiment.id).trials} == {"cancelled"}


def test_the_page_offers_what_fits_the_state(ada: Person, store: Store, trial: int) -> None:
    shown = {"queued": {"pause", "stop", "keep_best"}, "running": {"pause", "stop", "keep_best"}}
    shown |= {"paused": {"resume", "stop", "keep_best"}, "completed": set()}
    for state, actions in shown.items():
        put(store, trial, state=state)
        page = ada.browser.get(f"/experiments/{trial}").text
        form = page[page.index("/control") :].partition("</form>")[0]
        is_hidden = " hidden>" in form[: form.index("<input")]
        buttons = re.findall(r'<button[^>]*value="(\w+)"([^>]*)>', form)
        found = {name for name, rest in buttons if not re.search(r"\shidden(\s|$)", rest)}
        assert (set() if is_hidden else found) == actions


def test_a_form_without_its_fields_is_told(ada: Person, trial: int) -> None:
    assert "must be one of stop" in ada.browser.post(f"/experiments/{trial}/control", data={"action": "fly"}).text
    assert "queue did not arrive" in ada.browser.post(f"/experiments/{trial}/queue", data={"priority": "low"}).text


def test_deleting_ends_what_runs_first_so_that_its_worker_gives_up(
    app: Flask, ada: Person, store: Store, trial: int, settings: Settings
) -> None:
    put(store, trial, **RUNNING)
    seen: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert ada.api("DELETE", f"/experiments/{trial}").status_code == 204
    changes = [statement for statement in seen if statement.startswith(("UPDATE trials", "DELETE FROM"))]
    assert changes[0].startswith("UPDATE trials SET state")
    assert store.get(Trial, trial) is None


def test_the_best_weights_and_the_last_checkpoint_are_listed_and_downloaded(
    ada: Person, grace: Person, app: Flask, store: Store, trial: int, settings: Settings
) -> None:
    put(store, trial, **RUNNING)
    sessions = open_sessions(settings.database)
    for step in (10, 20):
        keep_checkpoint(sessions, storage_of(settings), trial, 1, checkpoint(step, best=10))
    listed = grace.api("GET", f"/trials/{trial}/checkpoints").json["checkpoints"]
    assert [(one["kind"], one["step"]) for one in listed] == [("best", 10), ("checkpoint", 20), ("checkpoint", 10)]
    answer = grace.browser.get(f"/artifacts/trials/{trial}/best")
    assert f"trial-{trial}-best-step-10.safetensors" in answer.headers["Content-Disposition"]
    assert from_bytes(answer.data, "it").arrays["model/w"].tolist() == [10, 10, 10]
    assert answer.headers["Cache-Control"] == grace.browser.get(listed[1]["url"]).headers["Cache-Control"] == "no-store"
    assert "Best validation/accuracy, step 10" in ada.browser.get(f"/experiments/{trial}").text
    assert app.test_client().get(f"/artifacts/trials/{trial}/best").status_code == 401
    assert grace.browser.get(f"/artifacts/trials/{trial + 1}/best").status_code == 404
    sessions.kw["bind"].dispose()
