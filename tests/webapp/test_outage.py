"""A database that is there and cannot be written."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from webapp.auth import routes


@pytest.fixture
def busy(settings, ada):
    """Somebody writes to the database, and does not come to an end."""
    connection = sqlite3.connect(settings.var / "descent.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.close()


def test_while_another_writes_pages_are_shown_and_what_is_sent_is_refused_with_a_sentence(ada, busy):
    assert ada.browser.get("/experiments").status_code == 200
    answer = ada.api(
        "POST", "/experiments", json={"title": "x", "spec": {"data": {"kind": "digits"}, "network": {"kind": "mlp"}}}
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The database has not answered since" in answer.json["detail"]


def test_what_a_form_sent_to_a_full_disk_is_not_said_to_be_kept(app, monkeypatch):
    def full(*_):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(routes, "create_user", full)
    page = app.test_client().post(
        "/register", data={"username": "eve", "email": "e@example.com", "password": "a long one"}
    )
    assert page.status_code == 503
    assert "There is no room left on the disk" in page.text
    assert "was not kept, or not for certain" in page.text
