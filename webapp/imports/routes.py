"""The page on which a log is uploaded."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.experiments.new import check_may_submit
from webapp.experiments.service import ExperimentProblem
from webapp.imports import blueprint, budget, service
from webapp.models import db
from webapp.uploads.sizes import large_uploads

blueprint.url_value_preprocessor(large_uploads({"imports.create": budget.UPLOAD_BYTES}))


@blueprint.get("/experiments/import")
@login_required
def new() -> ResponseReturnValue:
    """The form."""
    check_may_submit()
    return render_form({})


@blueprint.post("/experiments/import")
@login_required
def create() -> ResponseReturnValue:
    """Make an experiment of what was chosen; whatever is wrong is said."""
    check_may_submit()
    words = {name: request.form.get(name, "") for name in ("title", "description", "tags")}
    visibility = request.form.get("visibility")
    try:
        experiment = service.import_log(
            db.session(), current_user, request.files.getlist("files"), **words, visibility=visibility
        )
    except (budget.UploadProblem, ExperimentProblem) as problem:
        db.session.rollback()
        return render_form({problem.field: problem.message}), 422
    return redirect(url_for("experiments.show", experiment_id=experiment.id))


def render_form(problems: dict[str, str]) -> str:
    """The page, with what was typed."""
    typed: dict[str, Any] = {name: request.form.get(name, "")[:20_000] for name in ("title", "description", "tags")}
    return render_template(
        "imports/new.html",
        typed=typed,
        problems=problems,
        limits=budget,
        chosen_visibility=request.form.get("visibility"),
    )
