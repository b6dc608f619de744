"""What is done with many experiments at once."""

from collections.abc import Sequence

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp import policy
from webapp.experiments import blueprint, service
from webapp.experiments.listing import read_view
from webapp.ids import row_ids
from webapp.models import Experiment, db
from webapp.tags.service import TagProblem, parse_tags, tag_many

PAST = {
    "tag": "tagged",
    "untag": "freed of these tags",
    "archive": "archived",
    "restore": "restored",
    "delete": "deleted",
}


@blueprint.post("/experiments/bulk")
@login_required
def bulk() -> ResponseReturnValue:
    """Compare, tag, archive, restore or delete the ticked experiments; what is not one's own is left alone and said."""
    action, ids = request.form.get("action", ""), ticked()
    back = redirect(read_view(request.form).address())
    if not ids:
        flash("Tick one or more experiments first.", "warning")
        return back
    if action == "compare":
        return redirect(url_for("compare.index", ids=",".join(map(str, ids))))
    if action not in PAST:
        abort(400, f"The action is one of compare, {', '.join(PAST)}.")
    found = db.session.scalars(
        select(Experiment)
        .where(Experiment.id.in_(ids), policy.seen_by(current_user))
        .options(selectinload(Experiment.trials), selectinload(Experiment.shares), selectinload(Experiment.tags))
    ).all()
    allowed = policy.may_manage if action == "delete" else policy.may_change
    mine = [experiment for experiment in found if allowed(current_user, experiment)]
    try:
        carry_out(action, mine)
    except TagProblem as problem:
        flash(str(problem), "warning")
        return back
    tell(action, len(mine), len(ids) - len(mine))
    return back


def ticked() -> list[int]:
    """The ids of the ticked rows, at most 200."""
    return row_ids(",".join(request.form.getlist("ids")[:200]))


def carry_out(action: str, experiments: Sequence[Experiment]) -> None:
    """Do it to each. Raises TagProblem."""
    if action in ("tag", "untag"):
        tag_ticked(action, experiments)
        return
    for experiment in experiments:
        if action == "delete":
            service.delete(db.session(), experiment)
        else:
            experiment.archived = action == "archive"
    db.session.commit()


def tag_ticked(action: str, experiments: Sequence[Experiment]) -> None:
    """Give each the tags of the form, or take them from it. Raises TagProblem."""
    names = parse_tags(request.form.get("tags", ""))
    if not names:
        raise TagProblem("Write one or more tags first.")
    add, remove = (names, []) if action == "tag" else ([], names)
    tag_many(db.session(), experiments, add, remove)


def tell(action: str, done: int, left: int) -> None:
    """Say what happened."""
    if done:
        flash(f"{done} experiment{'' if done == 1 else 's'} {PAST[action]}.", "success")
    if left:
        flash(
            f"{left} belong{'s' if left == 1 else ''} to somebody else and stayed as {'it was' if left == 1 else 'they were'}.",
            "warning",
        )
