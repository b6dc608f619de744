"""The tasks that the web sends by name."""

from functools import lru_cache

import redis
from celery import Task
from celery.exceptions import Reject
from sqlalchemy.orm import Session, sessionmaker

from webapp.patience import connect_redis
from webapp.settings import Settings
from webapp.store.artifacts import delete_trial_files
from webapp.store.database import open_sessions
from webapp.store.storage import StorageAway, storage_of
from worker import control
from worker.app import app
from worker.runner import run_next
from worker.tester import test_trial as use_test_part


@app.task(name="worker.run_trial", bind=True)
def run_trial(self: Task, trial_id: int) -> None:
    """There is work on the message's queue: run one attempt of the trial whose turn it is, which may be another.

    Messages may come twice or be too many: then there is nothing to take.
    """
    if control.must_hand_back():
        raise Reject(f"trial {trial_id} is for a worker that is not drained", requeue=True)
    settings = Settings.from_environment()
    queue = self.request.delivery_info["routing_key"]
    run_next(queue, sessions(settings.database), client(settings.redis_url), settings, control.must_hand_back)


@app.task(name="worker.test_trial")
def test_trial(trial_id: int) -> None:
    """Use the test part of a trial that has ended, if nobody has."""
    settings = Settings.from_environment()
    use_test_part(trial_id, sessions(settings.database), client(settings.redis_url), settings)


@app.task(
    name="worker.delete_files", autoretry_for=(StorageAway,), retry_backoff=5, retry_backoff_max=600, max_retries=None
)
def delete_files(trial_id: int) -> None:
    """Delete what is kept of a trial that is no more."""
    delete_trial_files(storage_of(Settings.from_environment()), trial_id)


@lru_cache(maxsize=1)
def sessions(url: str) -> sessionmaker[Session]:
    """This process's own connections."""
    return open_sessions(url)


@lru_cache(maxsize=1)
def client(url: str | None) -> redis.Redis | None:
    """This process's own client."""
    return connect_redis(url)
