"""Data sets of one's own, uploaded: what they hold, and where they are used."""

from flask import Blueprint

blueprint = Blueprint("datasets", __name__, template_folder="templates")

from webapp.datasets import routes  # noqa: E402, F401
