"""The table of experiments, and what is done with many at once."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp import policy
from webapp.experiments import blueprint, service
from webapp.experiments.search import SORTS, Page, SearchProblem, search
from webapp.experiments.summaries import rows_of
from webapp.models import Experiment, db

PER_PAGE = 25


@blueprint.get("/experiments")
@login_required
def listing() -> ResponseReturnValue:
    """A page of the table."""
    q, sort = request.args.get("q", "")[:500], request.args.get("sort", "created")
    archived = request.args.get("archived") == "1"
    problem = None
    try:
        page = search(db.session(), current_user, q, sort, PER_PAGE, request.args.get("cursor", ""), archived)
    except SearchProblem as error:
        page, problem = Page([], None), error.message
    template = (
        "experiments/_table.html"
        if request.headers.get("HX-Target") == "experiments-table"
        else "experiments/listing.html"
    )
    context: dict[str, Any] = {
        "rows": rows_of(db.session(), page.experiments),
        "next_cursor": page.next_cursor,
        "q": q,
        "sort": sort,
        "sorts": SORTS,
        "archived": archived,
        "problem": problem,
        "any_at_all": bool(page.experiments) or db.session.scalar(select(Experiment.id).limit(1)) is not None,
        "policy": policy,
    }
    return render_template(template, **context), 422 if problem and template.startswith("experiments/listing") else 200


@blueprint.post("/experiments/bulk")
@login_required
def bulk() -> ResponseReturnValue:
    """Compare, archive, restore or delete the ticked experiments; what is not one's own is left alone and said."""
    action, ids = request.form.get("action", ""), ticked()
    back = redirect(url_for("experiments.listing", q=request.form.get("q") or None))
    if not ids:
        flash("Tick one or more experiments first.", "warning")
        return back
    if action == "compare":
        return redirect(url_for("compare.index", ids=",".join(map(str, ids))))
    if action not in ("archive", "restore", "delete"):
        abort(400, "The action is one of compare, archive, restore and delete.")
    found = db.session.scalars(
        select(Experiment).where(Experiment.id.in_(ids)).options(selectinload(Experiment.trials))
    ).all()
    mine = [experiment for experiment in found if policy.may_change(current_user, experiment)]
    carry_out(action, mine)
    tell(action, len(mine), len(ids) - len(mine))
    return back


def ticked() -> list[int]:
    """The ids of the ticked rows, at most 200."""
    return [int(text) for text in request.form.getlist("ids")[:200] if text.isdecimal() and len(text) < 10]


def carry_out(action: str, experiments: Sequence[Experiment]) -> None:
    """Do it to each."""
    for experiment in experiments:
        if action == "delete":
            service.delete(db.session(), experiment)
        else:
            experiment.archived = action == "archive"
    db.session.commit()


def tell(action: str, done: int, left: int) -> None:
    """Say what happened."""
    past = {"archive": "archived", "restore": "restored", "delete": "deleted"}[action]
    if done:
        flash(f"{done} experiment{'' if done == 1 else 's'} {past}.", "success")
    if left:
        flash(
            f"{left} belong{'s' if left == 1 else ''} to somebody else and stayed as {'it was' if left == 1 else 'they were'}.",
            "warning",
        )
