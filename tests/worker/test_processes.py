"""A real Celery worker: killed, stopped, and started again."""

import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from tests.making import SMALL, make_trial, state_of
from tests.waiting import wait_until
from tests.worker.curves_of import LONG, assert_same_curves, expected_curves, stored_curves
from webapp.models import LogLine, State, Trial
from webapp.queue import deliver, promise
from webapp.settings import ROOT
from webapp.store import live, workers
from webapp.supervisor.commands import worker_command

LONGER = LONG | {"epochs": 500}


class WorkerProcess:
    """A worker with two children."""

    def __init__(self, settings, client) -> None:
        self.settings, self.client = settings, client
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "DESCENT_VAR": str(self.settings.var),
            "REDIS_URL": self.settings.redis_url,
            "DESCENT_WORKER_PROCESSES": "2",
            "DESCENT_MOST_PROCESSES": "2",
        }
        self.client.delete(workers.WORKERS_KEY)
        command = worker_command(self.settings.model_copy(update={"worker_processes": 2}))
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        wait_until(lambda: workers.workers_seen(self.client), "the worker to start", 60)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Signal the parent, and wait until it has ended."""
        self.process.send_signal(number)
        self.process.wait(60)

    def children(self) -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid:
                found.append(int(path.parent.name))
        return found


@pytest.fixture
def worker(settings, sessions, client):
    made = WorkerProcess(settings, client)
    made.start()
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGKILL)


def submit(sessions, settings, spec) -> int:
    trial_id = make_trial(sessions, spec)
    with sessions() as session:
        promise(session, "worker.run_trial", "cpu", [trial_id])
        session.commit()
        deliver(session, settings.redis_url)
    return trial_id


def trial_of(sessions, trial_id) -> Trial:
    with sessions() as session:
        return session.get_one(Trial, trial_id)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_it_trains(sessions, trial_id, step=200) -> None:
    wait_until(lambda: trial_of(sessions, trial_id).step > step, "the trial to train", 30)


def test_a_trial_is_picked_up_shows_points_and_trains_to_its_end(worker, sessions, settings, client):
    for _ in range(2):
        trial_id = submit(sessions, settings, SMALL)
        wait_until(lambda: has_points(client, trial_id), "the first point", 20)  # noqa: B023
        wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "the trial to end", 20)  # noqa: B023
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(SMALL))


def has_points(client, trial_id) -> bool:
    return any(kind == "points" for _, kind, _ in live.entries(client, trial_id))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for child processes in /proc")
def test_a_child_that_is_killed_leaves_no_hole_and_no_double(worker, sessions, settings):
    trial_id = submit(sessions, settings, LONGER)
    wait_until_it_trains(sessions, trial_id)
    os.kill(int(trial_of(sessions, trial_id).worker.rpartition(":")[2]), signal.SIGKILL)
    wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "another child to finish it", 60)
    assert trial_of(sessions, trial_id).attempt == 2
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(LONGER))


def test_a_worker_that_is_stopped_hands_its_trial_back_and_the_next_goes_on(worker, sessions, settings):
    trial_id = submit(sessions, settings, LONGER)
    wait_until_it_trains(sessions, trial_id)
    worker.end()
    trial = trial_of(sessions, trial_id)
    assert (trial.state, trial.attempt) == ("queued", 1)
    reached = trial.step
    worker.start()
    wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "the next worker to finish it", 60)
    assert trial_of(sessions, trial_id).attempt == 2
    assert 0 < reached < trial_of(sessions, trial_id).steps
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(LONGER))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for child processes in /proc")
def test_a_parent_that_is_killed_leaves_no_orphan_and_its_trial_goes_on(worker, sessions, settings):
    trial_id = submit(sessions, settings, LONGER)
    wait_until_it_trains(sessions, trial_id)
    children = worker.children()
    assert len(children) >= 2
    worker.end(signal.SIGKILL)
    wait_until(lambda: not any(alive(pid) for pid in children), "the children to end", 5)
    worker.start()
    wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "the next worker to finish it", 60)
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(LONGER))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for child processes in /proc")
def test_a_trial_of_two_processes_goes_on_after_one_of_them_was_killed(worker, sessions, settings):
    spec = LONG | {"epochs": 15, "processes": 2}
    trial_id = submit(sessions, settings, spec)
    wait_until_it_trains(sessions, trial_id, step=10)
    (other,) = psutil.Process(int(trial_of(sessions, trial_id).worker.rpartition(":")[2])).children()
    other.kill()
    wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "the next attempt to finish it", 60)
    assert trial_of(sessions, trial_id).attempt == 2
    assert_same_curves(stored_curves(sessions, trial_id), expected_curves(spec))
    with sessions() as session:
        (line,) = session.scalars(select(LogLine.message).where(LogLine.level == "warning"))
    assert line.startswith("Process 2 of the 2 that train together ended: killed by SIGKILL.")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for child processes in /proc")
def test_a_trial_of_two_processes_that_is_killed_leaves_no_files_behind(worker, sessions, settings):
    trial_id = submit(sessions, settings, LONG | {"epochs": 15, "processes": 2})
    wait_until_it_trains(sessions, trial_id, step=10)
    (left,) = settings.var.glob(f"scratch/trial-{trial_id}-1/*")
    os.kill(int(trial_of(sessions, trial_id).worker.rpartition(":")[2]), signal.SIGKILL)
    wait_until(lambda: not left.exists(), "what it left to be swept away", 30)
    wait_until(lambda: state_of(sessions, trial_id) is State.COMPLETED, "the next attempt to finish it", 60)


def test_a_worker_whose_data_folder_cannot_be_made_says_so_and_ends(settings, client, tmp_path):
    (tmp_path / "file").touch()
    environment = {**os.environ, "DESCENT_VAR": str(tmp_path / "file" / "var"), "REDIS_URL": settings.redis_url}
    ended = subprocess.run(worker_command(settings), cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert ended.returncode
    assert b"DESCENT_VAR: the folder" in ended.stderr
