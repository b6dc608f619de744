"""Jobs that take a worker's process down, or keep it: each fails with a sentence, and the worker goes on with the next."""

from pathlib import Path

import pytest

from tests.making import SMALL, make_trial, state_of
from tests.waiting import wait_until
from tests.worker.test_processes import WorkerProcess, submit
from webapp.models import Experiment, State, Trial
from webapp.queue import deliver, promise

BROKEN = '''
import ctypes, mmap, os, sys, time
from typing import Literal

import numpy as np

from dlcore.optim.optimizer import Optimizer


class Broken(Optimizer):
    """Breaks in one of some ways."""

    kind: Literal["broken"] = "broken"
    how: str = ""

    def build(self, params):
        return getattr(self, self.how)()

    def crash(self):
        ctypes.string_at(0)

    def end(self):
        os._exit(3)

    def leave(self):
        sys.exit("not here")

    def loop(self):
        while True:
            pass

    def raise_(self):
        raise KeyError("unheard of")

    def ask_for_everything(self):
        np.ones(10**12)

    def hoard(self):
        hoard = []
        while True:
            hoard.append(bytearray(1024 * 1024))

    def hoard_out_of_sight(self):
        shared = mmap.mmap(-1, 1000 * 1024 * 1024)
        for place in range(0, len(shared), 4096):
            shared[place] = 1
        time.sleep(60)
'''
FAILURES = {
    "crash": "The worker that ran this trial ended",
    "end": "The worker that ran this trial ended",
    "leave": "SystemExit: not here",
    "loop": "Its training gave no sign for 12 s",
    "raise_": "KeyError: 'unheard of'",
    "ask_for_everything": "ran out of memory on this machine",
    "hoard": "A trial may take 700 MiB of memory here",
    "hoard_out_of_sight": "more than the 700 MiB of memory that a trial may take here",
}


@pytest.fixture
def broken_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with a part that breaks, and small limits."""
    folder = tmp_path / "packages"
    info = folder / "broken_parts-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "broken_parts.py").write_text(BROKEN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-parts\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[descent.parts]\noptimizer.broken = broken_parts\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("DESCENT_TRIAL_MEMORY_MIB", "700")
    monkeypatch.setenv("DESCENT_SILENT_MINUTES", "0.2")


def submit_broken(sessions, settings, how: str) -> int:
    """Queue a trial whose optimizer breaks; this process knows no such part, so the spec is written as it is."""
    trial_id = make_trial(sessions)
    with sessions() as session:
        experiment = session.get_one(Experiment, session.get_one(Trial, trial_id).experiment_id)
        experiment.spec = experiment.spec | {"optimizer": {"kind": "broken", "how": how}}
        promise(session, "worker.run_trial", "cpu", [trial_id])
        session.commit()
        deliver(session, settings.redis_url)
    return trial_id


def test_a_broken_job_fails_with_a_sentence_and_the_worker_goes_on(broken_parts, sessions, settings, client) -> None:
    worker = WorkerProcess(settings, client)
    worker.start()
    try:
        broken = {how: submit_broken(sessions, settings, how) for how in FAILURES}
        good = submit(sessions, settings, SMALL)
        wait_until(
            lambda: all(state_of(sessions, trial_id).ended for trial_id in (*broken.values(), good)),
            "all trials to end",
            120,
            every_s=0.2,
        )
        assert worker.process is not None
        assert worker.process.poll() is None
    finally:
        worker.end()
    assert state_of(sessions, good) is State.COMPLETED
    with sessions() as session:
        said = {how: session.get_one(Trial, trial_id).failure or "" for how, trial_id in broken.items()}
    assert {how: FAILURES[how] in failure for how, failure in said.items()} == dict.fromkeys(FAILURES, True), said
