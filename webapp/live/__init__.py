"""Curves from the store to the screen: snapshots, server-sent events, pictures."""

from flask import Blueprint

blueprint = Blueprint("live", __name__)

from webapp.live import routes  # noqa: E402, F401
