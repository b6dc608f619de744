"""Experiments, for programs."""

from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from dlcore.validation import Problem, SpecInvalid, parse_spec
from webapp import policy
from webapp.api import blueprint
from webapp.api.access import check_may_submit
from webapp.api.bodies import ExperimentBody, ExperimentPatch, read_body, read_word
from webapp.api.description import documented, one_of
from webapp.api.matching import check_match, tagged
from webapp.api.paging import Listing, read_cursor, write_cursor
from webapp.api.problems import Refused, invalid, refused
from webapp.api.resources import (
    ExperimentResource,
    SubmittedResource,
    experiment_resource,
    imported_resource,
    submitted_resource,
)
from webapp.experiments import service
from webapp.models import Experiment, Scope, db
from webapp.search.orders import DEFAULT as NEWEST
from webapp.search.pages import Search
from webapp.search.problem import SearchProblem
from webapp.sharing.service import set_visibility
from webapp.store.access import tell_watchers
from webapp.tags.service import TagProblem, parse_tags

EXPERIMENTS = Listing("experiments", ExperimentResource)


@blueprint.post("/experiments")
@documented(
    "Submit an experiment", body=ExperimentBody, status=201, errors=(403,), answer=SubmittedResource, scope=Scope.TRAIN
)
def create_experiment() -> ResponseReturnValue:
    """Checked like the form; its trials are queued when this returns."""
    check_may_submit()
    body = read_body(ExperimentBody)
    said = service.wrong_words(body.title, body.description, body.tags)
    wrong = [Problem(problem.field, problem.message) for problem in said]
    try:
        service.checked_visibility(body.visibility, current_user)
    except service.ExperimentProblem as problem:
        wrong.append(Problem(problem.field, problem.message))
    try:
        spec = parse_spec(body.spec)
    except SpecInvalid as error:
        raise invalid(
            [*wrong, *(Problem(f"spec.{p.path}" if p.path else "spec", p.message) for p in error.problems)]
        ) from error
    try:
        service.check_runnable(db.session(), spec, current_user)
    except service.ExperimentProblem as problem:
        wrong.append(Problem(f"spec.{problem.field}", problem.message))
    if wrong:
        raise invalid(wrong)
    experiment = service.create_experiment(
        db.session(), current_user, body.title, body.description, body.tags, spec, visibility=body.visibility
    )
    location = url_for("api.show_experiment", experiment_id=experiment.id)
    answer = jsonify(submitted_resource(experiment))
    service.enqueue_promised()
    return answer, 201, {"Location": location}


@blueprint.get("/experiments")
@documented(
    "List experiments",
    query={
        "search": "The search language of the table, for example: optimizer.kind = adam and val/accuracy > 0.9 and tag:baseline "
        "and owner:me. Fields of the spec by dotted path, results by name, tag, owner, state, title, created, updated; = != < <= "
        "> >= ~ in (...); and, or, not, parentheses; words alone are looked for in titles and descriptions.",
        "sort": "created (newest first), updated, title, a result or a field of the spec; best first, - turns it round.",
        "archived": one_of("1 for the archived ones.", "0", "1"),
    },
    answer=EXPERIMENTS,
)
def list_experiments() -> ResponseReturnValue:
    """A page of experiments, best first, and the cursor of the next."""
    text, archived = request.args.get("search", ""), read_word("archived", "0", "1") == "1"
    (after,) = read_cursor(request.args.get("cursor", ""), 1) or ("",)
    try:
        found = Search(db.session(), current_user, text, archived)
        page = found.page(request.args.get("sort") or NEWEST, EXPERIMENTS.limit, str(after))
    except SearchProblem as problem:
        raise invalid([Problem(problem.field, problem.told)]) from problem
    behind = write_cursor([page.next_cursor]) if page.next_cursor else None
    return EXPERIMENTS.page([experiment_resource(one) for one in page.experiments], behind)


@blueprint.get("/experiments/<int:experiment_id>")
@documented("Show an experiment", errors=(404,), answer=ExperimentResource)
def show_experiment(experiment_id: int) -> ResponseReturnValue:
    """An experiment with its spec and trials. One that was imported has no spec, but what each run told of itself."""
    return tagged(jsonify(imported_resource(find_experiment(experiment_id))))


@blueprint.patch("/experiments/<int:experiment_id>")
@documented("Change an experiment", body=ExperimentPatch, errors=(404, 412), answer=ExperimentResource)
def change_experiment(experiment_id: int) -> ResponseReturnValue:
    """Its title, description, tags, who sees it, or whether it is archived; what is left out stays."""
    experiment = own_experiment(experiment_id)
    body = read_body(ExperimentPatch)
    if body.visibility is not None and not policy.may_manage(current_user, experiment):
        raise Refused(403, "Only its owner and administrators say who sees an experiment.")
    check_match(experiment, lambda: experiment_resource(experiment))
    title = experiment.title if body.title is None else body.title
    description = experiment.description if body.description is None else body.description
    tags = [tag.name for tag in experiment.tags] if body.tags is None else body.tags
    try:
        service.checked(title, description, parse_tags(tags))
        if body.archived is not None:
            experiment.archived = body.archived
        if body.visibility is not None:
            set_visibility(experiment, service.checked_visibility(body.visibility, current_user))
        service.change(db.session(), experiment, title, description, tags)
    except TagProblem as problem:
        raise invalid([Problem("tags", str(problem))]) from problem
    except service.ExperimentProblem as problem:
        raise refused(problem) from problem
    if body.visibility is not None:
        tell_watchers(current_app.extensions["redis"])
    return tagged(jsonify(experiment_resource(experiment)))


@blueprint.delete("/experiments/<int:experiment_id>")
@documented("Delete an experiment", status=204, errors=(403, 404, 412))
def delete_experiment(experiment_id: int) -> ResponseReturnValue:
    """For good, with its curves, pictures and comments; a running trial is stopped."""
    experiment = find_experiment(experiment_id)
    if not policy.may_manage(current_user, experiment):
        raise Refused(403, policy.refusal(current_user))
    check_match(experiment, lambda: experiment_resource(experiment))
    service.delete(db.session(), experiment)
    return Response(status=204)


def find_experiment(experiment_id: int) -> Experiment:
    """The experiment with all that its resource shows, or Refused (404)."""
    experiment = db.session.scalar(
        select(Experiment)
        .where(Experiment.id == experiment_id, policy.seen_by(current_user))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    if experiment is None:
        raise Refused(404, f"There is no experiment {experiment_id}.")
    return experiment


def own_experiment(experiment_id: int) -> Experiment:
    """The experiment when this person may change it; Refused (404 or 403) otherwise."""
    experiment = find_experiment(experiment_id)
    if not policy.may_change(current_user, experiment):
        raise Refused(403, policy.refusal(current_user))
    return experiment
