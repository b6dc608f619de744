"""Registering, logging in and out."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__, template_folder="templates")

from webapp.auth import forgotten, routes, second_factor  # noqa: E402, F401
