"""TensorBoard logs, uploaded: each becomes an experiment with its curves."""

from flask import Blueprint

blueprint = Blueprint("imports", __name__, template_folder="templates")

from webapp.imports import routes  # noqa: E402, F401
