"""The comparison, and the list from which one is chosen."""

from collections.abc import Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp import policy
from webapp.api.resources import layout_resource
from webapp.auth.login import login_or_link
from webapp.compare import blueprint
from webapp.compare.differences import differences
from webapp.compare.summary import columns_for, main_metrics, summaries, trials_of
from webapp.experiments.metrics import in_words
from webapp.experiments.show import address_of
from webapp.experiments.summaries import parts_in_words
from webapp.layouts import service as layouts
from webapp.models import Experiment, db

FEWEST, MOST = 2, 20
MOST_TRIALS = 50
LISTED = 100


@blueprint.get("/compare")
@login_required
def index() -> ResponseReturnValue:
    """``?ids=3,5``: the experiments in that order; without at least two, a list to choose from."""
    if picked := request.args.getlist("pick"):
        return redirect(url_for("compare.index", ids=",".join(picked)))
    ids, problem = read_ids(request.args.get("ids", ""))
    experiments = find(ids) if not problem else []
    missing = [str(number) for number in ids if number not in {experiment.id for experiment in experiments}]
    if not problem and missing:
        problem = f"There is no experiment {' and no experiment '.join(missing[:3])}. It may have been deleted."
    if problem or len(experiments) < FEWEST:
        return render_picker([experiment.id for experiment in experiments] or ids, problem), 422 if problem else 200
    return render_comparison(experiments)


@blueprint.get("/experiments/<int:experiment_id>/trials")
@login_or_link
def trials(experiment_id: int) -> ResponseReturnValue:
    """The final values of an experiment's trials, as a part of its page."""
    found = find([experiment_id])
    if not found:
        abort(404)
    columns, rows, means = trials_of(found[0])
    return render_template(
        "compare/trials.html",
        experiment=found[0],
        columns=columns,
        rows=rows,
        means=means,
        address=address_of(found[0]),
    )


def read_ids(text: str) -> tuple[list[int], str | None]:
    """(ids, what is wrong with them)."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if not (word.isascii() and word.isdecimal() and len(word) < 10)]
    if wrong:
        return [], f"“{wrong[0][:40]}” is not the number of an experiment."
    ids = list(dict.fromkeys(int(word) for word in words))
    if len(ids) > MOST:
        return [], f"At most {MOST} experiments can be compared at once; you chose {len(ids):,}."
    return ids, None


def find(ids: Sequence[int]) -> list[Experiment]:
    """The experiments of these ids that this person sees, in the order of the ids."""
    query = (
        select(Experiment)
        .where(Experiment.id.in_(ids), policy.seen_by(current_user))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    found = {experiment.id: experiment for experiment in db.session.scalars(query)} if ids else {}
    return [found[number] for number in ids if number in found]


def render_picker(chosen: Sequence[int], problem: str | None) -> str:
    """The list to choose from, newest first."""
    listed = (
        select(Experiment)
        .where(Experiment.archived.is_(False), policy.seen_by(current_user))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials))
        .order_by(Experiment.id.desc())
        .limit(LISTED)
    )
    rows = [(experiment, parts_in_words(experiment.spec)) for experiment in db.session.scalars(listed)]
    return render_template(
        "compare/picker.html", rows=rows, chosen=set(chosen), problem=problem, fewest=FEWEST, most=MOST
    )


def render_comparison(experiments: Sequence[Experiment]) -> str:
    """The page."""
    metrics = main_metrics(experiments)
    columns, charts = columns_for(metrics), charts_for(metrics)
    rows = summaries(experiments, MOST_TRIALS)
    data = {
        "experiments": [
            {"id": row.experiment.id, "title": row.experiment.title, "trials": [trial.id for trial in row.trials]}
            for row in rows
        ],
        "keys": [key for key, _ in charts],
        "points": 1000 if len(rows) <= 6 else 400,
        "layouts": [layout_resource(layout) for layout in layouts.of_person(db.session(), current_user.id)],
    }
    return render_template(
        "compare/index.html",
        rows=rows,
        columns=columns,
        charts=charts,
        differences=differences([experiment.spec for experiment in experiments]),
        averaged=any(len(row.trials) > 1 for row in rows),
        page_data=data,
    )


def charts_for(metrics: Sequence[str]) -> list[tuple[str, str]]:
    """(curve, title) of the charts where these are the main metrics."""
    main = [
        (f"{part}/{metric}", f"{word} {in_words(metric)}")
        for metric in metrics
        for part, word in (("validation", "Validation"), ("train", "Training"))
    ]
    return [("train/loss", "Training loss"), ("validation/loss", "Validation loss"), *main]
