"""The form that makes an experiment, generated from the parts' declarations."""

from collections.abc import Mapping
from typing import Any, get_args

import yaml
from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select

from dlcore.describe import describe
from dlcore.errors import SpecError
from dlcore.recipes import recipe_of, recipes
from dlcore.spec import Spec
from dlcore.validation import Problem, SpecInvalid, parse_spec
from webapp import policy
from webapp.datasets.service import data_of, own, path_of
from webapp.experiments import blueprint, service
from webapp.experiments.form_data import Submitted, read_form
from webapp.experiments.part_to_try import first_that_fits, spec_with_part
from webapp.experiments.spec_form import annotation_at, parts_of, section_at, spec_section, value_at
from webapp.ids import row_id
from webapp.job_limits import check_job
from webapp.models import Experiment, db
from webapp.tags.service import parse_tags

YAML_LONGEST = 200_000


@blueprint.get("/experiments/new")
@login_required
def new() -> ResponseReturnValue:
    """The form: empty, from a recipe, or as a clone of another experiment."""
    check_may_submit()
    title, description, tags, data = beginning()
    return render_new(title, description, tags, data, {})


@blueprint.post("/experiments/new")
@login_required
def create() -> ResponseReturnValue:
    """Submit it; whatever is wrong is said at its field, and nothing typed is lost."""
    check_may_submit()
    title, description, tags = (request.form.get(name, "") for name in ("title", "description", "tags"))
    submitted = read_form(request.form)
    spec, problems = check(submitted)
    visibility = request.form.get("visibility")
    try:
        service.checked(title, description, tags)
        service.checked_visibility(visibility, current_user)
        if spec is not None:
            service.check_runnable(db.session(), spec, current_user)
    except service.ExperimentProblem as problem:
        problems[problem.field] = problem.message
    if spec is None or problems:
        return render_new(title, description, tags, submitted.data, problems), 422
    experiment = service.create_experiment(
        db.session(), current_user, title, description, parse_tags(tags), spec, visibility=visibility
    )
    service.enqueue_promised()
    return redirect(url_for("experiments.show", experiment_id=experiment.id))


@blueprint.post("/experiments/new/section")
@login_required
def section() -> ResponseReturnValue:
    """The section of a path after its kind was changed."""
    path = request.args.get("path", "")
    made = section_at(path, request.form.get(f"{path}.kind", ""), read_form(request.form).data)
    if made is None:
        abort(422, f"There is no such kind at “{path[:60]}”.")
    return render_template("experiments/_section.html", section=made)


@blueprint.post("/experiments/new/list")
@login_required
def change_list() -> ResponseReturnValue:
    """The form's spec after a part was added to a list, taken out of it, or moved up in it."""
    data = read_form(request.form).data
    path, action = request.args.get("path", ""), request.args.get("action", "")
    items = value_at(path, data)
    annotation = annotation_at(path, data)
    if not isinstance(items, list) or annotation is None:
        abort(422, f"There is no list at “{path[:60]}”.")
    position = request.args.get("position", 0, type=int)
    if action == "add" and len(items) < 200:
        kinds = [kind for part in parts_of(get_args(annotation)[0]) for kind in part.kinds()]
        kind = request.form.get(f"{path}.add", "")
        items.append({"kind": kind if kind in kinds else kinds[0]})
    elif action == "remove" and 0 <= position < len(items):
        del items[position]
    elif action == "up" and 0 < position < len(items):
        items[position - 1], items[position] = items[position], items[position - 1]
    return render_template("experiments/_spec_fields.html", spec_form=spec_section(data, {}))


@blueprint.post("/experiments/new/preview")
@login_required
def preview() -> ResponseReturnValue:
    """The layer table, the YAML and the problems of what the form says now."""
    submitted = read_form(request.form)
    spec, problems = check(submitted)
    return render_template("experiments/_preview.html", **preview_context(spec, submitted.data, problems), swap=True)


@blueprint.post("/experiments/new/yaml")
@login_required
def from_yaml() -> ResponseReturnValue:
    """The form's fields after the YAML was edited."""
    text = request.form.get("yaml", "")
    data, problem = read_yaml(text)
    if problem:
        return render_template("experiments/_yaml_problem.html", problem=problem), 422
    try:
        spec = parse_spec(data)
    except SpecInvalid as invalid:
        return render_template("experiments/_yaml_problem.html", problems=invalid.problems), 422
    data = spec.model_dump(mode="json")
    context = preview_context(spec, data, {})
    return render_template("experiments/_from_yaml.html", spec_form=spec_section(data, {}), swap=True, **context)


