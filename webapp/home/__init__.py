"""The first page."""

from flask import Blueprint

blueprint = Blueprint("home", __name__, template_folder="templates")

from webapp.home import routes  # noqa: E402, F401
