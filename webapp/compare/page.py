"""The page of a comparison."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from webapp import policy
from webapp.api.resources import layout_resource
from webapp.compare.axes import Axis, axes_of, is_in_list
from webapp.compare.chosen import FEWEST, find
from webapp.compare.differences import Difference, rows_of
from webapp.compare.grouping import share_of_each
from webapp.compare.saved import NOTES_LONGEST, TYPED_NAME, mark_of, of_person
from webapp.compare.summary import Summary, all_columns, main_metrics, summaries
from webapp.experiments.metrics import in_words
from webapp.layouts import service as layouts
from webapp.live.routes import MOST_TRIALS
from webapp.models import Comparison, Experiment, db
from webapp.models.comparison import NAME_LONGEST

FEW_ROWS = 6
MOST_OFFERED = 20  # saved comparisons into which these experiments may go


def render_saved(comparison: Comparison, typed_notes: str | None = None, problem: str | None = None) -> str:
    """The page of a saved comparison, with those of its experiments that the reader may see. ``typed_notes`` are some that could
    not be kept because of ``problem``.
    """
    experiments = find(db.session(), comparison.ids, current_user)
    hidden = len(comparison.ids) - len(experiments)
    if len(experiments) >= FEWEST:
        return render_comparison(experiments, comparison, hidden, typed_notes, problem)
    may_change = policy.may_change_comparison(current_user, comparison)
    context = {"comparison": comparison, "experiments": experiments, "hidden": hidden, "may_change": may_change}
    return render_template("compare/too_few.html", **context)


def render_comparison(
    experiments: Sequence[Experiment],
    comparison: Comparison | None = None,
    hidden: int = 0,
    typed_notes: str | None = None,
    notes_problem: str | None = None,
) -> str:
    """The page, of a saved comparison or of one that only an address names. ``hidden``: how many of the saved are not shown."""
    columns = all_columns(experiments)
    rows = summaries(experiments, MOST_TRIALS, columns)
    specs = [experiment.spec for experiment in experiments]
    axes = axes_of(specs, columns, rows)
    charts = charts_for(main_metrics(experiments))
    compared = rows_of(specs)
    return render_template(
        "compare/index.html",
        rows=rows,
        columns=columns,
        charts=charts,
        compared=compared,
        differing=sum(not row.is_equal for row in compared),
        averaged=any(len(row.trials) > 1 for row in rows),
        groupable=groupable(compared),
        share=share_of_each(experiments),
        some_trials_missing=any(len(row.trials) < len(row.experiment.trials) for row in rows),
        page_data=page_data(rows, axes, [key for key, _ in charts]),
        ids=",".join(str(experiment.id) for experiment in experiments),
        comparison=comparison,
        hidden=hidden,
        may_change=comparison is not None and policy.may_change_comparison(current_user, comparison),
        may_keep=policy.may_keep_comparisons(current_user),
        others=[] if comparison else of_person(db.session(), current_user.id)[:MOST_OFFERED],
        typed_name=request.args.get(TYPED_NAME, ""),
        typed_notes=typed_notes,
        notes_problem=notes_problem,
        notes_mark=mark_of(comparison.notes) if comparison else "",
        longest={"name": NAME_LONGEST, "notes": NOTES_LONGEST},
    )


def groupable(compared: Sequence[Difference]) -> list[tuple[str, list[str]]]:
    """(heading, paths) of what experiments can be grouped by: all fields, those of parts in lists behind the others."""
    rows = sorted(compared, key=lambda row: is_in_list(row.path))
    differing, equal = ([row.path for row in rows if row.is_equal == wanted] for wanted in (False, True))
    headed = [("Fields of the specs that differ", differing), ("The same in all: one group", equal)]
    return [(heading, paths) for heading, paths in headed if paths]


def page_data(rows: Sequence[Summary], axes: Sequence[Axis], keys: Sequence[str]) -> dict[str, Any]:
    """What the page's modules read."""
    return {
        "experiments": [
            {
                "id": row.experiment.id,
                "title": row.experiment.title,
                "trials": [trial.id for trial in row.trials],
                "whole": len(row.trials) == len(row.experiment.trials),
                "url": url_for("experiments.show", experiment_id=row.experiment.id),
            }
            for row in rows
        ],
        "axes": [axis.as_json() for axis in axes],
        "keys": list(keys),
        "points": 1000 if len(rows) <= FEW_ROWS else 400,
        "layouts": [layout_resource(layout) for layout in layouts.of_person(db.session(), current_user.id)],
    }


def charts_for(metrics: Sequence[str]) -> list[tuple[str, str]]:
    """(curve, title) of the charts where these are the main metrics."""
    main = [
        (f"{part}/{metric}", f"{word} {in_words(metric)}")
        for metric in metrics
        for part, word in (("validation", "Validation"), ("train", "Training"))
    ]
    return [("train/loss", "Training loss"), ("validation/loss", "Validation loss"), *main]
