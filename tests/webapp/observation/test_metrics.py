import dataclasses
import time
from collections.abc import Callable

import pytest
import redis
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import DIGITS, Person, Store
from tests.services import running_redis
from webapp.models import Experiment
from webapp.settings import Settings
from webapp.store import reports, tallies, turns
from webapp.store.reports import Report, Work

ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
REPORT = Report("host:1:2", 0.0, 4, ["cpu"], 2048, 10**10, 10**11, 10**9, [Work(3, 1, 1, 5.0, 10**8)])


def scraped(app: Flask, **rest: object) -> dict[tuple[str, ...], float]:
    """{(name, label values ...): value} of all samples."""
    answer = app.test_client().get("/metrics", **rest)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.fixture
def report(client_of_redis: redis.Redis) -> Report:
    """A worker's, just received."""
    made = dataclasses.replace(REPORT, at=time.time())
    reports.send(client_of_redis, made)
    return made


def test_queue_trials_and_workers_are_as_they_are(
    app: Flask, ada: Person, submit: Callable[..., Experiment], store: Store, report: Report
) -> None:
    submit(ada, spec=DIGITS | {"trials": 3})
    submit(ada, spec=DIGITS | {"device": "cuda"})
    assert turns.take(store, "cpu", "w", 60, 16)
    found = scraped(app)
    assert found["descent_queue_length", "cpu"] == 2
    assert found["descent_queue_length", "gpu"] == 1
    assert found["descent_running_trials",] == 1
    assert found["descent_trials", "queued"] == 3
    assert found["descent_queue_oldest_seconds",] >= 0
    assert found["descent_workers",] == 1
    assert found["descent_worker_busy", "host:1:2"] == 1
    assert found["descent_spool_bytes", "host:1:2"] == 2048
    assert found["descent_up", "database"] == found["descent_up", "redis"] == 1
    assert found["descent_disk_free_bytes",] > 0


def test_what_workers_counted_is_a_histogram_and_a_counter(app: Flask, client_of_redis: redis.Redis) -> None:
    for seconds in (0.05, 0.3, 0.4, 10_000.0):
        tallies.observe(client_of_redis, tallies.FIRST_POINT, seconds)
    tallies.count(client_of_redis, tallies.LEASE_LOSSES)
    found = scraped(app)
    bounds = {"0.1": 1, "0.25": 1, "0.5": 3, "7200.0": 3, "+Inf": 4}
    assert {bound: found["descent_first_point_seconds_bucket", bound] for bound in bounds} == bounds
    assert found["descent_first_point_seconds_count",] == 4
    assert found["descent_first_point_seconds_sum",] == pytest.approx(10_000.75)
    assert found["descent_lease_losses_total",] == 1


def test_requests_are_counted_by_route_and_never_by_address(app: Flask, ada: Person) -> None:
    key = ("descent_http_requests_total", "GET", "experiments.show", "404")
    before = scraped(app).get(key, 0)
    for number in (1001, 1002):
        ada.browser.get(f"/experiments/{number}")
    after = scraped(app)
    assert after[key] == before + 2
    assert not [name for name in after if "1001" in " ".join(name)]
    assert after["descent_http_request_seconds_count", "experiments.show"] >= 2


def test_metrics_are_for_this_machine_or_for_the_token(app: Flask, settings: Settings) -> None:
    browser, token = app.test_client(), "a-token-of-24-characters"
    assert browser.get("/metrics", **ELSEWHERE).status_code == 403  # type: ignore[arg-type]
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    assert browser.get("/metrics", headers=forwarded).status_code == 403  # by a proxy on this machine
    bearer = {"Authorization": f"Bearer {token}"}
    assert browser.get("/metrics", headers=bearer, **ELSEWHERE).status_code == 403  # type: ignore[arg-type]
    app.config["SETTINGS"] = settings.model_copy(update={"metrics_token": token})
    assert scraped(app, headers=bearer, **ELSEWHERE)
    wrong = {"Authorization": "Bearer another-token-of-24-char"}
    assert browser.get("/metrics", headers=wrong, **ELSEWHERE).status_code == 403  # type: ignore[arg-type]


def test_while_redis_is_away_the_rest_is_told(app: Flask) -> None:
    with running_redis() as url:
        pass
    app.extensions["redis"] = redis.Redis.from_url(url, socket_connect_timeout=1)
    found = scraped(app)
    assert (found["descent_up", "redis"], found["descent_up", "database"]) == (0, 1)
    assert found["descent_queue_length", "cpu"] == 0
    assert ("descent_workers",) not in found
