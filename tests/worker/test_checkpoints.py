import numpy as np
import pytest

from dlcore.events import Checkpoint
from tests.making import running_trial
from webapp.store.curves import StaleAttempt
from webapp.store.storage import Folder
from worker import checkpoints


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint(step, step // 10, {"model/w": np.full(3, step, np.float32)}, {"batch": 0})


def files(var, trial_id):
    return sorted(path.name for path in (var / f"trial-{trial_id}" / "checkpoint").iterdir())


def test_the_last_two_are_kept_and_the_newest_is_gone_on_from(sessions, tmp_path):
    trial_id = running_trial(sessions)
    for step in (10, 20, 30):
        checkpoints.keep(sessions, Folder(tmp_path), trial_id, 1, checkpoint(step))
    assert files(tmp_path, trial_id) == ["000000020-1.safetensors", "000000030-1.safetensors"]
    found = checkpoints.newest(sessions, Folder(tmp_path), trial_id)
    assert (found.step, found.epoch, found.details) == (30, 3, {"batch": 0})
    assert found.arrays["model/w"].tolist() == [30, 30, 30]


@pytest.mark.parametrize("damage", ["torn", "gone", "altered"])
def test_a_damaged_one_is_passed_over(sessions, tmp_path, damage):
    trial_id = running_trial(sessions)
    for step in (10, 20):
        checkpoints.keep(sessions, Folder(tmp_path), trial_id, 1, checkpoint(step))
    path = Folder(tmp_path).path(f"trial-{trial_id}/checkpoint/000000020-1.safetensors")
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-4] if damage == "torn" else content[:-1] + b"\x7f")
    assert checkpoints.newest(sessions, Folder(tmp_path), trial_id).step == 10


def test_without_one_there_is_none(sessions, tmp_path):
    assert checkpoints.newest(sessions, Folder(tmp_path), running_trial(sessions)) is None


def test_an_older_attempt_keeps_none(sessions, tmp_path):
    trial_id = running_trial(sessions)
    with pytest.raises(StaleAttempt):
        checkpoints.keep(sessions, Folder(tmp_path), trial_id, 0, checkpoint(10))
    assert checkpoints.newest(sessions, Folder(tmp_path), trial_id) is None


def test_only_the_newest_stays_when_the_trial_has_ended(sessions, tmp_path):
    trial_id = running_trial(sessions)
    for step in (10, 20):
        checkpoints.keep(sessions, Folder(tmp_path), trial_id, 1, checkpoint(step))
    checkpoints.keep_only_the_last(sessions, Folder(tmp_path), trial_id)
    assert len(files(tmp_path, trial_id)) == 1
    assert checkpoints.newest(sessions, Folder(tmp_path), trial_id).step == 20
