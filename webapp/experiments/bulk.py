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


@blueprint.post("/experiments/bulk")
@login_required
def bulk() -> ResponseReturnValue:
    """Compare, archive, restore or delete the ticked experiments; what is not one's own is left alone and said."""
    action, ids = request.form.get("action", ""), ticked()
    back = redirect(read_view(request.form).address())
    if not ids:
        flash("Tick one or more experiments first.", "warning")
        return back
    if action == "compare":
        return redirect(url_for("compare.index", ids=",".join(map(str, ids))))
    if action not in ("archive", "restore", "delete"):
        abort(400, "The action is one of compare, archive, restore and delete.")
    found = db.session.scalars(
        select(Experiment)
        .where(Experiment.id.in_(ids), policy.seen_by(current_user))
        .options(selectinload(Experiment.trials), selectinload(Experiment.shares))
    ).all()
    allowed = policy.may_manage if action == "delete" else policy.may_change
    mine = [experiment for experiment in found if allowed(current_user, experiment)]
    carry_out(action, mine)
    tell(action, len(mine), len(ids) - len(mine))
    return back


def ticked() -> list[int]:
    """The ids of the ticked rows, at most 200."""
    return row_ids(",".join(request.form.getlist("ids")[:200]))


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
