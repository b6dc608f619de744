"""Pages of uploaded data sets: the list with its upload form, and one for each."""

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp import policy
from webapp.datasets import blueprint, limits, service
from webapp.models import Dataset, db
from webapp.uploads.sizes import large_uploads

blueprint.url_value_preprocessor(large_uploads({"datasets.create": limits.UPLOAD_BYTES}))


@blueprint.get("/datasets")
@login_required
def listing() -> ResponseReturnValue:
    """One's data sets, and the form that uploads another."""
    return render_listing(None)


@blueprint.post("/datasets")
@login_required
def create() -> ResponseReturnValue:
    """Keep what was chosen; whatever is wrong is said."""
    if not policy.may_submit(current_user):
        abort(403)
    settings = current_app.config["SETTINGS"]
    files, name = request.files.getlist("files"), request.form.get("name", "")
    try:
        made = service.add(db.session(), settings.var, current_user, files, name, settings.dataset_bytes)
    except service.DatasetProblem as problem:
        db.session.rollback()
        return render_listing(problem), 422
    flash(f"“{made.name}” is here. Look whether it is what you meant.", "success")
    return redirect(url_for("datasets.show", dataset_id=made.id))


@blueprint.get("/datasets/<int:dataset_id>")
@login_required
def show(dataset_id: int) -> ResponseReturnValue:
    """What was found in it, and what uses it."""
    return render_one(find(dataset_id), None)


@blueprint.get("/datasets/<int:dataset_id>/sheet.png")
@login_required
def sheet(dataset_id: int) -> ResponseReturnValue:
    """Some of its pictures."""
    content = find(dataset_id).sheet or abort(404, "This data set has no pictures.")
    return Response(content, mimetype="image/png", headers={"Cache-Control": "private, max-age=3600"})


@blueprint.post("/datasets/<int:dataset_id>/rename")
@login_required
def rename(dataset_id: int) -> ResponseReturnValue:
    """Another name."""
    dataset = find_own(dataset_id)
    try:
        service.rename(db.session(), dataset, request.form.get("name", ""))
    except service.DatasetProblem as problem:
        db.session.rollback()
        return render_one(find(dataset_id), problem), 422
    return redirect(url_for("datasets.show", dataset_id=dataset_id))


@blueprint.post("/datasets/<int:dataset_id>/delete")
@login_required
def delete(dataset_id: int) -> ResponseReturnValue:
    """Take it away; not while trials need it."""
    dataset = find_own(dataset_id)
    name = dataset.name
    try:
        service.delete(db.session(), current_app.config["SETTINGS"].var, dataset)
    except service.InUse as reason:
        flash(str(reason), "danger")
        return redirect(url_for("datasets.show", dataset_id=dataset_id))
    flash(f"“{name}” is deleted.", "success")
    return redirect(url_for("datasets.listing"))


def find(dataset_id: int) -> Dataset:
    """The data set, or 404: nobody learns which ones others have."""
    dataset = db.session.get(Dataset, dataset_id)
    if dataset is None or not policy.may_see_dataset(current_user, dataset):
        abort(404, f"You have no data set {dataset_id}.")
    return dataset


def find_own(dataset_id: int) -> Dataset:
    """The data set when this person may change it; 404 or 403 otherwise."""
    dataset = find(dataset_id)
    if not policy.may_change_dataset(current_user, dataset):
        abort(403)
    return dataset


def render_listing(problem: service.DatasetProblem | None) -> str:
    """The list, with what was typed."""
    return render_template(
        "datasets/listing.html",
        datasets=service.visible_to(db.session(), current_user),
        problem=problem,
        typed=request.form.get("name", "")[:200],
        limits=limits,
        most_bytes=current_app.config["SETTINGS"].dataset_bytes,
    )


def render_one(dataset: Dataset, problem: service.DatasetProblem | None) -> str:
    """The page of one."""
    return render_template(
        "datasets/show.html",
        dataset=dataset,
        path=service.path_of(dataset),
        uses=service.used_by(db.session(), dataset, current_user),
        problem=problem,
    )
