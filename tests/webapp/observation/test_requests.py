import logging
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Person
from webapp.models import Experiment


def test_a_sane_request_id_is_taken_over_and_another_is_replaced(app: Flask) -> None:
    browser = app.test_client()
    sent = browser.get("/healthz", headers={"X-Request-Id": "edge-7f3a.1_9"}).headers["X-Request-Id"]
    assert sent == "edge-7f3a.1_9"
    for strange in ("short", "x" * 65, "two words!", "<script>alert(1)</script>", ""):
        made = browser.get("/healthz", headers={"X-Request-Id": strange}).headers["X-Request-Id"]
        assert len(made) == 32
        assert made.isalnum()


def test_every_answer_carries_an_id_errors_as_well(app: Flask) -> None:
    browser = app.test_client()
    ids = [browser.get(path).headers["X-Request-Id"] for path in ("/login", "/", "/nowhere", "/api/v1/experiments")]
    assert len(set(ids)) == 4


def test_a_request_is_one_line_with_what_it_is_about(
    app: Flask, ada: Person, submit: Callable[..., Experiment], caplog: pytest.LogCaptureFixture
) -> None:
    experiment = submit(ada)
    with caplog.at_level(logging.INFO, "webapp"):
        ada.browser.get(f"/experiments/{experiment.id}?token=secret")
        ada.browser.get("/healthz")
    lines = [record for record in caplog.records if record.name == "webapp.observation.requests"]
    assert [(line.method, line.path, line.status) for line in lines] == [  # type: ignore[attr-defined]
        ("GET", f"/experiments/{experiment.id}", 200)
    ]
    assert "secret" not in caplog.text
