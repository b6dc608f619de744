"""Where the topics that a page follows stand while it is rendered, so that it hears of everything that comes after."""

import contextlib

import redis
from flask import Flask, current_app
from flask_login import current_user

from webapp.live.streams import write_positions
from webapp.store.live import last_id
from webapp.store.news import person_topic


def positions_of(topics: list[str]) -> str:
    """As the event stream's ``after`` takes them; nothing of those that Redis does not answer for."""
    client: redis.Redis | None = current_app.extensions["redis"]
    with contextlib.suppress(redis.RedisError):
        if client is not None:
            return write_positions({topic: last_id(client, topic) for topic in topics})
    return ""


def own_topic() -> tuple[str, str]:
    """(topic, position) of the person who looks at the page."""
    topic = person_topic(current_user.id)
    return topic, positions_of([topic])


def register_standing(app: Flask) -> None:
    """Templates write ``own_topic()``."""
    app.add_template_global(own_topic, "own_topic")
