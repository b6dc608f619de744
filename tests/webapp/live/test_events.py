import base64
import threading

import numpy as np
import orjson
import pytest
import redis

from tests.making import points, running_trial
from tests.services import running_redis
from tests.waiting import wait_until
from webapp.live import streams
from webapp.live.hub import MOST_BYTES, MOST_MESSAGES, Hub
from webapp.store import curves, live


def say(client, trial, number):
    return live.publish(client, trial, "log", {"message": str(number)})


def messages(events):
    return [data["message"] for kind, _, data in events if kind == "log"]


def said(viewer, count):
    """(what was said, of which trial) of a viewer's next messages."""
    found = []
    while len(found) < count and (taken := viewer.take(5)):
        found += [orjson.loads(message.body.split(b"data: ")[1]) for message in taken]
    return [(payload["message"], payload["trial"]) for payload in found]


def test_a_viewer_gets_what_was_said_and_what_comes(watch, client_of_redis, trial):
    ids = [say(client_of_redis, trial, 0)]
    source = watch(f"/live/events?trials={trial}")
    source.wait(1)
    ids.append(say(client_of_redis, trial, 1))
    events = source.wait(2)
    assert messages(events) == ["0", "1"]
    assert [position for _, position, _ in events] == [f"{trial}:{entry}" for entry in ids]
    assert events[0][2] == {"trial": trial, "message": "0"}
    assert source.answer.headers["Content-Type"].startswith("text/event-stream")
    assert source.answer.headers["Cache-Control"] == "no-store"
    assert source.answer.headers["X-Accel-Buffering"] == "no"


def test_after_begins_behind_a_position(watch, client_of_redis, trial):
    first = say(client_of_redis, trial, 0)
    say(client_of_redis, trial, 1)
    source = watch(f"/live/events?trials={trial}&after={trial}:{first}")
    assert messages(source.wait(1)) == ["1"]


def test_a_client_that_comes_again_misses_and_doubles_nothing(watch, client_of_redis, sessions, trial):
    other = running_trial(sessions)
    address = f"/live/events?trials={trial},{other}&after={trial}:0-0,{other}:0-0"
    source = watch(address)
    for number in range(10):
        say(client_of_redis, (trial, other)[number % 2], number)
    before = source.wait(10)
    position = before[4][1]
    source.leave()
    for number in range(10, 20):
        say(client_of_redis, (trial, other)[number % 2], number)
    after = watch(address, last_event_id=position).wait(15)
    for wanted in (trial, other):
        seen = [data["message"] for _, _, data in before[:5] + after if data["trial"] == wanted]
        assert seen == [str(number) for number in range(20) if (trial, other)[number % 2] == wanted]


def test_a_position_that_was_trimmed_gets_a_resync(watch, client_of_redis, trial):
    first = say(client_of_redis, trial, 0)
    for number in range(live.LONGEST + 300):
        say(client_of_redis, trial, number)
    source = watch(f"/live/events?trials={trial}&after={trial}:{first}")
    kind, _, data = source.wait(1)[0]
    assert (kind, data) == ("resync", {"trial": trial})


def test_a_quiet_stream_has_a_heartbeat_and_says_when_to_come_again(watch, trial):
    source = watch(f"/live/events?trials={trial}")
    assert not source.ended.wait(0.7)
    assert source.comments >= 2
    assert source.retry == streams.RETRY_MS
    assert source.events == []


