"""The reference of everything that a spec can hold, generated from the declarations."""

from flask import Blueprint

blueprint = Blueprint("parts", __name__, template_folder="templates")

from webapp.parts import routes  # noqa: E402, F401
