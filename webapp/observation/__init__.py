"""What an instance says of itself: metrics, a status page for people, and whether it lives and is ready."""

from flask import Blueprint

blueprint = Blueprint("observation", __name__, template_folder="templates")

from webapp.observation import routes  # noqa: E402, F401
