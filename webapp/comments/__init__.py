"""What people say about experiments."""

from flask import Blueprint

blueprint = Blueprint("comments", __name__, template_folder="templates")

from webapp.comments import routes  # noqa: E402, F401
