"""The page of all parts."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from webapp.parts import blueprint
from webapp.parts.reference import chapters


@blueprint.get("/parts")
@login_required
def index() -> ResponseReturnValue:
    """Every part with its docstring and its fields, by family."""
    return render_template("parts/index.html", chapters=chapters())
