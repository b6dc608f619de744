import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import redis
from flask import Flask
from sqlalchemy import create_engine, text

from tests.conftest import DIGITS, Person, Store
from tests.services import running_redis
from tests.webapp.observation.test_metrics import REPORT
from webapp.app import create_app
from webapp.models import Experiment, User, db
from webapp.observation import health
from webapp.settings import Settings
from webapp.store import reports, turns
from webapp.store.reports import Work


def test_the_page_says_who_works_on_what_and_whose_turn_it_is(
    ada: Person, submit: Callable[..., Experiment], store: Store, client_of_redis: redis.Redis
) -> None:
    experiment = submit(ada, "A long one", spec=DIGITS | {"trials": 3})
    store.get_one(User, ada.id).most_running = 5
    store.commit()
    trial_id, _ = turns.take(store, "cpu", "w", 60, 16) or (0, 0)
    now, work = time.time(), [Work(3, trial_id, 1, 75.0, 10**8)]
    reports.send(client_of_redis, dataclasses.replace(REPORT, at=now, spool_bytes=0, work=work))
    reports.send(client_of_redis, dataclasses.replace(REPORT, worker="lost:1:2", at=now - 100, spool_bytes=0))
    page = ada.browser.get("/status").text
    assert "Everything works." in page
    assert "1 worker with 4 processes, 1 of them busy." in page
    assert f'href="/experiments/{experiment.id}?trial=1">A long one</a>, trial 1' in page
    assert "2 trials in cpu" in page
    assert "Last seen 1 min 40 s ago." in page
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert [cell.partition("</td>")[0] for cell in row.split('<td class="text-end">')[1:]] == ["1", "2", "5"]


def test_what_is_wrong_is_said_with_what_to_do(
    ada: Person, submit: Callable[..., Experiment], client_of_redis: redis.Redis
) -> None:
    submit(ada, spec=DIGITS | {"device": "cuda"})
    page = ada.browser.get("/status").text
    assert "Workers: please have a look." in page
    assert "None has given a sign of life." in page
    reports.send(client_of_redis, dataclasses.replace(REPORT, at=time.time(), disk_free_bytes=1000))
    page = ada.browser.get("/status").text
    assert "Workers, Disk, Spool: please have a look." in page
    assert "Nobody takes trials from gpu." in page
    assert "worker --queues gpu" in page
    assert "Only 1000 B are free at host." in page
    assert "2.0 KiB wait at the workers to be written" in page


def test_while_redis_is_away_the_page_says_so_and_the_web_is_ready_but_degraded(app: Flask, ada: Person) -> None:
    with running_redis() as url:
        pass
    app.extensions["redis"] = redis.Redis.from_url(url, socket_connect_timeout=1)
    page = ada.browser.get("/status").text
    assert "Redis, Workers: please have a look." in page
    answer = ada.browser.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {"status": "degraded", "parts": {"database": "ok", "redis": "away"}},
    )


def test_without_a_database_the_page_is_for_anybody_and_the_web_is_not_ready(tmp_path: Path, redis_url: str) -> None:
    settings = Settings(
        DESCENT_VAR=tmp_path / "var",
        REDIS_URL=redis_url,
        DESCENT_SECRET_KEY="a secret for tests",
        DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing",
    )
    browser = create_app(settings).test_client()
    page = browser.get("/status")
    assert page.status_code == 503
    assert "Database: please have a look." in page.text
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert browser.get("/healthz").status_code == 200


def test_a_database_of_another_form_is_told(app: Flask, settings: Settings) -> None:
    with create_engine(settings.database).begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0003')"))
    with app.app_context():
        part = health.database()
        db.session.remove()
    assert (part.state, "at migration 0003, not 00" in part.says, "db upgrade" in part.advice) == (
        "warning",
        True,
        True,
    )
    assert app.test_client().get("/readyz").json == {
        "status": "degraded",
        "parts": {"database": "warning", "redis": "ok"},
    }
