"""A trial's live stream in Redis: what was logged in the last minutes, for those who watch; topics of news have one, too."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, cast

import orjson
import redis

from dlcore.events import Scalars
from webapp.finite import finite_or_name

LONGEST = 2000
EXPIRES_S = 24 * 3600
PAGE = 32

Entry = tuple[str, str, dict[str, Any]]  # (id, kind, payload)
Source = int | str  # the id of a trial, or a topic of news such as experiment:12


def stream_key(source: Source) -> str:
    """The stream's name in Redis."""
    return f"trial:{source}:live" if isinstance(source, int) else f"news:{source}"


def publish(client: redis.Redis, trial_id: int, kind: str, payload: dict[str, Any]) -> str:
    """Add a message to a trial's stream; the id of its entry."""
    key = stream_key(trial_id)
    with client.pipeline(transaction=False) as pipe:
        pipe.xadd(key, {"kind": kind, "data": orjson.dumps(payload)}, maxlen=LONGEST, approximate=True)
        pipe.expire(key, EXPIRES_S)
        return cast("bytes", pipe.execute()[0]).decode()


def forget(client: redis.Redis | None, trial_ids: Sequence[int]) -> None:
    """Take the streams of trials away that are no more. Where Redis is away, they are read by nobody, and expire."""
    if client is not None and trial_ids:
        with contextlib.suppress(redis.RedisError):
            client.delete(*map(stream_key, trial_ids))


def points_payload(attempt: int, scalars: Sequence[Scalars], progress: dict[str, Any]) -> dict[str, Any]:
    """The payload of a ``points`` message: {key: [steps, values, times]}."""
    curves: dict[str, list[list[Any]]] = {}
    for piece in scalars:
        held = curves.setdefault(piece.key, [[], [], []])
        held[0] += piece.steps.tolist()
        held[1] += [finite_or_name(value) for value in piece.values.tolist()]
        held[2] += piece.times.tolist()
    return {"attempt": attempt, "curves": curves, "progress": progress}


def last_id(client: redis.Redis, source: Source) -> str:
    """The id of a stream's newest entry; "0-0" when it has none."""
    newest = cast("list[Any]", client.xrevrange(stream_key(source), count=1))
    return newest[0][0].decode() if newest else "0-0"


def entries(client: redis.Redis, trial_id: int, after: str = "0-0", until: str = "+") -> list[Entry]:
    """The entries behind ``after``, up to ``until``."""
    found = cast("list[Any]", client.xrange(stream_key(trial_id), min=f"({after}", max=until))
    return [decode(entry) for entry in found]


def raw_entries(client: redis.Redis, source: Source, after: str, most: int) -> list[Any]:
    """The first entries behind ``after`` as Redis gives them, for those who pass them on unread."""
    return cast("list[Any]", client.xrange(stream_key(source), min=f"({after}", count=most))


def newest_first(client: redis.Redis, trial_id: int, until: str) -> Iterator[Entry]:
    """The entries from ``until`` back, read some at a time: whoever wants only the latest reads no more than these."""
    end = until
    while True:
        found = cast("list[Any]", client.xrevrange(stream_key(trial_id), max=end, count=PAGE))
        for entry in found:
            yield decode(entry)
        if len(found) < PAGE:
            return
        end = f"({found[-1][0].decode()}"


def decode(entry: Any) -> Entry:
    """An entry as (id, kind, payload)."""
    entry_id, fields = entry
    return entry_id.decode(), fields[b"kind"].decode(), orjson.loads(fields[b"data"])


def is_gapless(client: redis.Redis, source: Source, after: str) -> bool:
    """Whether nothing behind ``after`` has been trimmed away: ``after`` is still there, or it is where the stream began."""
    if after == "0-0":
        info = cast("list[Any]", client.xrange(stream_key(source), count=1))
        return not info or not trimmed(client, source)
    return bool(client.xrange(stream_key(source), min=after, max=after))


def trimmed(client: redis.Redis, source: Source) -> bool:
    """Whether a stream has lost its beginning."""
    info = client.xinfo_stream(stream_key(source))
    return (
        int(info.get("entries-added") or 0) > int(info["length"])
        if "entries-added" in info
        else info["length"] >= LONGEST
    )
