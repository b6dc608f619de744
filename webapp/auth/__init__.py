"""Registering, logging in and out."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__, template_folder="templates")

from webapp.auth import routes  # noqa: E402, F401
