"""The worker's parent says every few seconds what its processes are at; the status page and the metrics show it."""

import contextlib
import logging
import os
import time
from typing import Any

import psutil
import redis
from celery import bootsteps

from webapp.settings import Settings
from webapp.store import leases, reports
from webapp.store.reports import Report, Work
from worker import limits, slots, spool

log = logging.getLogger(__name__)
EVERY_S = 3.0


class Reporter(bootsteps.StartStopStep):
    """Sends a report every few seconds."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Set the timer. No connection is held, so that children which are forked later inherit none."""
        self.settings = Settings.from_environment()
        self.queues = sorted(worker.app.amqp.queues.consume_from)
        self.timer = worker.timer.call_repeatedly(EVERY_S, self.send)
        worker.timer.call_after(0.2, self.send)

    def stop(self, worker: Any) -> None:
        """It works no more."""
        self.timer.cancel()
        with contextlib.suppress(redis.RedisError), self.client() as client:
            reports.forget(client, leases.worker_name())

    def send(self) -> None:
        """One report; it is no harm when none gets through."""
        try:
            with self.client() as client:
                reports.send(client, report(self.settings, self.queues))
        except (redis.RedisError, OSError) as error:
            log.warning("no report could be sent: %s", error)

    def client(self) -> redis.Redis:
        """A client for one report."""
        return redis.Redis.from_url(self.settings.redis_url or "", socket_timeout=1, socket_connect_timeout=1)


def report(settings: Settings, queues: list[str]) -> Report:
    """This worker as it is now."""
    free, total = reports.disk_room(settings.var)
    return Report(
        worker=leases.worker_name(),
        at=time.time(),
        processes=settings.worker_processes,
        queues=queues,
        spool_bytes=spool.usage(settings.var),
        disk_free_bytes=free,
        disk_bytes=total,
        memory_bytes=limits.memory_bytes(settings),
        work=work(),
    )


def work() -> list[Work]:
    """What the children are at that still live."""
    found = []
    for slot in slots.at_work():
        with contextlib.suppress(psutil.Error):
            child = psutil.Process(slot.pid)
            if child.ppid() == os.getpid():
                since_s = time.monotonic() - slot.began
                found.append(Work(slot.pid, slot.trial_id, slot.attempt, since_s, child.memory_info().rss))
    return found
