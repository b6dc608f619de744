"""The page of one experiment: one of its trials, live."""

import contextlib
from typing import Any

import yaml
from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from pydantic import ValidationError
from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from dlcore.describe import Description, describe
from dlcore.errors import SpecError
from dlcore.spec import Spec
from webapp import policy
from webapp.api.resources import layout_resource
from webapp.auth.login import login_or_link, remember_link
from webapp.comments.markdown import render
from webapp.experiments import blueprint, control
from webapp.experiments.address import address_of
from webapp.experiments.metrics import LABELS, in_words, metrics_of
from webapp.experiments.summaries import parts_in_words
from webapp.experiments.waiting import why_waiting
from webapp.exports.formats import FORMATS
from webapp.finding import stars, visits
from webapp.layouts import service as layouts
from webapp.live.standing import positions_of
from webapp.models import Artifact, Comment, Experiment, LogLine, Priority, State, Trial, db
from webapp.notifying import choices
from webapp.store import artifacts
from webapp.store.live import last_id
from webapp.store.news import experiment_topic

LOG_LINES = 500
REQUEST_WORDS = {
    "stop": "stopping",
    "keep_best": "ending with the best weights",
    "pause": "pausing",
    "move": "moving to {queue}",
}
MOST_TRIALS = 50


@blueprint.get("/experiments/<int:experiment_id>")
@login_required
def show(experiment_id: int) -> ResponseReturnValue:
    """The page. ``?trial=2`` shows another of its trials."""
    return render_page(find_experiment(experiment_id))


