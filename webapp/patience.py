"""How long the web and the workers wait for Redis: not at all for a while after it did not answer."""

import time
from collections.abc import Callable
from typing import Any, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWER_S = 1.0
RESTS_S = 2.0


class Rest:
    """After a failure nothing is asked for two seconds, so that many who ask do not add waits up."""

    def __init__(self) -> None:
        self.until = 0.0

    @property
    def lasts(self) -> bool:
        """Whether it is not over yet."""
        return time.monotonic() < self.until

    def begin(self) -> None:
        """There was a failure."""
        self.until = time.monotonic() + RESTS_S


class Resting(Retry):
    """Tries again at once where a connection was lost, as it is when Redis was started again.

    After a failure it rests, also for other connections of its client.
    """

    def __init__(self) -> None:
        super().__init__(NoBackoff(), 1, (redis.ConnectionError,))
        self.rest = Rest()

    def __deepcopy__(self, _memo: Any) -> Self:
        """All connections of a client share what is known."""
        return self

    def call_with_retry(self, do: Callable[[], Any], fail: Callable[..., Any], *arguments: Any, **rest: Any) -> Any:
        """As redis has it. Raises redis.ConnectionError at once while it rests."""
        if self.rest.lasts:
            raise redis.ConnectionError("Redis did not answer a moment ago")
        try:
            return super().call_with_retry(do, fail, *arguments, **rest)
        except (redis.ConnectionError, redis.TimeoutError):
            self.rest.begin()
            raise


def connect_redis(url: str | None, answer_s: float = ANSWER_S) -> redis.Redis | None:
    """A client of the Redis at ``url``; connects on first use, so that the web starts without it."""
    if not url:
        return None
    timeouts = {"socket_connect_timeout": ANSWER_S, "socket_timeout": answer_s}
    return redis.Redis.from_url(url, retry=Resting(), health_check_interval=30, **timeouts)
