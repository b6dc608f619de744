"""A person's webhooks, for programs."""

from typing import Any

from flask import Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body, read_count
from webapp.api.description import documented
from webapp.api.problems import Refused, invalid
from webapp.formatting import iso
from webapp.models import Webhook, WebhookDelivery, db
from webapp.notifications.webhooks import send_by_person
from webapp.notifying import webhooks as service


class WebhookBody(Body):
    """A new webhook."""

    url: str = Field(description="Where your program listens, https:// or http://, at most 2,000 characters.")


class WebhookPatch(Body):
    """What may be changed of a webhook; what is left out stays."""

    url: str | None = Field(None, description="Another URL.")
    active: bool | None = Field(None, description="Whether anything is sent to it.")


@blueprint.get("/webhooks")
@documented("List your webhooks")
def list_webhooks() -> ResponseReturnValue:
    """Oldest first, without their secrets."""
    return jsonify(webhooks=[webhook_resource(one) for one in service.of_person(db.session(), current_user.id)])


@blueprint.post("/webhooks")
@documented("Make a webhook", body=WebhookBody, status=201, errors=(422,))
def create_webhook() -> ResponseReturnValue:
    """Its secret, which signs what is sent, is in this answer and in no other."""
    body = read_body(WebhookBody)
    try:
        webhook = service.create(db.session(), current_user.id, body.url, allow_private())
    except service.WebhookProblem as problem:
        raise refused(problem) from problem
    return jsonify({**webhook_resource(webhook), "secret": webhook.secret}), 201


@blueprint.get("/webhooks/<int:webhook_id>")
@documented("Show a webhook", errors=(404,))
def show_webhook(webhook_id: int) -> ResponseReturnValue:
    """Without its secret."""
    return jsonify(webhook_resource(own_webhook(webhook_id)))


@blueprint.patch("/webhooks/<int:webhook_id>")
@documented("Change a webhook", body=WebhookPatch, errors=(404, 422))
def change_webhook(webhook_id: int) -> ResponseReturnValue:
    """Switching it on forgets how often it failed; switching it off gives up what waits for it."""
    webhook = own_webhook(webhook_id)
    values = read_body(WebhookPatch).model_dump(exclude_none=True)
    try:
        service.change(db.session(), webhook, allow_private(), **values)
    except service.WebhookProblem as problem:
        raise refused(problem) from problem
    return jsonify(webhook_resource(webhook))


@blueprint.delete("/webhooks/<int:webhook_id>")
@documented("Delete a webhook", status=204, errors=(404,))
def delete_webhook(webhook_id: int) -> ResponseReturnValue:
    """With the log of what was sent to it."""
    db.session.delete(own_webhook(webhook_id))
    db.session.commit()
    return Response(status=204)


@blueprint.post("/webhooks/<int:webhook_id>/secret")
@documented("Renew a webhook's secret", errors=(404,))
def renew_webhook_secret(webhook_id: int) -> ResponseReturnValue:
    """The new one is in this answer and in no other; the old one signs nothing any more."""
    webhook = own_webhook(webhook_id)
    secret = service.renew_secret(db.session(), webhook)
    return jsonify({**webhook_resource(webhook), "secret": secret})


@blueprint.post("/webhooks/<int:webhook_id>/test")
@documented("Send a test to a webhook", status=202, errors=(404, 409, 429))
@send_by_person
def test_webhook(webhook_id: int) -> ResponseReturnValue:
    """A worker sends it within seconds; the delivery says how it went."""
    try:
        delivery = service.test(db.session(), own_webhook(webhook_id))
    except service.WebhookProblem as problem:
        raise Refused(409, problem.message) from problem
    return jsonify(delivery_resource(delivery)), 202


@blueprint.get("/webhooks/<int:webhook_id>/deliveries")
@documented(
    "List what was sent to a webhook",
    query={"limit": "At most so many, 1 to 500; 50 otherwise."},
    errors=(404, 422),
)
def list_deliveries(webhook_id: int) -> ResponseReturnValue:
    """The newest first; they are kept for 30 days."""
    webhook = own_webhook(webhook_id)
    found = service.deliveries(db.session(), webhook.id, read_count("limit", service.SHOWN, 1, 500))
    return jsonify(deliveries=[delivery_resource(delivery) for delivery in found])


@blueprint.post("/deliveries/<int:delivery_id>/redeliver")
@documented("Send a delivery again", status=202, errors=(404, 409, 429))
@send_by_person
def redeliver(delivery_id: int) -> ResponseReturnValue:
    """The same message with the same id."""
    delivery = db.session.get(WebhookDelivery, delivery_id)
    if delivery is None or delivery.webhook.user_id != current_user.id:
        raise Refused(404, f"You have no delivery {delivery_id}.")
    try:
        service.send_again(db.session(), delivery)
    except service.WebhookProblem as problem:
        raise Refused(409, problem.message) from problem
    return jsonify(delivery_resource(delivery)), 202


def own_webhook(webhook_id: int) -> Webhook:
    """This person's webhook, or Refused (404): nobody learns which ones others have."""
    webhook = db.session.get(Webhook, webhook_id)
    if webhook is None or webhook.user_id != current_user.id:
        raise Refused(404, f"You have no webhook {webhook_id}.")
    return webhook


def allow_private() -> bool:
    """Whether webhooks of this instance may lead into its own network."""
    allowed: bool = current_app.config["SETTINGS"].private_webhooks
    return allowed


def refused(problem: service.WebhookProblem) -> Refused:
    """422 with the field."""
    return invalid([Problem(problem.field, problem.message)])


def webhook_resource(webhook: Webhook) -> dict[str, Any]:
    """A webhook without its secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "active": webhook.active,
        "failures": webhook.failures,
        "disabled_because": webhook.disabled_because,
        "created_at": iso(webhook.created_at),
    }


def delivery_resource(delivery: WebhookDelivery) -> dict[str, Any]:
    """A message to a webhook, and how its newest try went."""
    return {
        "id": delivery.id,
        "message": delivery.uid,
        "webhook": delivery.webhook_id,
        "notification": delivery.notification_id,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "duration_ms": delivery.duration_ms,
        "response": delivery.response,
        "problem": delivery.problem,
        "created_at": iso(delivery.created_at),
        "attempted_at": iso(delivery.attempted_at) or None,
        "next_at": iso(delivery.next_at) if delivery.state == "waiting" else None,
    }