def test_no_point_falls_between_the_snapshot_and_the_events(watch, app, ada, client_of_redis, sessions, trial):
    """A writer publishes and stores without a pause, while a viewer takes the snapshot and then follows."""
    done = threading.Event()

    def write() -> None:
        held = []
        for number in range(300):
            batch = points("train/loss", 1 + number * 5, 5)
            live.publish(client_of_redis, trial, "points", live.points_payload(1, [batch], {}))
            held.append(batch)
            if number % 7 == 6 or number == 299:
                with sessions() as session:
                    curves.append(session, trial, 1, held)
                    session.commit()
                held = []
            done.wait(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    headers = {"Authorization": f"Bearer {ada.token}"}
    joins = []
    for _ in range(5):
        body = app.test_client().get(f"/live/snapshot?trials={trial}&points=20000", headers=headers).json
        joins.append((body, watch(f"/live/events?trials={trial}&after={body['position']}")))
        done.wait(0.1)
    writer.join()
    for body, source in joins:
        shown = decoded(body["trials"][str(trial)]["curves"].get("train/loss"))
        source.wait(1)
        last = 300 * 5
        wait_until(lambda: last_step(source) == last, "the last point")  # noqa: B023
        streamed = [step for _, _, data in source.events for step in data["curves"]["train/loss"][0]]
        assert streamed == list(range(streamed[0], last + 1))
        behind = [step for step in streamed if step > (shown[-1] if shown else 0)]  # as a page does it
        assert shown + behind == list(range(1, last + 1))


def last_step(source):
    return source.events[-1][2]["curves"]["train/loss"][0][-1]


def decoded(curve):
    if curve is None:
        return []
    return np.frombuffer(base64.b64decode(curve["step"]["bdata"]), "<f8").astype(int).tolist()


@pytest.mark.parametrize(("count", "size"), [(MOST_MESSAGES + 200, 1), (20, MOST_BYTES // 10)])
def test_a_viewer_that_is_too_slow_is_told_to_begin_afresh(hub, client_of_redis, count, size):
    stream = streams.Stream(hub, client_of_redis, [7], {}, single=False)
    body = stream.messages()
    assert next(body).startswith(b"retry:")
    say(client_of_redis, 7, "first")
    assert b"first" in next(body)
    for _ in range(count):
        say(client_of_redis, 7, "x" * size)
    wait_until(lambda: any(viewer.overrun for viewer in hub._viewers[7]), "the queue to run over")
    assert list(body) == [streams.resync()]
    assert hub.viewers == 0


def test_many_viewers_share_one_reader(hub, client_of_redis):
    before = {thread for thread in threading.enumerate() if thread.name == "live-hub"}
    viewers = [hub.join([7, 8]) for _ in range(30)]
    for number in range(20):
        say(client_of_redis, 7 + number % 2, number)
    for viewer in viewers:
        assert sorted(int(word) for word, _ in said(viewer, 20)) == list(range(20))
    readers = {thread for thread in threading.enumerate() if thread.name == "live-hub"} - before
    assert len(readers) == 1
    assert hub.viewers == 30
    for viewer in viewers:
        hub.leave(viewer)
    assert hub.viewers == 0


def test_a_trial_that_nobody_else_watches_is_read_as_soon_as_somebody_joins(hub, client_of_redis):
    first = hub.join([7])
    second = hub.join([8])
    say(client_of_redis, 8, "soon")
    assert said(second, 1) == [("soon", 8)]
    assert first.take(0.05) == []


def test_a_single_stream_carries_the_ids_of_redis(watch, client_of_redis, trial):
    entry = say(client_of_redis, trial, 0)
    second = say(client_of_redis, trial, 1)
    events = watch(f"/api/v1/trials/{trial}/events").wait(2)
    assert [position for _, position, _ in events] == [entry, second]


def test_strangers_and_nonsense_get_a_sentence(app, stranger, ada, trial):
    headers = {"Authorization": f"Bearer {ada.token}"}
    browser = app.test_client()
    for address in ("/live/events?trials=1", "/live/snapshot?trials=1"):
        answer = stranger.get(address)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert stranger.get("/artifacts/1").status_code in (302, 401)
    for query, code in (("", 422), ("trials=", 422), ("trials=x", 422), ("trials=999999", 404), ("trials=-1", 422)):
        for kind in ("events", "snapshot"):
            assert browser.get(f"/live/{kind}?{query}", headers=headers).status_code == code
    for query in ("points=many", "from=x", "to=nan", "from=inf"):
        answer = browser.get(f"/live/snapshot?trials={trial}&{query}", headers=headers)
        assert answer.status_code == 422
        assert query.partition("=")[0] in answer.json["detail"]


def test_a_viewer_who_comes_when_redis_is_away_is_not_kept():
    with running_redis() as url:
        hub = Hub(redis.Redis.from_url(url))
        first = hub.join([7])
    with pytest.raises(redis.RedisError):
        hub.join([7])
    assert hub.viewers == 1
    hub.leave(first)
