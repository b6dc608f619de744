"""Two to fifty experiments side by side."""

from flask import Blueprint

blueprint = Blueprint("compare", __name__, template_folder="templates")

from webapp.compare import routes, saving  # noqa: E402, F401
