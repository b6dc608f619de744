from itertools import pairwise

import pytest
import torch

from dlcore import recorder as recorder_module
from dlcore.recorder import FLUSH_S, Recorder


@pytest.fixture
def flushed_after(monkeypatch):
    """After which steps a recorder is due whose steps take so many seconds; what is due is flushed."""

    def flushed(step_s, count):
        now = [100.0]
        monkeypatch.setattr(recorder_module.time, "perf_counter", lambda: now[0])
        recorder, found = Recorder(count, 1), []
        for step in range(1, count + 1):
            now[0] += step_s
            recorder.after_step(step, torch.tensor(0.5), 1)
            if recorder.due:
                list(recorder.flush(step, 0.0))
                found.append(step)
        return found

    return flushed


def test_a_slow_step_is_told_at_once(flushed_after):
    assert flushed_after(0.6 * FLUSH_S, 5) == [1, 2, 3, 4, 5]


def test_quick_steps_are_told_together(flushed_after):
    assert flushed_after(FLUSH_S / 40, 100) == [1, 41, 81]


def test_no_step_waits_for_longer_than_the_pause(flushed_after):
    steps = flushed_after(FLUSH_S / 2.5, 20)
    assert all(later - earlier == 2 for earlier, later in pairwise(steps))
