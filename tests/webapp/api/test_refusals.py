"""What is refused whatever is asked: without a token or a CSRF header, by another method, and where there is nothing."""

from flask import Flask

from tests.conftest import Person, csrf_of
from tests.webapp.api.asking import GOOD
from webapp.app import create_app
from webapp.models import db
from webapp.settings import Settings


def test_a_browsers_session_needs_the_csrf_header(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    browser = app.test_client()
    token = csrf_of(browser.get("/register").text)
    browser.post(
        "/register",
        data={"csrf_token": token, "username": "ada", "email": "a@example.com", "password": "a long password"},
    )
    assert browser.post("/api/v1/experiments", json=GOOD).status_code == 400
    token = csrf_of(browser.get("/").text)
    assert browser.post("/api/v1/experiments", json=GOOD, headers={"X-CSRFToken": token}).status_code == 201


def test_a_wrong_token_is_401_with_how_to_send_one(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/experiments", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Bearer" in answer.json["detail"]


def test_an_unknown_path_is_a_problem_document(ada: Person) -> None:
    answer = ada.api("GET", "/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert ada.api("POST", "/experiments/true/comments", json={"body": "A word"}).status_code == 404


def test_another_method_is_told_which_there_are(ada: Person) -> None:
    for answer in (ada.api("PUT", "/experiments"), ada.browser.put("/experiments/new")):
        assert (answer.status_code, {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))) == (405, True)


def test_an_id_beyond_all_rows_is_not_found_by_any_method(ada: Person) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        for number in (2**31 - 1, 2**31, 9_999_999_999, 10**12):
            assert ada.api(method, f"/comments/{number}", json={}).status_code == 404
    assert ada.browser.post(f"/account/webhooks/{2**31}").status_code == 404
