"""What people and programs get while PostgreSQL or Redis is killed, or frozen: real servers, a real web."""

import json
import signal
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
import redis
from sqlalchemy import select

from tests.faults.scene import Scene
from tests.making import SMALL, running_trial
from tests.services import postgres_binary
from tests.waiting import wait_until
from webapp.models import ApiToken, OutboxMessage, User
from webapp.store.live import publish

pytestmark = pytest.mark.skipif(not postgres_binary("initdb"), reason="no PostgreSQL server is installed here")
LONGEST_S = 5.5  # five seconds, and a moment for a machine that is busy


@pytest.fixture(scope="module")
def scene():
    with tempfile.TemporaryDirectory(prefix="da") as folder, Scene(Path(folder), postgres=True) as made:
        made.trial_id = running_trial(made.sessions)
        with made.sessions() as session:
            row, made.token = ApiToken.issue(session.scalars(select(User)).one())
            session.add(row)
            session.commit()
        made.start("web")
        wait_until(lambda: ask(made, "/healthz")[0] == 200, "the web", 30)
        yield made


def ask(scene, path, body=None) -> tuple[int, str]:
    """(status, text) of an answer that comes in time; (0, "") when nobody listens yet."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{scene.port}{path}", data)
    request.add_header("Authorization", f"Bearer {getattr(scene, 'token', '')}")
    try:
        with urllib.request.urlopen(request, timeout=LONGEST_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ConnectionRefusedError):
            raise
        return 0, ""


def family(scene, name):
    process = psutil.Process(scene.processes[name].pid)
    return [process, *process.children(recursive=True)]


def leave(scene, name, how):
    """Kill a server, or freeze all of its processes."""
    if how == "killed":
        scene.kill(name)
    else:
        for process in family(scene, name):
            process.send_signal(signal.SIGSTOP)


def come_back(scene, name, how):
    if how == "frozen":
        for process in family(scene, name):
            process.send_signal(signal.SIGCONT)
    while scene.processes[name].poll() is not None:
        scene.start_again_what_died()
        scene.wait_for_stores()


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_without_the_database_pages_say_so_and_come_back_with_it(scene, how):
    assert ask(scene, "/experiments")[0] == 200
    leave(scene, "database", how)
    try:
        status, page = ask(scene, "/experiments")
        told, document = ask(scene, "/api/v1/experiments")
        assert ask(scene, f"/live/snapshot?trials={scene.trial_id}")[0] == 503
        assert ask(scene, "/api/v1/experiments", {"title": "x", "spec": SMALL})[0] == 503
        assert ask(scene, "/healthz")[0] == 200
    finally:
        come_back(scene, "database", how)
    assert (status, told) == (503, 503)
    assert "The database is away" in page
    assert "Traceback" not in page
    assert "Trials go on training" in json.loads(document)["detail"]
    wait_until(lambda: ask(scene, "/experiments")[0] == 200, "the page")
    assert ask(scene, "/experiments")[0] == 200


def test_a_page_that_is_open_is_told_what_comes_while_the_database_is_away(scene):
    request = urllib.request.Request(f"http://127.0.0.1:{scene.port}/live/events?trials={scene.trial_id}")
    request.add_header("Authorization", f"Bearer {scene.token}")
    with (
        urllib.request.urlopen(request, timeout=20) as stream,
        redis.Redis.from_url(scene.settings.redis_url) as client,
    ):
        assert stream.readline().startswith(b"retry")
        leave(scene, "database", "killed")
        try:
            publish(client, scene.trial_id, "log", {"message": "still training"})
            told = next(line for line in stream if line.startswith(b"data"))
        finally:
            come_back(scene, "database", "killed")
    assert b"still training" in told


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_without_redis_pages_work_and_what_is_submitted_waits_in_the_outbox(scene, how):
    leave(scene, "redis", how)
    try:
        assert ask(scene, "/")[0] == 200
        assert ask(scene, f"/live/snapshot?trials={scene.trial_id}")[0] == 200
        assert "away" in ask(scene, f"/live/events?trials={scene.trial_id}")[1]
        status, made = ask(scene, "/api/v1/experiments", {"title": how, "spec": SMALL})
    finally:
        come_back(scene, "redis", how)
    assert status == 201
    trial_id = json.loads(made)["trials"][0]["id"]
    with scene.sessions() as session:
        assert [trial_id] in session.scalars(select(OutboxMessage.arguments)).all()
