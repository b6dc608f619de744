"""A bell in Redis that rings when somebody may see less than before, so that open streams ask again what their viewers may see."""

import contextlib

import redis

BELL = "descent:access"


def tell_watchers(client: redis.Redis | None) -> None:
    """Ring it, after the commit. Where Redis is away the streams are, too; and each asks again from time to time."""
    if client is not None:
        with contextlib.suppress(redis.RedisError):
            client.xadd(BELL, {"ring": 1}, maxlen=1)
