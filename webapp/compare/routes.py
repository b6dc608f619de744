"""The page that lays experiments over each other."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from webapp.compare import blueprint
from webapp.compare.differences import differences
from webapp.experiments.show import described
from webapp.experiments.summaries import best
from webapp.models import Experiment, db

FEWEST, MOST = 2, 20
METRICS = (
    ("validation/accuracy", "Best val. accuracy", max),
    ("validation/loss", "Best val. loss", min),
    ("test/accuracy", "Test accuracy", max),
    ("test/loss", "Test loss", min),
    ("duration_s", "Duration", min),
)


@blueprint.get("/compare")
@login_required
def index() -> ResponseReturnValue:
    """The comparison of ``ids=3,5``; what to choose from when these are too few."""
    ids, problem = asked_ids()
    found = find(ids)
    if problem is None and (missing := [number for number in ids if number not in {e.id for e in found}]):
        problem = f"There is no experiment {', '.join(map(str, missing[:10]))}; it may have been deleted."
    if problem or len(found) < FEWEST:
        return picker(found, problem), 422 if problem else 200
    rows = differences([experiment.spec for experiment in found])
    return render_template("compare/index.html", experiments=found, rows=rows, metrics=metrics(found))


def asked_ids() -> tuple[list[int], str | None]:
    """The ids in the address, and what is wrong with them."""
    words = [word.strip() for word in ",".join(request.args.getlist("ids")).split(",") if word.strip()]
    if any(not word.isdecimal() or len(word) > 9 for word in words):
        return [], "The field ids holds numbers of experiments with commas between, such as 3,5."
    ids = list(dict.fromkeys(int(word) for word in words))
    if len(ids) > MOST:
        return [], f"At most {MOST} experiments can be compared; you asked for {len(ids)}."
    return ids, None


def find(ids: list[int]) -> list[Experiment]:
    """The experiments, in the order in which they were asked for."""
    query = select(Experiment).where(Experiment.id.in_(ids))
    loaded = (joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    found = {experiment.id: experiment for experiment in db.session.scalars(query.options(*loaded))}
    return [found[number] for number in ids if number in found]


def picker(chosen: Sequence[Experiment], problem: str | None) -> str:
    """The page on which experiments are chosen."""
    recent = db.session.scalars(
        select(Experiment)
        .where(Experiment.archived.is_(False))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials))
        .order_by(Experiment.id.desc())
        .limit(50)
    ).all()
    return render_template("compare/picker.html", recent=recent, chosen={e.id for e in chosen}, problem=problem)


def metrics(experiments: Sequence[Experiment]) -> list[dict[str, Any]]:
    """A row for each experiment: its numbers, and which of them are the best."""
    rows: list[dict[str, Any]] = []
    for experiment in experiments:
        results = experiment.trials[0].results
        description = described(experiment.spec)
        values = {key: best(results, key) for key, _, _ in METRICS}
        rows.append(
            {"experiment": experiment, "values": values, "parameters": description.parameters if description else None}
        )
    for key, _, better in METRICS:
        known = [row["values"][key] for row in rows if row["values"][key] is not None]
        for row in rows:
            row.setdefault("best", {})[key] = len(known) > 1 and row["values"][key] == better(known)
    return rows
