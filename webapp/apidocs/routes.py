"""The page of the API: made of the same document that programs read, so that it can say nothing else."""

from flask import render_template
from flask.typing import ResponseReturnValue

from webapp.api.document import document
from webapp.apidocs import blueprint
from webapp.apidocs.operations import groups
from webapp.comments.markdown import render
from webapp.models import Scope


@blueprint.get("/api/docs")
def index() -> ResponseReturnValue:
    """Every operation, with what it takes and answers, and a form that sends it: for whoever is logged in, or has a token."""
    whole = document()
    return render_template(
        "apidocs/index.html",
        groups=groups(whole),
        introduction=render(whole["info"]["description"]),
        scopes=Scope,
        schemes=whole["components"]["securitySchemes"],
    )
