"""Real sockets on the real web server: one that is not read, and others beside it."""

import base64
import socket
from urllib.request import Request, urlopen

import numpy as np
import orjson
import pytest
import redis

from tests.load.scene import scene
from tests.making import points
from tests.waiting import wait_until
from webapp.live.streams import MOST_MISSED
from webapp.store import live

BATCH = 50
MOST_BATCHES = 4000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with scene(tmp_path_factory.mktemp("slow"), trials=10) as running:
        yield running


@pytest.fixture
def trial(made):
    """One that no other test has."""
    return made.trials.pop()


@pytest.fixture
def say(made, trial):
    """Publishes the next batches of 50 points."""
    with redis.Redis.from_url(made.settings.redis_url) as client:
        said = [0]

        def publish(count):
            for _ in range(count):
                payload = live.points_payload(1, [points("train/loss", 1 + BATCH * said[0], BATCH)], {})
                live.publish(client, trial, "points", payload)
                said[0] += 1
            return said[0]

        yield publish


def ask(made, trial, path, **headers):
    address = f"{made.url}/live/{path}trials={trial}"
    return urlopen(Request(address, headers={"Authorization": f"Bearer {made.token}", **headers}), timeout=20)


def events(answer):
    """(kind, id, data) of an open stream."""
    fields = {}
    for line in answer:
        name, _, value = line.decode().strip().partition(": ")
        if name in ("event", "id", "data"):
            fields[name] = value
        elif not line.strip() and fields:
            yield fields["event"], fields.get("id"), orjson.loads(fields["data"])
            fields = {}


def open_and_do_not_read(made, trial):
    """A stream's socket with small buffers, of which only the beginning has been read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", made.settings.port))
    lines = f"GET /live/events?trials={trial} HTTP/1.0\r\nAuthorization: Bearer {made.token}\r\n\r\n"
    connection.sendall(lines.encode())
    got = b""
    while b"retry:" not in got:
        got += connection.recv(1024)
    return connection


def is_served(made, port):
    """Whether the web process still has the other end of the connection from a port."""
    return any(other.raddr and other.raddr.port == port for other in made.web.net_connections("tcp"))


def port_of(connection):
    return connection.getsockname()[1]


def read_to_the_end(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
    got = b""
    while block := connection.recv(65536):
        got += block
    return got


def last_id(text):
    """The id of the last message that came whole."""
    whole = text[: text.rindex(b"\n\n")]
    return whole[whole.rindex(b"id: ") + 4 :].splitlines()[0].decode()


def steps_of(messages):
    return [step for kind, _, data in messages if kind == "points" for step in data["curves"]["train/loss"][0]]


def test_a_viewer_who_does_not_read_is_cut_off_while_others_get_everything(made, trial, say):
    quick, slow = ask(made, trial, "events?"), open_and_do_not_read(made, trial)
    coming, got = events(quick), []
    while is_served(made, port_of(slow)) and len(got) < MOST_BATCHES:
        say(20)
        got += [next(coming) for _ in range(20)]
    assert not is_served(made, port_of(slow))
    assert steps_of(got) == list(range(1, BATCH * len(got) + 1))


def test_a_viewer_who_was_cut_off_comes_back_to_a_snapshot_without_a_hole_or_a_double(made, trial, say):
    quick, slow = ask(made, trial, "events?"), open_and_do_not_read(made, trial)
    coming, count = events(quick), 0
    while is_served(made, port_of(slow)) and count < MOST_BATCHES:
        count = say(20)
        for _ in range(20):
            next(coming)
    position = last_id(read_to_the_end(slow))
    count = say(MOST_MISSED)
    assert next(events(ask(made, trial, "events?", **{"Last-Event-ID": position})))[0] == "resync"

    shown = orjson.loads(ask(made, trial, "snapshot?points=20000&").read())
    behind = events(ask(made, trial, f"events?after={shown['position']}&"))
    say(3)
    curve = shown["trials"][str(trial)]["curves"]["train/loss"]["step"]
    steps = np.frombuffer(base64.b64decode(curve["bdata"]), "<f8")
    assert (steps[0], steps[-1]) == (1, BATCH * count)
    assert steps_of([next(behind) for _ in range(3)]) == list(range(BATCH * count + 1, BATCH * (count + 3) + 1))


def test_a_viewer_who_leaves_is_forgotten(made, trial, say):
    gone = open_and_do_not_read(made, trial)
    port = port_of(gone)
    assert is_served(made, port)
    gone.close()
    wait_until(lambda: say(1) and not is_served(made, port), "the stream to end")
