"""The worker's parent says that it is there, and heeds whoever wants it drained for an upgrade."""

import logging
from typing import Any

import redis
from celery import bootsteps
from celery.worker.state import active_requests

from webapp.settings import Settings
from webapp.store import leases, workers
from worker import control

log = logging.getLogger(__name__)
EVERY_S = 0.5


class Presence(bootsteps.StartStopStep):
    """Looks at Redis twice a second, between the worker's messages."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Set the timer."""
        self.url = Settings.from_environment().redis_url or ""
        self.name = leases.worker_name()
        self.queues = tuple(worker.app.amqp.queues.consume_from)
        self.is_drained = self.has_begun = False
        self.timer = worker.timer.call_repeatedly(EVERY_S, self.round, (worker,))
        worker.timer.call_after(0.1, self.round, (worker,))

    def stop(self, worker: Any) -> None:
        """It is there no longer."""
        self.timer.cancel()

    def round(self, worker: Any) -> None:
        """Say so, and look. No connection is held, so that children which are forked later inherit none."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=1) as client:
                if not self.has_begun:  # whoever was called so before, in a container, is gone
                    workers.take_again(client, self.name)
                    self.has_begun = True
                busy = len(active_requests)
                workers.sign_of_life(client, workers.Worker(self.name, self.queues, busy, self.is_drained))
                drained = workers.must_drain(client, self.name)
        except redis.RedisError as error:
            log.warning("no sign of life could be given: %s", error)
            return
        if drained and not self.is_drained:
            self.drain(worker.consumer)
        elif self.is_drained and not drained:
            self.take_again(worker.consumer)

    def drain(self, consumer: Any) -> None:
        """Hand back what runs, and take no more messages."""
        log.warning("drained: trials are handed back, and none is taken")
        control.ask_to_hand_back()
        for queue in self.queues:
            consumer.cancel_task_queue(queue)
        self.is_drained = True

    def take_again(self, consumer: Any) -> None:
        """As before."""
        log.warning("takes trials again")
        control.take_again()
        for queue in self.queues:
            consumer.add_task_queue(queue)
        self.is_drained = False