def check_may_submit() -> None:
    """403 for those who may only look."""
    if not policy.may_submit(current_user):
        abort(403)


def beginning() -> tuple[str, str, str, Mapping[str, Any]]:
    """(title, description, tags, spec) that the form begins with."""
    if clone := request.args.get("clone", type=row_id):
        query = select(Experiment).where(Experiment.id == clone, policy.seen_by(current_user))
        experiment = db.session.scalar(query) or abort(404)
        if experiment.is_imported:
            abort(404, "This experiment was imported, so it has no spec that could be cloned.")
        tags = ", ".join(tag.name for tag in experiment.tags)
        if start := request.args.get("start", type=row_id):
            spec = {**experiment.spec, "start": {**experiment.spec.get("start", {}), "trial": start}}
            return f"From trial {start}: {experiment.title}"[:200], experiment.description, tags, spec
        return f"{experiment.title} (copy)"[:200], experiment.description, tags, experiment.spec
    if chosen := request.args.get("dataset", type=row_id):
        dataset = next((one for one in own(db.session(), current_user) if one.id == chosen), None)
        if dataset is None:
            abort(404, f"You have no data set {chosen}.")
        return dataset.name, "", "", first_that_fits("data", data_of(dataset))
    if anchor := request.args.get("part"):
        return "", "", "", spec_with_part(anchor) or abort(404, f"There is no part “{anchor[:60]}” to begin with.")
    name = request.args.get("recipe", "")
    recipe = recipe_of(name) if name else recipes()[0]
    if recipe is None:
        abort(404, f"There is no recipe “{name[:40]}”.")
    return (recipe.title if name else ""), (recipe.summary if name else ""), "", recipe.spec.model_dump(mode="json")


def check(submitted: Submitted) -> tuple[Spec | None, dict[str, str]]:
    """The spec, or what is wrong with it by path."""
    try:
        spec = parse_spec(submitted.data)
    except SpecInvalid as invalid:
        return None, {**by_path(invalid.problems), **submitted.missing}
    return (None, dict(submitted.missing)) if submitted.missing else (spec, {})


def by_path(problems: list[Problem]) -> dict[str, str]:
    """The first sentence for each path."""
    found: dict[str, str] = {}
    for problem in problems:
        found.setdefault(problem.path, problem.message)
    return found


def read_yaml(text: str) -> tuple[Any, str | None]:
    """The data of a YAML text, or what is wrong with it. Aliases are refused: they can make a small text huge."""
    if len(text) > YAML_LONGEST:
        return None, f"A spec has at most {YAML_LONGEST:,} characters; this one has {len(text):,}."
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            return None, "Anchors and aliases (& and *) are not understood here. Write the values out."
        return yaml.safe_load(text), None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return None, f"This is not YAML{where}: {getattr(error, 'problem', None) or error}."


def preview_context(spec: Spec | None, data: Mapping[str, Any], problems: Mapping[str, str]) -> dict[str, Any]:
    """What the preview shows."""
    description = None
    if spec is not None:
        try:
            description = describe(spec)
            check_job(spec, current_app.config["SETTINGS"])
        except SpecError as error:
            problems = {**problems, error.path: str(error)}
    written = spec.model_dump(mode="json") if spec is not None else data
    return {
        "description": description,
        "problems": problems,
        "yaml": yaml.safe_dump(written, sort_keys=False, default_flow_style=None, width=100),
    }


def render_new(title: str, description: str, tags: str, data: Mapping[str, Any], problems: Mapping[str, str]) -> str:
    """The whole page."""
    try:
        spec: Spec | None = parse_spec(data) if not problems else None
    except SpecInvalid as invalid:
        spec, problems = None, by_path(invalid.problems)
    context = preview_context(spec, data, problems)
    return render_template(
        "experiments/new.html",
        title=title,
        description_text=description,
        tags=tags,
        spec_form=spec_section(data, problems),
        recipes=recipes(),
        offered=[(one.kind, path_of(one), one.name) for one in own(db.session(), current_user)],
        chosen=request.args.get("recipe", ""),
        chosen_visibility=request.form.get("visibility"),
        swap=False,
        **context,
    )
