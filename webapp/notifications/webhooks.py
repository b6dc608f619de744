"""Pages of a person's webhooks: each with what was sent to it."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.auth.limits import limiter
from webapp.models import DeliveryState, Webhook, WebhookDelivery, db
from webapp.notifications import blueprint
from webapp.notifications.choosing import render_settings
from webapp.notifying import webhooks as service


def by_person() -> str:
    """Counts what one person has sent, from wherever they are."""
    return f"webhooks:{current_user.id}"


send_by_person = limiter.shared_limit("20 per minute", "webhooks", methods=["POST"], key_func=by_person)


@blueprint.post("/account/webhooks")
@login_required
def create_webhook() -> ResponseReturnValue:
    """A new one; its page shows the secret this once."""
    url = request.form.get("url", "")
    try:
        webhook = service.create(db.session(), current_user.id, url, allow_private())
    except service.WebhookProblem as problem:
        return render_settings(problem, url), 422
    return render_webhook(webhook, secret=webhook.secret)


@blueprint.get("/account/webhooks/<int:webhook_id>")
@login_required
def webhook(webhook_id: int) -> ResponseReturnValue:
    """Its address and what was sent to it."""
    return render_webhook(own_webhook(webhook_id))


@blueprint.post("/account/webhooks/<int:webhook_id>")
@login_required
def change_webhook(webhook_id: int) -> ResponseReturnValue:
    """Another address, or switched on and off."""
    webhook = own_webhook(webhook_id)
    values: dict[str, Any] = {"url": request.form["url"]} if "url" in request.form else {}
    if "active" in request.form:
        values["active"] = request.form["active"] == "1"
    if not values:
        abort(422, "The field url did not arrive. Please reload the page.")
    try:
        service.change(db.session(), webhook, allow_private(), **values)
    except service.WebhookProblem as problem:
        db.session.rollback()
        return render_webhook(own_webhook(webhook_id), problem=problem, typed=values.get("url")), 422
    flash("Saved." if "url" in values else "Switched on." if webhook.active else "Switched off.", "success")
    return redirect(url_for("notifications.webhook", webhook_id=webhook_id))


@blueprint.post("/account/webhooks/<int:webhook_id>/secret")
@login_required
def renew_secret(webhook_id: int) -> ResponseReturnValue:
    """Another secret, shown this once."""
    webhook = own_webhook(webhook_id)
    return render_webhook(webhook, secret=service.renew_secret(db.session(), webhook))


@blueprint.post("/account/webhooks/<int:webhook_id>/test")
@login_required
@send_by_person
def test_webhook(webhook_id: int) -> ResponseReturnValue:
    """Have a worker send something."""
    return promised(webhook_id, lambda webhook: service.test(db.session(), webhook))


@blueprint.post("/account/deliveries/<int:delivery_id>/redeliver")
@login_required
@send_by_person
def redeliver(delivery_id: int) -> ResponseReturnValue:
    """Have a worker send the same once more."""
    delivery = own_delivery(delivery_id)
    return promised(delivery.webhook_id, lambda _: service.send_again(db.session(), delivery))


@blueprint.post("/account/webhooks/<int:webhook_id>/delete")
@login_required
def delete_webhook(webhook_id: int) -> ResponseReturnValue:
    """Take it away, with the log of what was sent."""
    db.session.delete(own_webhook(webhook_id))
    db.session.commit()
    flash("The webhook is deleted.", "success")
    return redirect(url_for("notifications.settings"))


def promised(webhook_id: int, act: Any) -> ResponseReturnValue:
    """Promise something to be sent, and show the log, in which it will appear."""
    try:
        act(own_webhook(webhook_id))
    except service.WebhookProblem as problem:
        flash(problem.message, "warning")
    return redirect(url_for("notifications.webhook", webhook_id=webhook_id))


def own_webhook(webhook_id: int) -> Webhook:
    """This person's webhook, or 404: nobody learns which ones others have."""
    found = db.session.get(Webhook, webhook_id)
    return found if found is not None and found.user_id == current_user.id else abort(404)


def own_delivery(delivery_id: int) -> WebhookDelivery:
    """What was sent to one of this person's webhooks, or 404."""
    found = db.session.get(WebhookDelivery, delivery_id) or abort(404)
    own_webhook(found.webhook_id)
    return found


def allow_private() -> bool:
    """Whether webhooks of this instance may lead into its own network."""
    allowed: bool = current_app.config["SETTINGS"].private_webhooks
    return allowed


def render_webhook(
    webhook: Webhook, secret: str | None = None, problem: service.WebhookProblem | None = None, typed: str | None = None
) -> str:
    """The page."""
    return render_template(
        "notifications/webhook.html",
        webhook=webhook,
        secret=secret,
        deliveries=service.deliveries(db.session(), webhook.id),
        states=DeliveryState,
        problem=problem,
        url=webhook.url if typed is None else typed,
    )
