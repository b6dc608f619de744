import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
from sqlalchemy import update

from dlcore.errors import OutOfMemory, SpecError
from dlcore.events import Picture, Progress, Text
from dlcore.spec import Spec
from tests.making import SMALL, make_trial
from tests.worker.curves_of import LONG
from webapp.models import LogLine, Trial
from worker import limits, runner, watch
from worker.slots import Slot

PROGRESS = Progress(1, 10, 0.1, 1, 100.0)


def of(settings, spent_s=0.0, kept_bytes=0, processes=1, **changes):
    return limits.Allowance(settings.model_copy(update=changes), spent_s, kept_bytes, processes)


def test_a_trial_trains_no_longer_than_one_may_all_its_attempts_together(sessions, client, settings):
    trial_id = make_trial(sessions, LONG)
    with sessions() as session:
        session.execute(update(Trial).values(spent_s=7200))
        session.commit()
    runner.run_trial(trial_id, sessions, client, settings.model_copy(update={"trial_hours": 2}), lambda: False)
    with sessions() as session:
        trial = session.get_one(Trial, trial_id)
        assert trial.state == "failed"
        assert trial.failure.startswith("It has trained for 2 h 0 min, which is as long as a trial may here")
        assert session.query(LogLine).filter(LogLine.level == "error").count() == 1


def test_a_process_that_grows_over_its_memory_is_stopped(settings):
    events = of(settings, trial_memory_mib=1).heed(iter([PROGRESS]))
    with pytest.raises(limits.TookTooMuch, match=r"more than the 1.0 MiB of memory"):
        next(events)


def test_what_processes_that_train_along_take_counts_as_the_trials(settings):
    holds = "held = b'x' * 200_000_000; print(flush=True); input()"
    mib = psutil.Process().memory_info().rss // limits.MIB + 100
    with subprocess.Popen([sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        assert next(of(settings, trial_memory_mib=mib).heed(iter([PROGRESS]))) == PROGRESS
        with pytest.raises(limits.TookTooMuch, match="of memory that a trial may take"):
            next(of(settings, processes=2, trial_memory_mib=mib).heed(iter([PROGRESS])))
        other.kill()


def test_pictures_for_which_there_is_no_room_are_left_out_and_the_log_says_so_once(settings):
    picture = Picture("filters", "conv1", 5, 1.0, np.zeros((600, 1000), np.uint8))
    events = list(of(settings, kept_bytes=500_000, artifacts_mib=1).heed(iter([PROGRESS, picture, picture, PROGRESS])))
    said = "No more pictures are kept: a trial may keep 1.0 MiB in files."
    assert events == [PROGRESS, Text(said, "warning", 5), PROGRESS]


def test_what_a_network_truly_builds_counts_and_costs_no_memory(settings):
    spec = Spec.model_validate(SMALL | {"network": {"kind": "mlp", "hidden": [20_000]}})
    assert limits.parameters_built(spec) == 1_500_010
    with pytest.raises(SpecError, match="at most 1,000 are trained here"):
        limits.check(spec, settings.model_copy(update={"most_parameters": 1000}))


def test_want_of_memory_names_the_limit_and_other_errors_are_left_alone(settings):
    bounded = settings.model_copy(update={"trial_memory_mib": 700})
    for error in (MemoryError(), OutOfMemory("this machine")):
        assert "A trial may take 700 MiB of memory here." in str(limits.explained(error, bounded))
    for error in (OutOfMemory("the GPU"), KeyError("x")):
        assert limits.explained(error, bounded) is error


def test_the_share_of_each_worker_process_leaves_a_fifth_of_the_machine_free(settings):
    whole = limits.machine_bytes()
    assert limits.memory_bytes(settings.model_copy(update={"worker_processes": 1})) == max(whole * 4 // 5, 2**31)
    assert limits.memory_bytes(settings.model_copy(update={"worker_processes": 64})) >= 2**31


def test_the_parent_ends_a_child_only_when_it_does_not_see_to_a_limit_itself(settings):
    bounded = settings.model_copy(update={"trial_hours": 1, "silent_minutes": 1, "trial_memory_mib": 1000})
    now, mib = time.monotonic(), 1024 * 1024

    def reason(began=0.0, heard=0.0, rss_mib=500):
        return watch.reason(Slot(1, 1, 1, now - began, now - heard), rss_mib * mib, bounded)

    assert reason() is None
    assert reason(began=3601) is None
    assert reason(began=3700) == limits.too_long(bounded)
    assert reason(heard=100) == limits.too_silent(bounded)
    assert reason(rss_mib=1100) is None
    assert reason(rss_mib=1300) == limits.too_large(bounded)
