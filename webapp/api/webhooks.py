"""A person's webhooks, for programs."""

from typing import Annotated

from flask import Response, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, JsonValue, with_config
from sqlalchemy import select
from typing_extensions import TypedDict

from webapp.api import blueprint
from webapp.api.bodies import Body, read_body
from webapp.api.description import documented
from webapp.api.matching import check_match, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, refused
from webapp.api.resources import Moment
from webapp.formatting import iso
from webapp.models import Scope, Webhook, WebhookDelivery, db
from webapp.notifications.webhooks import send_by_person
from webapp.notifying import webhooks as service
from webapp.notifying.addresses import LONGEST

URL: dict[str, JsonValue] = {"pattern": "^https?://[!-~]+$", "maxLength": LONGEST}


class WebhookBody(Body):
    """A new webhook."""

    url: str = Field(
        description="Where your program listens, https:// or http://, at most 2,000 characters.",
        json_schema_extra=URL,
    )


class WebhookPatch(Body):
    """What may be changed of a webhook; what is left out stays."""

    url: str | None = Field(None, description="Another URL.", json_schema_extra=URL)
    active: bool | None = Field(None, description="Whether anything is sent to it.")


@with_config(extra="forbid")
class WebhookResource(TypedDict):
    """A webhook without its secret."""

    id: int
    url: str
    active: bool
    failures: Annotated[int, Field(description="How many deliveries failed one after the other.")]
    disabled_because: Annotated[str | None, Field(description="Why nothing is sent to it, where you did not say so.")]
    created_at: Moment


@with_config(extra="forbid")
class SecretWebhookResource(WebhookResource):
    """A webhook whose secret is new."""

    secret: Annotated[str | None, Field(description="Told this once; null when the same request comes again.")]


@with_config(extra="forbid")
class DeliveryResource(TypedDict):
    """A message to a webhook, and how its newest try went."""

    id: int
    message: Annotated[str, Field(description="The message's own id, the same in every try.")]
    webhook: int
    notification: int | None
    state: str
    attempts: int
    status: Annotated[int | None, Field(description="The HTTP status that was answered.")]
    duration_ms: int | None
    response: Annotated[str | None, Field(description="The beginning of what was answered.")]
    problem: Annotated[str | None, Field(description="Why it failed, in a sentence.")]
    created_at: Moment
    attempted_at: Moment | None
    next_at: Annotated[Moment | None, Field(description="When it is tried again.")]


WEBHOOKS = Listing("webhooks", WebhookResource)
DELIVERIES = Listing("deliveries", DeliveryResource, default=service.SHOWN, most=500)


@blueprint.get("/webhooks")
@documented("List your webhooks", answer=WEBHOOKS)
def list_webhooks() -> ResponseReturnValue:
    """Oldest first, without their secrets."""
    mine = select(Webhook).where(Webhook.user_id == current_user.id)
    return WEBHOOKS.of_query(mine, {Webhook.id: False}, webhook_resource)


@blueprint.post("/webhooks")
@documented(
    "Make a webhook",
    body=WebhookBody,
    status=201,
    answer=SecretWebhookResource,
    scope=Scope.ACCOUNT,
    secrets=("secret",),
)
def create_webhook() -> ResponseReturnValue:
    """Its secret, which signs what is sent, is in this answer and in no other."""
    body = read_body(WebhookBody)
    try:
        webhook = service.create(db.session(), current_user.id, body.url, allow_private())
    except service.WebhookProblem as problem:
        raise refused(problem) from problem
    return jsonify({**webhook_resource(webhook), "secret": webhook.secret}), 201


@blueprint.get("/webhooks/<int:webhook_id>")
@documented("Show a webhook", errors=(404,), answer=WebhookResource)
def show_webhook(webhook_id: int) -> ResponseReturnValue:
    """Without its secret."""
    return tagged(jsonify(webhook_resource(own_webhook(webhook_id))))


@blueprint.patch("/webhooks/<int:webhook_id>")
@documented("Change a webhook", body=WebhookPatch, errors=(404, 412), answer=WebhookResource, scope=Scope.ACCOUNT)
def change_webhook(webhook_id: int) -> ResponseReturnValue:
    """Switching it on forgets how often it failed; switching it off gives up what waits for it."""
    webhook = own_webhook(webhook_id)
    values = read_body(WebhookPatch).model_dump(exclude_none=True)
    check_match(webhook, lambda: webhook_resource(webhook))
    try:
        service.change(db.session(), webhook, allow_private(), **values)
    except service.WebhookProblem as problem:
        raise refused(problem) from problem
    return tagged(jsonify(webhook_resource(webhook)))


@blueprint.delete("/webhooks/<int:webhook_id>")
@documented("Delete a webhook", status=204, errors=(404, 412), scope=Scope.ACCOUNT)
def delete_webhook(webhook_id: int) -> ResponseReturnValue:
    """With the log of what was sent to it."""
    webhook = own_webhook(webhook_id)
    check_match(webhook, lambda: webhook_resource(webhook))
    db.session.delete(webhook)
    db.session.commit()
    return Response(status=204)


@blueprint.post("/webhooks/<int:webhook_id>/secret")
@documented(
    "Renew a webhook's secret",
    errors=(404,),
    answer=SecretWebhookResource,
    scope=Scope.ACCOUNT,
    secrets=("secret",),
)
def renew_webhook_secret(webhook_id: int) -> ResponseReturnValue:
    """The new one is in this answer and in no other; the old one signs nothing any more."""
    webhook = own_webhook(webhook_id)
    secret = service.renew_secret(db.session(), webhook)
    return jsonify({**webhook_resource(webhook), "secret": secret})


@blueprint.post("/webhooks/<int:webhook_id>/test")
@documented("Send a test to a webhook", status=202, errors=(404,), answer=DeliveryResource, scope=Scope.ACCOUNT)
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
    errors=(404,),
    answer=DELIVERIES,
)
def list_deliveries(webhook_id: int) -> ResponseReturnValue:
    """The newest first; they are kept for 30 days."""
    webhook = own_webhook(webhook_id)
    sent = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    return DELIVERIES.of_query(sent, {WebhookDelivery.id: True}, delivery_resource)


@blueprint.post("/deliveries/<int:delivery_id>/redeliver")
@documented("Send a delivery again", status=202, errors=(404,), answer=DeliveryResource, scope=Scope.ACCOUNT)
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


def webhook_resource(webhook: Webhook) -> WebhookResource:
    """A webhook without its secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "active": webhook.active,
        "failures": webhook.failures,
        "disabled_because": webhook.disabled_because,
        "created_at": iso(webhook.created_at),
    }


def delivery_resource(delivery: WebhookDelivery) -> DeliveryResource:
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
