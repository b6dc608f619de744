"""TensorBoard logs, for programs."""

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.access import check_may_submit
from webapp.api.bodies import ImportForm
from webapp.api.description import documented
from webapp.api.problems import invalid, refused
from webapp.api.resources import ExperimentResource, imported_resource
from webapp.experiments.service import ExperimentProblem
from webapp.imports.budget import UPLOAD_BYTES, UploadProblem
from webapp.imports.service import import_log
from webapp.models import db
from webapp.uploads.sizes import large_uploads

blueprint.url_value_preprocessor(large_uploads({"api.import_experiment": UPLOAD_BYTES}))


@blueprint.post("/experiments/import")
@documented("Import a TensorBoard log", form=ImportForm, status=201, errors=(403,), answer=ExperimentResource, cost=10)
def import_experiment() -> ResponseReturnValue:
    """A log becomes a completed experiment without a spec, with a trial for each run, which is a folder of event files.

    Scalars are kept, each value as it was written, times to the millisecond. Where steps go back, what was written later wins.
    Histograms, pictures and graphs are left out.
    """
    check_may_submit()
    unknown = [name for name in [*request.form, *request.files] if name not in ImportForm.model_fields]
    if unknown:
        raise invalid([Problem(name, "There is no such field.") for name in unknown[:20]])
    words = {name: request.form.get(name, "") for name in ("title", "description", "tags")}
    try:
        experiment = import_log(
            db.session(),
            current_user,
            request.files.getlist("files"),
            **words,
            visibility=request.form.get("visibility"),
        )
    except (UploadProblem, ExperimentProblem) as problem:
        raise refused(problem) from problem
    location = url_for("api.show_experiment", experiment_id=experiment.id)
    return jsonify(imported_resource(experiment)), 201, {"Location": location}
