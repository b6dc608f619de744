"""The first page, and what finds everything from every page."""

from flask import Blueprint

blueprint = Blueprint("home", __name__, template_folder="templates")

from webapp.home import commands, routes, search  # noqa: E402, F401
