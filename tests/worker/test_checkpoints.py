import errno

import numpy as np
import pytest

from dlcore.events import Checkpoint
from tests.making import keep_checkpoint, running_trial
from webapp.store import artifacts
from webapp.store.curves import StaleAttempt
from webapp.store.storage import Folder
from worker import checkpoints


def checkpoint(step: int, best: int | None = None) -> Checkpoint:
    arrays = {"model/w": np.full(3, step, np.float32)}
    details = {"batch": 0}
    if best is not None:
        arrays["best/w"] = np.full(3, best, np.float32)
        details["best"] = {"metric": "validation/accuracy", "value": 0.5, "step": best}
    return Checkpoint(step, step // 10, arrays, details)


@pytest.fixture
def storage(tmp_path):
    return Folder(tmp_path)


def files(storage, trial_id, kind="checkpoint"):
    return sorted(path.name for path in storage.path(f"trial-{trial_id}/{kind}/x").parent.glob("*"))


def test_the_last_two_are_kept_and_the_newest_is_gone_on_from(sessions, storage):
    trial_id = running_trial(sessions)
    for step in (10, 20, 30):
        keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(step))
    assert files(storage, trial_id) == ["000000020-1.safetensors", "000000030-1.safetensors"]
    found = checkpoints.newest(sessions, storage, trial_id)
    assert (found.step, found.epoch, found.details) == (30, 3, {"batch": 0})
    assert found.arrays["model/w"].tolist() == [30, 30, 30]


@pytest.mark.parametrize("damage", ["torn", "gone", "altered"])
def test_a_damaged_one_is_told_and_the_one_before_it_is_used(sessions, storage, damage):
    trial_id = running_trial(sessions)
    for step in (10, 20):
        keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(step))
    path = storage.path(f"trial-{trial_id}/checkpoint/000000020-1.safetensors")
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-4] if damage == "torn" else content[:-1] + bytes([content[-1] ^ 1]))
    said = []
    assert checkpoints.newest(sessions, storage, trial_id, said.append).step == 10
    assert len(said) == 1
    assert said[0].startswith("The checkpoint of step 20 cannot be used, so the one before it is: ")


def test_whoever_goes_on_from_an_earlier_one_takes_those_after_it_away(sessions, storage):
    trial_id = running_trial(sessions)
    for step in (10, 20):
        keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(step, best=step))
    checkpoints.drop_after(sessions, storage, trial_id, 1, 10)
    assert files(storage, trial_id) == ["000000010-1.safetensors"]
    assert files(storage, trial_id, "best") == []


def test_what_a_killed_writer_left_is_swept_away(sessions, storage):
    trial_id = running_trial(sessions)
    keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(10, best=10))
    for kind in ("checkpoint", "best"):
        folder = storage.path(f"trial-{trial_id}/{kind}/x").parent
        (folder / ".000000020-1.safetensors.4711").write_bytes(b"half of it")
        (folder / "000000020-1.safetensors").write_bytes(b"all of it, but no row names it")
    checkpoints.drop_after(sessions, storage, trial_id, 1, 10)
    assert files(storage, trial_id) == ["000000010-1.safetensors"]
    assert files(storage, trial_id, "best") == ["000000010-1.safetensors"]


def test_a_writer_that_cannot_write_leaves_nothing_and_what_was_there_stays(sessions, storage, monkeypatch):
    trial_id = running_trial(sessions)
    keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(10))

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dlcore.whole_file.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(20))
    assert files(storage, trial_id) == ["000000010-1.safetensors"]
    assert checkpoints.newest(sessions, storage, trial_id).step == 10


def test_the_best_weights_are_a_file_of_their_own_which_follows_the_best_evaluation(sessions, storage):
    trial_id = running_trial(sessions)
    for step, best in ((10, 10), (20, 10), (30, 20), (40, 20)):
        keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(step, best=best))
    checkpoints.keep_only_the_last(sessions, storage, trial_id)
    assert files(storage, trial_id) == ["000000040-1.safetensors"]
    assert files(storage, trial_id, "best") == ["000000020-1.safetensors"]
    with sessions() as session:
        (row,) = artifacts.of_kind(session, trial_id, artifacts.BEST)
    found = checkpoints.read(storage, row)
    assert {name: array.tolist() for name, array in found.arrays.items()} == {"model/w": [20, 20, 20]}
    assert row.details["best"] == {"metric": "validation/accuracy", "value": 0.5, "step": 20}


def test_without_one_there_is_none(sessions, storage):
    assert checkpoints.newest(sessions, storage, running_trial(sessions)) is None


def test_an_older_attempt_keeps_none(sessions, storage):
    trial_id = running_trial(sessions)
    with pytest.raises(StaleAttempt):
        keep_checkpoint(sessions, storage, trial_id, 0, checkpoint(10))
    assert checkpoints.newest(sessions, storage, trial_id) is None


def test_only_the_newest_stays_when_the_trial_has_ended(sessions, storage):
    trial_id = running_trial(sessions)
    for step in (10, 20):
        keep_checkpoint(sessions, storage, trial_id, 1, checkpoint(step))
    checkpoints.keep_only_the_last(sessions, storage, trial_id)
    assert len(files(storage, trial_id)) == 1
    assert checkpoints.newest(sessions, storage, trial_id).step == 20
