"""A person's webhooks: made, changed, tried out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.fields import FieldProblem
from webapp.models import DeliveryState, Webhook, WebhookDelivery, now
from webapp.models.webhook import new_secret
from webapp.notifying import addresses

MOST = 10
SHOWN = 50


class WebhookProblem(FieldProblem):
    """Why a webhook cannot be so; ``field`` names where."""


def of_person(session: Session, user_id: int) -> list[Webhook]:
    """Oldest first."""
    return list(session.scalars(select(Webhook).where(Webhook.user_id == user_id).order_by(Webhook.id)))


def create(session: Session, user_id: int, url: str, allow_private: bool) -> Webhook:
    """A new one, committed; its secret is to be shown now, and never again. Raises WebhookProblem."""
    url = checked(url, allow_private)
    there = session.scalar(select(func.count()).select_from(Webhook).where(Webhook.user_id == user_id)) or 0
    if there >= MOST:
        raise WebhookProblem("url", f"At most {MOST} webhooks. Delete one that is no longer used.")
    webhook = Webhook(user_id=user_id, url=url)
    session.add(webhook)
    session.commit()
    return webhook


def change(session: Session, webhook: Webhook, allow_private: bool, **values: Any) -> None:
    """Another URL, or on and off, committed. Raises WebhookProblem."""
    if "url" in values:
        webhook.url = checked(values["url"], allow_private)
    if "active" in values and values["active"] != webhook.active:
        webhook.active, webhook.failures, webhook.disabled_because = values["active"], 0, None
        if not webhook.active:
            give_up(session, webhook.id, "The webhook was switched off.")
    session.commit()


def give_up(session: Session, webhook_id: int, because: str) -> None:
    """What waits for it is not sent any more, in the caller's transaction; how a try of it went stays said."""
    waiting = (WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == DeliveryState.WAITING.value)
    problem = func.coalesce(WebhookDelivery.problem + " ", "") + because
    query = update(WebhookDelivery).where(*waiting).values(state=DeliveryState.FAILED.value, problem=problem)
    session.execute(query.execution_options(synchronize_session=False))


def renew_secret(session: Session, webhook: Webhook) -> str:
    """Another secret, committed; messages are signed with it from now on."""
    webhook.secret = new_secret()
    session.commit()
    return webhook.secret


def test(session: Session, webhook: Webhook) -> WebhookDelivery:
    """Promise a message that says nothing but that it came, committed. Raises WebhookProblem."""
    return promised(session, webhook, WebhookDelivery(webhook_id=webhook.id))


def send_again(session: Session, delivery: WebhookDelivery) -> None:
    """Promise the same message once more, with the same id, committed. Raises WebhookProblem."""
    delivery.state, delivery.attempts, delivery.next_at = DeliveryState.WAITING.value, 0, now()
    promised(session, delivery.webhook, delivery)


def promised(session: Session, webhook: Webhook, delivery: WebhookDelivery) -> WebhookDelivery:
    """Keep it, for a worker to send."""
    if not webhook.active:
        session.rollback()
        raise WebhookProblem("active", "This webhook is switched off. Switch it on first.", "taken")
    session.add(delivery)
    session.commit()
    return delivery


def deliveries(session: Session, webhook_id: int, limit: int = SHOWN) -> Sequence[WebhookDelivery]:
    """The newest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    return session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def checked(url: str, allow_private: bool) -> str:
    """The URL as it is kept. Raises WebhookProblem."""
    url = url.strip()
    try:
        addresses.read(url, allow_private)
    except addresses.AddressProblem as problem:
        raise WebhookProblem("url", str(problem)) from problem
    return url
