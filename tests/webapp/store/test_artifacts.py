import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from dlcore.events import Picture
from tests.making import running_trial
from webapp.models import Trial
from webapp.store import artifacts
from webapp.store.curves import StaleAttempt
from webapp.store.storage import Folder

PIXELS = np.arange(64, dtype=np.uint8).reshape(8, 8)


def test_a_picture_is_kept_as_png_with_its_digest(sessions, tmp_path):
    trial_id = running_trial(sessions)
    picture = Picture("filters", "conv1.weight/../x", 25, 0.5, PIXELS, {"tiles": 4})
    with sessions() as session:
        made = artifacts.add_picture(session, Folder(tmp_path), trial_id, 1, picture)
        session.commit()
        content = Folder(tmp_path).read(made.path)
        assert made.sha256 == hashlib.sha256(content).hexdigest()
        assert (made.name, made.step, made.details, made.size_bytes) == (picture.name, 25, {"tiles": 4}, len(content))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), PIXELS)


def test_a_picture_of_the_same_step_takes_the_place_of_the_first(sessions, tmp_path):
    trial_id = running_trial(sessions)
    for _ in range(2):
        with sessions() as session:
            artifacts.add_picture(session, Folder(tmp_path), trial_id, 1, Picture("filters", "conv1", 25, 0.5, PIXELS))
            session.commit()
    with sessions() as session:
        assert len(artifacts.of_kind(session, trial_id, "filters")) == 1


def begin_attempt(sessions, trial_id, attempt):
    with sessions() as session:
        session.get_one(Trial, trial_id).attempt = attempt
        session.commit()


def test_the_file_of_the_first_goes_when_another_attempt_makes_it_again(sessions, tmp_path):
    trial_id, storage = running_trial(sessions), Folder(tmp_path)
    for attempt in (1, 2):
        begin_attempt(sessions, trial_id, attempt)
        with sessions() as session:
            artifacts.add_picture(session, storage, trial_id, attempt, Picture("filters", "conv1", 25, 0.5, PIXELS))
            assert len(list(tmp_path.rglob("*.png"))) == attempt
            session.commit()
    assert [path.name for path in tmp_path.rglob("*.png")] == ["conv1-000000025-2.png"]


def test_no_file_goes_whose_row_was_not_taken_away_after_all(sessions, tmp_path):
    trial_id, storage = running_trial(sessions), Folder(tmp_path)
    with sessions() as session:
        first = artifacts.add_picture(session, storage, trial_id, 1, Picture("filters", "conv1", 25, 0.5, PIXELS))
        session.commit()
        artifacts.remove(session, storage.discard, first)
        session.rollback()
        session.commit()
        (kept,) = artifacts.of_kind(session, trial_id, "filters")
        assert storage.read(kept.path)


def test_an_older_attempt_adds_no_picture(sessions, tmp_path):
    trial_id = running_trial(sessions)
    with sessions() as session, pytest.raises(StaleAttempt):
        artifacts.add_picture(session, Folder(tmp_path), trial_id, 0, Picture("filters", "conv1", 25, 0.5, PIXELS))
    assert list(tmp_path.glob("trial-*")) == []


def test_a_picture_of_a_trial_that_was_deleted_meanwhile_leaves_no_file(sessions, tmp_path):
    trial_id = running_trial(sessions)
    with sessions() as session:
        session.delete(session.get_one(Trial, trial_id))
        session.commit()
        with pytest.raises(StaleAttempt):
            artifacts.add_picture(session, Folder(tmp_path), trial_id, 1, Picture("filters", "conv1", 25, 0.5, PIXELS))
    assert list(tmp_path.glob("trial-*")) == []
