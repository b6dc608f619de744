"""News for pages that are open, beside the trials' points: what happens to an experiment, and what a person should know.

They are no record. Whoever needs something to last keeps it in the database first, and tells it after the commit.
"""

import contextlib
from typing import Any, NamedTuple

import orjson
import redis

from webapp.store.live import stream_key

LONGEST = 200
BELL = "news"  # names the topics that have something new, so that who reads for many pages listens to one stream
LONGEST_BELL = 1000
EXPIRES_S = 24 * 3600
LARGEST_ID = 2**31 - 1
KINDS = ("experiment", "person")


class Topic(NamedTuple):
    """What news are about; written as ``experiment:12`` or ``person:3``."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def experiment_topic(experiment_id: int) -> str:
    """For all who have an experiment's page open."""
    return str(Topic("experiment", experiment_id))


def person_topic(person_id: int) -> str:
    """For one person, on whatever page they are."""
    return str(Topic("person", person_id))


def read_topic(text: str) -> Topic | None:
    """The topic that a text names; None when it names none."""
    kind, _, number = text.partition(":")
    if kind not in KINDS or not (number.isascii() and number.isdecimal() and len(number) <= 10):
        return None
    return Topic(kind, int(number)) if str(int(number)) == number and int(number) <= LARGEST_ID else None


def tell(client: redis.Redis | None, topic: str, kind: str, payload: dict[str, Any]) -> None:
    """Send news to every page that follows a topic. Where Redis does not answer nobody hears of it, and nothing else fails."""
    if client is None:
        return
    key, data = stream_key(topic), orjson.dumps({"kind": kind, **payload})
    with contextlib.suppress(redis.RedisError), client.pipeline(transaction=False) as pipe:
        pipe.xadd(key, {"kind": "news", "data": data}, maxlen=LONGEST, approximate=True)
        pipe.expire(key, EXPIRES_S)
        pipe.xadd(BELL, {"topic": topic}, maxlen=LONGEST_BELL, approximate=True)
        pipe.expire(BELL, EXPIRES_S)
        pipe.execute()
