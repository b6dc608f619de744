"""A program that receives webhooks, and the worker's rounds, one at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Person
from webapp.models import WebhookDelivery, now
from webapp.settings import Settings
from webapp.store.database import open_sessions
from worker.postman import Postman


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """An instance whose webhooks may reach this machine."""
    words = {"REDIS_URL": redis_url, "DESCENT_SECRET_KEY": "a secret for tests", "DESCENT_URL": "https://descent.test/"}
    return Settings.model_validate({"DESCENT_VAR": tmp_path / "var", "DESCENT_PRIVATE_WEBHOOKS": True, **words})


@dataclass
class Receiver:
    """Answers what it is told to, when it may, and keeps what came."""

    url: str
    status: int = 200
    body: bytes = b"thanks"
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False
    may_answer: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiving(host: str) -> Iterator[Receiver]:
    """A real HTTP server on loopback."""
    made = Receiver("")
    made.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            made.may_answer.wait(30)
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()
            while made.drips:
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.05)
            self.wfile.write(made.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[assignment] # a connection is cut under it on purpose
    made.url = f"http://{host}:{server.server_port}/hook?for=me"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.drips = False
    made.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A program that receives webhooks."""
    with receiving("127.0.0.1") as made:
        yield made


@pytest.fixture
def slow_receiver() -> Iterator[Receiver]:
    """Another, on another host, that answers nothing until it may."""
    with receiving("localhost") as made:
        made.may_answer.clear()
        yield made


@pytest.fixture
def maker(app: Flask, settings: Settings) -> Iterator[sessionmaker[Session]]:
    """A worker's sessions on the application's database."""
    made = open_sessions(settings.database)
    yield made
    made.kw["bind"].dispose()


@pytest.fixture
def rounds(maker: sessionmaker[Session], settings: Settings, client_of_redis: redis.Redis) -> Callable[[], None]:
    """One round of everything that tells people."""
    postman = Postman(maker, settings, client_of_redis)

    def once() -> None:
        for act in (postman.spread, postman.deliver, postman.mail):
            with maker() as session:
                act(session)

    return once


@pytest.fixture
def let_wait_end(maker: sessionmaker[Session]) -> Callable[[], None]:
    """The time for another try has come."""

    def end() -> None:
        with maker() as session:
            session.execute(update(WebhookDelivery).values(next_at=now()))
            session.commit()

    return end


def say(who: Person, experiment_id: int, body: str, **rest: object) -> int:
    """A comment; its id."""
    answer = who.api("POST", f"/experiments/{experiment_id}/comments", json={"body": body, **rest})
    assert answer.status_code == 201, answer.text
    number: int = answer.json["id"]
    return number


def told(who: Person) -> list[tuple[str, str]]:
    """(kind, text) of what somebody has on their pages, the newest first."""
    return [(one["kind"], one["text"]) for one in who.api("GET", "/notifications").json["notifications"]]
