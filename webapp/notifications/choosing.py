"""What a person is told, and by which way: a matrix that they fill in."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.models import Channel, Rhythm, db
from webapp.notifications import blueprint
from webapp.notifying import choices
from webapp.notifying import webhooks as service
from webapp.notifying.choices import CHOSEN


@blueprint.get("/account/notifications")
@login_required
def settings() -> ResponseReturnValue:
    """The page."""
    return render_settings()


@blueprint.post("/account/notifications")
@login_required
def choose() -> ResponseReturnValue:
    """Keep what was chosen; a box that is not checked does not arrive."""
    missing = [name for name in ("rhythm", "hour") if name not in request.form]
    if missing:
        abort(422, f"The field {missing[0]} did not arrive. Please reload the page.")
    channels = {kind.value: request.form.getlist(kind.value) for kind in CHOSEN}
    hour = request.form["hour"]
    try:
        number = int(hour) if hour.isascii() and hour.isdecimal() and len(hour) <= 2 else -1
        choices.choose(db.session(), current_user.id, channels, request.form["rhythm"], number)
    except choices.ChoiceProblem as problem:
        db.session.rollback()
        abort(422, f"The field {problem.message}")
    flash("Saved. This is how you are told from now on.", "success")
    return redirect(url_for("notifications.settings"))


def render_settings(problem: service.WebhookProblem | None = None, typed: str = "") -> str:
    """The page, with what was typed."""
    choice = choices.of_person(db.session(), current_user.id)
    return render_template(
        "notifications/settings.html",
        kinds=choices.WORDS,
        channels=choices.CHANNEL_WORDS,
        rhythms=choices.RHYTHM_WORDS,
        matrix=choices.matrix(choice),
        choice=choice,
        webhooks=service.of_person(db.session(), current_user.id),
        most_webhooks=service.MOST,
        mail=Channel.MAIL,
        daily=Rhythm.DAILY,
        problem=problem,
        typed=typed,
    )
