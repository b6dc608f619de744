"""The page of the API, which tries its calls."""

from flask import Blueprint

blueprint = Blueprint("apidocs", __name__, template_folder="templates")

from webapp.apidocs import routes  # noqa: E402, F401
