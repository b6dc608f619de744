"""The same POST again does nothing again: the first answer comes again, also at the same time, also after a crash."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import DIGITS, Person, Store
from webapp.api import idempotency
from webapp.app import create_app
from webapp.models import ApiToken, Comment, Experiment, IdempotencyKey, db, now
from webapp.settings import Settings

EXPERIMENT: dict[str, Any] = {"title": "Once", "spec": DIGITS}
KEY = {"Idempotency-Key": "a-key-of-ours"}


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, settings: Settings, client_of_redis: redis.Redis) -> Iterator[Flask]:
    """The application, on either database."""
    if request.param == "postgresql":
        settings = settings.model_copy(update={"database_url": request.getfixturevalue("postgres_url")})
    made = create_app(settings, WTF_CSRF_ENABLED=False)
    with made.app_context():
        db.create_all()
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def store(app: Flask) -> Iterator[Store]:
    """A look into the application's database."""
    with app.app_context():
        url = db.engine.url
    from sqlalchemy import create_engine

    engine = create_engine(url)
    with Store(engine) as session:
        yield session
    engine.dispose()


def count(store: Store, model: Any) -> int:
    """How many rows there are now."""
    store.rollback()
    return store.scalar(select(func.count()).select_from(model)) or 0


def test_the_first_answer_comes_again_with_its_status_and_headers(ada: Person, store: Store) -> None:
    first = ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    again = ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert count(store, Experiment) == 1


def test_a_refusal_comes_again_too(ada: Person) -> None:
    bad = {**EXPERIMENT, "title": ""}
    first, again = (ada.api("POST", "/experiments", json=bad, headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.json == first.json
    assert again.content_type == "application/problem+json"


def test_the_same_key_for_another_request_is_refused(ada: Person, store: Store) -> None:
    assert ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY).status_code == 201
    for path, body in (("/experiments", {**EXPERIMENT, "title": "Other"}), ("/layouts", EXPERIMENT)):
        refused = ada.api("POST", path, json=body, headers=KEY)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (409, "Idempotency-Key")
    assert count(store, Experiment) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "two words"])
def test_a_key_that_is_none_is_refused(ada: Person, key: str) -> None:
    assert ada.api("POST", "/experiments", json=EXPERIMENT, headers={"Idempotency-Key": key}).status_code == 422


def test_keys_are_each_persons_own_and_another_key_makes_another(ada: Person, grace: Person, store: Store) -> None:
    for person, key in ((ada, KEY), (grace, KEY), (ada, {"Idempotency-Key": "another"})):
        answer = person.api("POST", "/experiments", json=EXPERIMENT, headers=key)
        assert (answer.status_code, answer.headers.get("Idempotency-Replayed")) == (201, None)
    assert count(store, Experiment) == 3


def test_of_many_at_the_same_time_one_is_carried_out(ada: Person, store: Store) -> None:
    def send(_: int) -> Any:
        return ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.data for answer in answers}) == 1
    assert sum(answer.headers.get("Idempotency-Replayed") is None for answer in answers) == 1
    assert count(store, Experiment) == 1


def test_answers_outlast_redis(ada: Person, store: Store, client_of_redis: redis.Redis) -> None:
    first = ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    client_of_redis.flushall()
    assert ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY).data == first.data
    assert count(store, Experiment) == 1


def cut_off(store: Store, *, carried_out: bool) -> None:
    """The row of a try whose process ended a while ago."""
    old = now() - idempotency.CLAIMED - timedelta(seconds=1)
    values = {"status": None, "body": None, "carried_out": carried_out, "claimed_at": old}
    store.execute(update(IdempotencyKey).values(values))
    store.commit()


def test_a_try_that_crashed_before_it_changed_anything_is_done_again(ada: Person, store: Store) -> None:
    ada.api("POST", "/experiments", json={**EXPERIMENT, "title": ""}, headers=KEY)
    cut_off(store, carried_out=False)
    again = ada.api("POST", "/experiments", json={**EXPERIMENT, "title": ""}, headers=KEY)
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (422, None)
    assert store.scalars(select(IdempotencyKey)).one().claim == 2


def test_a_try_that_crashed_afterwards_is_not_done_again(ada: Person, store: Store) -> None:
    ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    assert store.scalars(select(IdempotencyKey)).one().carried_out
    cut_off(store, carried_out=True)
    again = ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    assert (again.status_code, "was carried out" in again.json["detail"]) == (409, True)
    assert count(store, Experiment) == 1


def test_a_late_try_whose_place_was_taken_changes_nothing(
    app: Flask, ada: Person, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        experiment = ada.api("POST", "/experiments", json=EXPERIMENT).json["id"]
    path, body = f"/experiments/{experiment}/comments", {"body": "Once"}
    from webapp.comments import service

    write = service.write

    def write_late(*args: Any, **rest: Any) -> Any:
        store.execute(update(IdempotencyKey).values(claim=IdempotencyKey.claim + 1))
        store.commit()
        return write(*args, **rest)

    monkeypatch.setattr(service, "write", write_late)
    refused = ada.api("POST", path, json=body, headers=KEY)
    assert (refused.status_code, "has taken its place" in refused.json["detail"]) == (409, True)
    assert count(store, Comment) == 0


def test_an_error_of_ours_leaves_the_key_free(ada: Person, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.experiments import service

    with monkeypatch.context() as broken:
        broken.setattr(service, "create_experiment", lambda *_: 1 / 0)
        assert ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY).status_code == 500
    assert count(store, IdempotencyKey) == 0
    assert ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY).status_code == 201


def test_keys_are_forgotten_after_a_day_and_there_are_only_so_many(
    ada: Person, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    store.execute(update(IdempotencyKey).values(created_at=now() - timedelta(hours=24, seconds=1)))
    store.commit()
    again = ada.api("POST", "/experiments", json=EXPERIMENT, headers=KEY)
    assert (again.status_code, again.headers.get("Idempotency-Replayed")) == (201, None)
    assert (count(store, IdempotencyKey), count(store, Experiment)) == (1, 2)
    monkeypatch.setattr(idempotency, "MOST_KEYS", 1)
    refused = ada.api("POST", "/experiments", json=EXPERIMENT, headers={"Idempotency-Key": "one more"})
    assert refused.status_code == 422  # a key has no spaces
    refused = ada.api("POST", "/experiments", json=EXPERIMENT, headers={"Idempotency-Key": "one-more"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")


def test_a_form_with_a_file_is_known_again_whatever_its_boundaries(ada: Person) -> None:
    def send(content: bytes) -> Any:
        data = {"name": "Mine", "files": (io.BytesIO(content), "mine.csv")}
        return ada.api("POST", "/datasets", data=data, headers=KEY)

    table = b"a,b,class\n" + b"1,2,x\n3,4,y\n" * 40
    first, again, other = send(table), send(table), send(table + b"5,6,x\n")
    assert first.status_code == 201, first.text
    assert again.json == first.json
    assert other.status_code == 409


def test_the_text_of_a_token_is_kept_nowhere(ada: Person, store: Store) -> None:
    body = {"scopes": ["read"]}
    first = ada.api("POST", "/tokens", json=body, headers=KEY).json
    again = ada.api("POST", "/tokens", json=body, headers=KEY).json
    assert first["token"].startswith("descent_")
    assert again == {**first, "token": None}
    assert first["token"].encode() not in (store.scalars(select(IdempotencyKey)).one().body or b"")
    assert count(store, ApiToken) == 2
