"""What workers count for the metrics, in Redis, so that it is one number wherever they run; it is no harm when some is lost."""

from bisect import bisect_left
from typing import cast

import redis

KEY = "descent:tallies"
FIRST_POINT, LEASE_LOSSES = "first_point", "lease_losses"
BOUNDS_S = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)


def count(client: redis.Redis, name: str) -> None:
    """One more of these."""
    client.hincrby(KEY, name, 1)


def observe(client: redis.Redis, name: str, seconds: float) -> None:
    """One more of these, which took so long."""
    with client.pipeline(transaction=False) as pipe:
        pipe.hincrby(KEY, f"{name}:{bisect_left(BOUNDS_S, seconds)}", 1)
        pipe.hincrbyfloat(KEY, f"{name}:sum", seconds)
        pipe.execute()


def read(client: redis.Redis) -> dict[str, float]:
    """All of them by name."""
    found = cast("dict[bytes, bytes]", client.hgetall(KEY))
    return {name.decode(): float(value) for name, value in found.items()}


def histogram(tallies: dict[str, float], name: str) -> tuple[list[tuple[str, float]], float]:
    """([(upper bound, how many took no longer)], the sum of seconds), as Prometheus has it."""
    buckets, so_far = [], 0.0
    for position, bound in enumerate([*map(str, BOUNDS_S), "+Inf"]):
        so_far += tallies.get(f"{name}:{position}", 0.0)
        buckets.append((bound, so_far))
    return buckets, tallies.get(f"{name}:sum", 0.0)
