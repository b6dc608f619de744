import base64
import io

import numpy as np
import pytest
from PIL import Image

from dlcore.events import Picture
from tests.making import points, same_bits
from webapp.models import State
from webapp.store import artifacts, curves, leases, live
from webapp.store.storage import storage_of


@pytest.fixture
def ask(app, ada):
    def get(address):
        return app.test_client().get(address, headers={"Authorization": f"Bearer {ada.token}"})

    return get


def store(sessions, trial, *scalars):
    with sessions() as session:
        curves.append(session, trial, 1, scalars)
        session.commit()


def numbers(array):
    assert array["dtype"] == "f8"
    return np.frombuffer(base64.b64decode(array["bdata"]), "<f8")


def test_the_durable_points_are_joined_with_those_that_are_still_only_streamed(ask, sessions, client_of_redis, trial):
    values = np.array([1.0, np.nan, np.inf, -np.inf, 0.5])
    store(sessions, trial, points("train/loss", 1, 100))
    overlapping = [points("train/loss", 91, 10), points("train/loss", 101, 5, values)]
    newest = live.publish(client_of_redis, trial, "points", live.points_payload(1, overlapping, {"step": 105}))
    live.publish(client_of_redis, trial + 1, "points", live.points_payload(1, [points("lr", 1, 1)], {}))

    body = ask(f"/live/snapshot?trials={trial}").json

    assert body["position"] == f"{trial}:{newest}"
    curve = body["trials"][str(trial)]["curves"]["train/loss"]
    assert numbers(curve["step"]).tolist() == list(range(1, 106))
    assert same_bits(numbers(curve["value"])[-5:], values)
    assert len(numbers(curve["time"])) == 105


def test_points_of_an_attempt_that_is_over_are_not_shown(ask, sessions, client_of_redis, trial):
    store(sessions, trial, points("train/loss", 1, 10))
    old = live.points_payload(0, [points("train/loss", 11, 10)], {})
    live.publish(client_of_redis, trial, "points", old)
    curve = ask(f"/live/snapshot?trials={trial}").json["trials"][str(trial)]["curves"]["train/loss"]
    assert numbers(curve["step"]).tolist() == list(range(1, 11))


def test_keys_and_a_window_can_be_chosen(ask, sessions, trial):
    store(sessions, trial, points("train/loss", 1, 5_000), points("lr", 25, 40, every=25))
    shown = ask(f"/live/snapshot?trials={trial}&keys=train/loss,none&from=4000&to=4100&points=500").json["trials"]
    assert list(shown[str(trial)]["curves"]) == ["train/loss"]
    assert shown[str(trial)]["keys"] == ["lr", "train/loss"]
    assert numbers(shown[str(trial)]["curves"]["train/loss"]["step"]).tolist() == list(range(4_000, 4_101))


def test_state_progress_and_results_come_along(ask, sessions, trial):
    with sessions() as session:
        leases.renew(session, trial, 1, 60, step=46, steps=46, epoch=2.0, examples_per_second=9.5)
        leases.finish(session, trial, 1, State.COMPLETED, results={"duration_s": 3.1})
        session.commit()
    shown = ask(f"/live/snapshot?trials={trial}").json["trials"][str(trial)]
    assert (shown["state"], shown["attempt"], shown["failure"]) == ("completed", 1, None)
    assert shown["results"] == {"duration_s": 3.1}
    assert shown["progress"] == {"step": 46, "steps": 46, "epoch": 2.0, "epochs": 2, "examples_per_second": 9.5}
    assert (shown["steps_per_epoch"], shown["batch_size"]) == (23, 64)
    assert shown["started_at"] > 1.6e9


def test_a_picture_is_served_for_good_and_only_to_people(stranger, ask, sessions, settings, trial):
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    with sessions() as session:
        made = artifacts.add_picture(
            session, storage_of(settings), trial, 1, Picture("filters", "conv1", 5, 0.1, pixels)
        )
        session.commit()
        artifact_id = made.id
    answer = ask(f"/artifacts/{artifact_id}")
    assert answer.status_code == 200
    assert answer.content_type == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(answer.data))), pixels)
    assert stranger.get(f"/artifacts/{artifact_id}").status_code in (302, 401)
    assert ask(f"/artifacts/{artifact_id + 1}").status_code == 404
    artifacts.delete_trial_files(storage_of(settings), trial)
    assert ask(f"/artifacts/{artifact_id}").status_code == 404


def test_only_the_end_of_a_long_stream_is_read(ask, sessions, client_of_redis, trial, monkeypatch):
    for number in range(600):
        batch = [points("train/loss", 1 + 10 * number, 10), points("lr", 1 + 10 * number, 1)]
        live.publish(client_of_redis, trial, "points", live.points_payload(1, batch, {}))
        live.publish(client_of_redis, trial, "points", live.points_payload(1, [], {"step": number}))
        if number == 589:
            store(sessions, trial, points("train/loss", 1, 5_900), points("lr", 1, 590, every=10))
    decoded = []
    plain = live.decode
    monkeypatch.setattr(live, "decode", lambda entry: decoded.append(entry) or plain(entry))

    shown = ask(f"/live/snapshot?trials={trial}&points=20000").json["trials"][str(trial)]["curves"]

    assert numbers(shown["train/loss"]["step"]).tolist() == list(range(1, 6_001))
    assert numbers(shown["lr"]["step"]).tolist() == list(range(1, 6_001, 10))
    assert len(decoded) < 40
