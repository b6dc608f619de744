"""Tags on experiments and comments."""

from flask import Blueprint

blueprint = Blueprint("tags", __name__, template_folder="templates")

from webapp.tags import routes  # noqa: E402, F401
