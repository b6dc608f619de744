"""The bell on every page, and the list that it leads to."""

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from webapp import policy
from webapp.ids import row_id
from webapp.models import Experiment, Notification, db
from webapp.notifications import blueprint
from webapp.notifying import choices, inbox, wording


@blueprint.app_template_global("unread_count")
def unread_count() -> int:
    """What the bell shows; nothing on a page that says that the database is away."""
    try:
        return inbox.count_unread(db.session(), current_user)
    except SQLAlchemyError:
        db.session.rollback()
        return 0


@blueprint.get("/notifications")
@login_required
def listing() -> ResponseReturnValue:
    """The newest first; ``?unread=1`` leaves out what was read, ``?before=`` goes on behind the last one."""
    unread, before = request.args.get("unread") == "1", request.args.get("before", type=row_id)
    found = inbox.listing(db.session(), current_user, before=before, unread=unread, limit=inbox.PAGE + 1)
    shown = found[: inbox.PAGE]
    more = shown[-1].id if len(found) > inbox.PAGE else None
    return render_template(
        "notifications/listing.html", notifications=shown, wording=wording, unread=unread, before=before, more=more
    )


@blueprint.post("/notifications/read")
@login_required
def read_all() -> ResponseReturnValue:
    """All of them have been seen."""
    inbox.mark_read(db.session(), current_user)
    ring()
    return redirect(url_for("notifications.listing"))


@blueprint.post("/notifications/<int:notification_id>/read")
@login_required
def read(notification_id: int) -> ResponseReturnValue:
    """This one has been seen."""
    notification = find(notification_id)
    inbox.mark_read(db.session(), current_user, [notification.id])
    return show(notification)


@blueprint.post("/notifications/<int:notification_id>/unread")
@login_required
def unread(notification_id: int) -> ResponseReturnValue:
    """This one is to be come back to."""
    notification = find(notification_id)
    inbox.mark_unread(db.session(), current_user, [notification.id])
    return show(notification)


@blueprint.post("/experiments/<int:experiment_id>/watching")
@login_required
def watch(experiment_id: int) -> ResponseReturnValue:
    """Hear of everything about an experiment, of nothing, or of what concerns oneself."""
    experiment = db.session.scalar(select(Experiment).where(Experiment.id == experiment_id))
    if experiment is None or not policy.may_see(current_user, experiment):
        abort(404)
    try:
        choices.watch(db.session(), current_user, experiment, request.form.get("watching", ""))
    except choices.ChoiceProblem as problem:
        abort(422, f"The field {problem.message}")
    return redirect(url_for("experiments.show", experiment_id=experiment_id))


def find(notification_id: int) -> Notification:
    """One of this person's, or 404."""
    return inbox.find(db.session(), current_user, notification_id) or abort(404)


def show(notification: Notification) -> ResponseReturnValue:
    """The line as it is now, for the list that htmx changes; and the bell on this person's other pages."""
    ring()
    if "HX-Request" not in request.headers:
        return Response(status=204)
    db.session.refresh(notification)
    return render_template("notifications/_notification.html", notification=notification, wording=wording)


def ring() -> None:
    """How many are unread, to this person's open pages."""
    inbox.ring(current_app.extensions["redis"], db.session(), current_user)