@blueprint.get("/public/<key>")
def public(key: str) -> ResponseReturnValue:
    """The page to read, for anybody who has the experiment's public link; for those who are logged in the usual one."""
    experiment_id = (
        db.session.scalar(select(Experiment.id).where(Experiment.link_key == key)) if key.isascii() else None
    )
    if experiment_id is None:
        abort(404, "This link leads nowhere. It may have been revoked, or not be whole.")
    if current_user.is_authenticated:
        return redirect(url_for("experiments.show", experiment_id=experiment_id))
    remember_link(key)
    return render_page(find_experiment(experiment_id)), {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def render_page(experiment: Experiment, **edited: Any) -> str:
    """The page: with all that this person may do, or to read. ``edited``: what was ``said`` in its form, and the ``problem``."""
    trial = chosen_trial(experiment)
    news = positions_of([experiment_topic(experiment.id)])
    position = position_of(trial)  # before the log is read: what comes later comes by the stream
    db.session.refresh(trial)
    lines = last_lines(trial)
    metrics = metrics_of(experiment.spec)
    run = run_of(experiment, trial)
    page = render_template(
        "experiments/show.html",
        experiment=experiment,
        address=address_of(experiment),
        is_public=not current_user.is_authenticated,
        trial=trial,
        waiting=why_waiting(db.session(), trial),
        lines=lines,
        log_is_cut=len(lines) == LOG_LINES,
        comment_count=count_comments(experiment),
        starred=current_user.is_authenticated and stars.is_starred(db.session(), current_user, experiment.id),
        description_html=render(experiment.description),
        parts=parts_in_words(experiment.spec),
        table=layer_table(experiment.spec),
        spec_yaml=yaml.safe_dump(experiment.spec, sort_keys=False, default_flow_style=None, width=80),
        metric=metrics[0],
        metric_in_words=in_words(metrics[0]),
        metrics=metrics,
        metric_labels=LABELS,
        **control_of(trial, experiment),
        watching=choices.watching(db.session(), current_user.id, experiment.id),
        weights=first_of_each_kind(artifacts.with_weights(db.session(), trial.id)),
        run=run,
        run_texts={tag: render(text) for tag, text in run["texts"].items()} if run else {},
        export_formats={name: format.title for name, format in FORMATS.items()},
        page_data={
            "trial": trial.id,
            "position": position,
            "facts": facts(trial, experiment),
            "others": sorted({other.state for other in experiment.trials if other is not trial}),
            "experiment": experiment.id,
            "may_comment": policy.may_comment(current_user, experiment),
            "news": news,
            "layouts": [layout_resource(layout) for layout in layouts.of_person(db.session(), current_user.id)],
            **shown_together(trial, experiment),
        },
        **edited,
    )
    if current_user.is_authenticated:
        visits.remember(db.session(), current_user.id, experiment.id)
    return page


def control_of(trial: Trial, experiment: Experiment) -> dict[str, Any]:
    """What may be done with its trials now, and where this one stands in line."""
    may_change = policy.may_change(current_user, experiment)
    states = {other.state for other in experiment.trials}
    is_live = not all(State(state).ended for state in states)
    return {
        "may_change": may_change,
        "may_manage": policy.may_manage(current_user, experiment),
        "may_submit": policy.may_submit(current_user),
        "live_states": states,
        "queues": control.queues(trial) if may_change and is_live else [],
        "priority": Priority(trial.priority).word,
        "request_words": {name: words.format(queue=trial.queue) for name, words in REQUEST_WORDS.items()},
    }


@blueprint.get("/experiments/<int:experiment_id>/waiting")
@login_or_link
def waiting(experiment_id: int) -> ResponseReturnValue:
    """Why the trial that the page shows has not started yet, asked for again while it waits; nothing once it has."""
    return why_waiting(db.session(), chosen_trial(find_experiment(experiment_id))) or ""


def shown_together(trial: Trial, experiment: Experiment) -> dict[str, list[int]]:
    """The trials whose curves the page may show beside each other: this one, and the first of the others."""
    others = [other for other in experiment.trials if other.id != trial.id][: MOST_TRIALS - 1]
    shown = sorted([trial, *others], key=lambda one: one.number)
    return {"trials": [one.id for one in shown], "numbers": [one.number for one in shown]}


def find_experiment(experiment_id: int) -> Experiment:
    """The experiment with what its page reads, or 404."""
    query = (
        select(Experiment)
        .where(Experiment.id == experiment_id, policy.seen_by(current_user))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    return db.session.scalar(query) or abort(404)


def chosen_trial(experiment: Experiment) -> Trial:
    """The trial that ``?trial=`` names by its number, the first otherwise."""
    number = request.args.get("trial", 1, type=int)
    found = [trial for trial in experiment.trials if trial.number == number]
    return found[0] if found else abort(404, f"This experiment has no trial {number}.")


def run_of(experiment: Experiment, trial: Trial) -> dict[str, Any] | None:
    """What the run told of itself that was uploaded as this trial; None for one that was trained here."""
    told = experiment.imported if experiment.is_imported else None
    return told["runs"][trial.number - 1] if told else None


def position_of(trial: Trial) -> str | None:
    """Where the trial's stream stands, as the live routes write it; None while Redis is away."""
    redis = current_app.extensions["redis"]
    with contextlib.suppress(RedisError):
        if redis is not None:
            return f"{trial.id}:{last_id(redis, trial.id)}"
    return None


def first_of_each_kind(found: list[Artifact]) -> list[Artifact]:
    """The best weights and the newest checkpoint, of those there are."""
    firsts: dict[str, Artifact] = {}
    for artifact in found:
        firsts.setdefault(artifact.kind, artifact)
    return list(firsts.values())


def last_lines(trial: Trial) -> list[LogLine]:
    """The end of the trial's log, in the order of time."""
    query = select(LogLine).where(LogLine.trial_id == trial.id).order_by(LogLine.id.desc()).limit(LOG_LINES)
    return list(reversed(db.session.scalars(query).all()))


def count_comments(experiment: Experiment) -> int:
    """How many comments it has."""
    query = select(func.count()).where(Comment.experiment_id == experiment.id, Comment.deleted_at.is_(None))
    return db.session.scalar(query) or 0


def layer_table(spec: dict[str, Any]) -> Description | None:
    """The layers, shapes and parameters; None for a spec that is no longer understood."""
    try:
        return describe(Spec.model_validate(spec))
    except (ValidationError, SpecError):
        return None


def facts(trial: Trial, experiment: Experiment) -> dict[str, Any]:
    """What the page's script knows before the first snapshot."""
    progress = {
        "step": trial.step,
        "steps": trial.steps,
        "epoch": trial.epoch,
        "epochs": experiment.spec.get("epochs"),
        "examples_per_second": trial.examples_per_second,
    }
    return {
        "state": trial.state,
        "attempt": trial.attempt,
        "failure": trial.failure,
        "results": trial.results,
        "started_at": trial.started_at.timestamp() if trial.started_at else None,
        "progress": progress,
    }
