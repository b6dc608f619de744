"""Uploaded data sets, for programs."""

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.access import check_may_submit
from webapp.api.bodies import DatasetForm, DatasetPatch, read_body
from webapp.api.description import documented
from webapp.api.matching import check_match, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid, refused
from webapp.api.resources import DatasetResource, dataset_resource
from webapp.datasets import limits, service
from webapp.models import Dataset, db
from webapp.uploads.sizes import large_uploads

DATASETS = Listing("datasets", DatasetResource)
blueprint.url_value_preprocessor(large_uploads({"api.create_dataset": limits.UPLOAD_BYTES}))


@blueprint.get("/datasets")
@documented("List your data sets", answer=DATASETS)
def list_datasets() -> ResponseReturnValue:
    """Newest first; for administrators everybody's. ``path`` is what a spec's ``data.path`` says to use one, with its ``kind``."""
    return DATASETS.of_query(service.seen_by(current_user), {Dataset.id: True}, dataset_resource)


@blueprint.post("/datasets")
@documented("Upload a data set", form=DatasetForm, status=201, errors=(403,), answer=DatasetResource, cost=10)
def create_dataset() -> ResponseReturnValue:
    """A zip or tar archive of pictures with a folder for each class, a CSV table, an .npz file, or idx files: pictures and labels.

    What it is is seen by its first bytes. Links, absolute paths, Python objects, pictures of too many pixels and archives that
    unpack to too much are refused, and nothing of them is kept.
    """
    check_may_submit()
    unknown = [name for name in [*request.form, *request.files] if name not in DatasetForm.model_fields]
    if unknown:
        raise invalid([Problem(name, "There is no such field.") for name in unknown[:20]])
    settings = current_app.config["SETTINGS"]
    files, name = request.files.getlist("files"), request.form.get("name", "")
    try:
        made = service.add(db.session(), settings.var, current_user, files, name, settings.dataset_bytes)
    except service.DatasetProblem as problem:
        raise refused(problem) from problem
    return jsonify(dataset_resource(made)), 201, {"Location": url_for("api.show_dataset", dataset_id=made.id)}


@blueprint.get("/datasets/<int:dataset_id>")
@documented("Show a data set", errors=(404,), answer=DatasetResource)
def show_dataset(dataset_id: int) -> ResponseReturnValue:
    """What was found in it, and the ids of the experiments that use it."""
    dataset = find_dataset(dataset_id)
    uses = [experiment.id for experiment in service.used_by(db.session(), dataset, current_user)]
    return tagged(jsonify({**dataset_resource(dataset), "experiments": uses}))


@blueprint.patch("/datasets/<int:dataset_id>")
@documented("Rename a data set", body=DatasetPatch, errors=(403, 404, 412), answer=DatasetResource)
def rename_dataset(dataset_id: int) -> ResponseReturnValue:
    """Its path stays, so experiments do not notice."""
    dataset = own_dataset(dataset_id)
    name = read_body(DatasetPatch).name
    check_match(dataset, lambda: dataset_resource(dataset))
    try:
        service.rename(db.session(), dataset, name)
    except service.DatasetProblem as problem:
        raise refused(problem) from problem
    return tagged(jsonify(dataset_resource(dataset)))


@blueprint.delete("/datasets/<int:dataset_id>")
@documented("Delete a data set", status=204, errors=(403, 404, 409, 412))
def delete_dataset(dataset_id: int) -> ResponseReturnValue:
    """For good. 409 while trials of it wait or train; experiments that used it keep their curves."""
    dataset = own_dataset(dataset_id)
    check_match(dataset, lambda: dataset_resource(dataset))
    try:
        service.delete(db.session(), current_app.config["SETTINGS"].var, dataset)
    except service.InUse as reason:
        raise Refused(409, str(reason)) from reason
    return Response(status=204)


def find_dataset(dataset_id: int) -> Dataset:
    """The data set, or Refused (404): nobody learns which ones others have."""
    dataset = db.session.get(Dataset, dataset_id)
    if dataset is None or not policy.may_see_dataset(current_user, dataset):
        raise Refused(404, f"You have no data set {dataset_id}.")
    return dataset


def own_dataset(dataset_id: int) -> Dataset:
    """The data set when this person may change it; Refused (404 or 403) otherwise."""
    dataset = find_dataset(dataset_id)
    if not policy.may_change_dataset(current_user, dataset):
        raise Refused(403, policy.refusal(current_user))
    return dataset
