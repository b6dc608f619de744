"""One's own account."""

from flask import Blueprint

blueprint = Blueprint("account", __name__, template_folder="templates")

from webapp.account import leaving, logins, routes, two_factor  # noqa: E402, F401
