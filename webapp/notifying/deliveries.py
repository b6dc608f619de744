"""Sending to webhooks what was promised: claimed by a conditional update, sent, recorded, and tried again where it failed.

A worker that ends between sending and recording leaves its claim, which lapses; then the message is sent again with the
same id. So each arrives at least once, and who receives it can tell a second time by the id.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from webapp.formatting import iso
from webapp.models import (
    DeliveryState,
    Kind,
    Notification,
    User,
    Webhook,
    WebhookDelivery,
    now,
)
from webapp.notifying import inbox, webhooks, wording
from webapp.notifying.sending import WHOLE_S, Outcome, post
from webapp.notifying.signing import signature
from webapp.settings import Settings

log = logging.getLogger(__name__)
VERSION = 1
SIDE_BY_SIDE = 16
MOST_ALIKE = 3  # of one host, or of one person, at a time: the rest is for others
LOOK_EVERY_S = 0.5
CLAIM_S = WHOLE_S + 50  # to look a name up and to connect may take longer than the rest
MOST_ATTEMPTS = 8
FIRST_WAIT_S = 10.0
FACTOR = 3.0
LONGEST_WAIT_S = 3600.0
MOST_FAILURES = 20  # in a row, then the webhook is switched off
GONE = 410


@dataclass(frozen=True)
class Message:
    """A delivery that was claimed, as plain values: it is sent without a connection to the database."""

    delivery_id: int
    webhook_id: int
    user_id: int
    uid: str
    url: str
    secret: str
    attempt: int
    body: bytes


@dataclass(frozen=True)
class Waiting:
    """A webhook for which something is due: its oldest delivery, and what it has in common with others."""

    delivery_id: int
    user_id: int
    url: str

    @property
    def alike(self) -> tuple[str, str]:
        """Its person and its host, of each of which a few are sent at a time."""
        return f"person:{self.user_id}", f"host:{urlsplit(self.url).hostname}"


def deliver(session: Session, settings: Settings) -> Iterator[tuple[int, bool]]:
    """Send what is due; for each try whose webhook it was, and whether that was switched off for it.

    A try is recorded when it is over, and the next is begun then: who answers slowly is waited for by nobody else.
    """
    under_way: dict[Future[Outcome], tuple[Waiting, Message]] = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, "webhooks") as pool:
        while True:
            now_due = chosen(due(session), [waiting for waiting, _ in under_way.values()])
            for one in now_due:
                if message := claim(session, one.delivery_id, settings):
                    under_way[pool.submit(send, message, settings)] = one, message
            if not now_due and not under_way:
                return
            for over in wait(under_way, LOOK_EVERY_S, FIRST_COMPLETED).done:
                _, message = under_way.pop(over)
                yield message.user_id, record(session, message, over.result())


def due(session: Session) -> list[Waiting]:
    """Webhooks for which the time of a delivery has come, those first that have waited longest."""
    ready = (WebhookDelivery.state == DeliveryState.WAITING.value, WebhookDelivery.next_at <= now())
    oldest = select(func.min(WebhookDelivery.id), Webhook.user_id, Webhook.url).join(WebhookDelivery.webhook)
    each = oldest.where(*ready).group_by(Webhook.id, Webhook.user_id, Webhook.url)
    found = [Waiting(*row) for row in session.execute(each.order_by(func.min(WebhookDelivery.next_at)))]
    session.rollback()
    return found


def chosen(waiting: Iterable[Waiting], under_way: Collection[Waiting]) -> list[Waiting]:
    """Which of them to send now: as many as there is room for beside what is under way, and few that are alike."""
    busy = Counter(word for one in under_way for word in one.alike)
    found: list[Waiting] = []
    for one in waiting:
        if len(under_way) + len(found) == SIDE_BY_SIDE:
            break
        if all(busy[word] < MOST_ALIKE for word in one.alike):
            found.append(one)
            busy.update(one.alike)
    return found


def claim(session: Session, delivery_id: int, settings: Settings) -> Message | None:
    """Take a delivery for some time, committed; None where another worker has it, or where nothing is to be sent."""
    moment = now()
    ready = (WebhookDelivery.state == DeliveryState.WAITING.value, WebhookDelivery.next_at <= moment)
    taken = {"attempts": WebhookDelivery.attempts + 1, "next_at": moment + timedelta(seconds=CLAIM_S)}
    query = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id, *ready)
    row = session.execute(
        query.values(attempted_at=moment, **taken).returning(WebhookDelivery.id),
        execution_options={"synchronize_session": False},
    ).first()
    if row is None:
        session.rollback()
        return None
    delivery = session.get_one(
        WebhookDelivery,
        delivery_id,
        options=[joinedload(WebhookDelivery.webhook).joinedload(Webhook.user)],
        populate_existing=True,
    )
    message = None
    if not delivery.webhook.active:
        delivery.state, delivery.problem = DeliveryState.FAILED.value, "The webhook was switched off."
    elif (message := message_of(session, delivery, settings)) is None:
        delivery.state, delivery.problem = DeliveryState.WITHHELD.value, "It can no longer be seen by you."
    session.commit()
    return message


def message_of(session: Session, delivery: WebhookDelivery, settings: Settings) -> Message | None:
    """What is sent; None where its person may not see it any more."""
    webhook = delivery.webhook
    notification = None
    if delivery.notification_id is not None:
        notification = inbox.find(session, webhook.user, delivery.notification_id)
        if notification is None or not webhook.user.is_active:
            return None
    body = orjson.dumps(payload(delivery, webhook.user, notification, settings))
    return Message(
        delivery.id, webhook.id, webhook.user_id, delivery.uid, webhook.url, webhook.secret, delivery.attempts, body
    )


def payload(
    delivery: WebhookDelivery, user: User, notification: Notification | None, settings: Settings
) -> dict[str, Any]:
    """The JSON of a message, version 1: fields may be added to it, and none changes its meaning."""
    common = {"version": VERSION, "id": delivery.uid, "person": user.username}
    if notification is None:
        told = {"kind": "test", "at": iso(delivery.created_at), "text": "This is a test. It works."}
        return {**common, **told, "details": "", "url": f"{settings.public_url}/account/webhooks/{delivery.webhook_id}"}
    return {
        **common,
        "kind": notification.kind,
        "at": iso(notification.created_at),
        "text": wording.sentence(notification),
        "details": wording.details(notification),
        "url": settings.public_url + wording.place(notification),
        "experiment": notification.experiment_id,
        "trial": notification.trial_id,
        "comment": notification.comment_id,
    }


def send(message: Message, settings: Settings) -> Outcome:
    """One try."""
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Descent-Webhooks/1",
        "webhook-id": message.uid,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(message.secret, message.uid, timestamp, message.body),
    }
    return post(message.url, message.body, headers, settings.private_webhooks)


def record(session: Session, message: Message, outcome: Outcome) -> bool:
    """Keep how a try went, committed; whether its webhook was switched off.

    A try whose claim has lapsed meanwhile is not counted twice: the newer one says how it went.
    """
    delivered = outcome.problem is None
    over = delivered or message.attempt >= MOST_ATTEMPTS
    state = DeliveryState.DELIVERED if delivered else DeliveryState.FAILED if over else DeliveryState.WAITING
    facts = {"status": outcome.status, "duration_ms": outcome.duration_ms, "response": outcome.response}
    mine = (
        WebhookDelivery.id == message.delivery_id,
        WebhookDelivery.attempts == message.attempt,
        WebhookDelivery.state == DeliveryState.WAITING.value,
    )
    values = {**facts, "problem": outcome.problem, "state": state.value, "next_at": next_try(message.attempt, now())}
    query = update(WebhookDelivery).where(*mine).values(**values).execution_options(synchronize_session=False)
    session.execute(query)
    switched_off = count(session, message.webhook_id, outcome)
    session.commit()
    return switched_off


def next_try(attempt: int, moment: datetime) -> datetime:
    """After 10 s, 30 s, 90 s and so on, an hour at most; between a half and the whole of that, so that not all come at once."""
    wait_s = min(FIRST_WAIT_S * FACTOR ** (attempt - 1), LONGEST_WAIT_S)
    return moment + timedelta(seconds=random.uniform(wait_s / 2, wait_s))  # noqa: S311  # nosec B311 - no secret


def count(session: Session, webhook_id: int, outcome: Outcome) -> bool:
    """Failures in a row, in the caller's transaction; after too many the webhook is switched off, and its person told."""
    if outcome.problem is None:
        reset = update(Webhook).where(Webhook.id == webhook_id, Webhook.failures > 0).values(failures=0)
        session.execute(reset.execution_options(synchronize_session=False))
        return False
    found = session.execute(
        update(Webhook)
        .where(Webhook.id == webhook_id, Webhook.active.is_(True))
        .values(failures=Webhook.failures + 1)
        .returning(Webhook.failures),
        execution_options={"synchronize_session": False},
    ).first()
    if found is None or (found.failures < MOST_FAILURES and outcome.status != GONE):
        return False
    switch_off(session, webhook_id, found.failures, outcome)
    return True


def switch_off(session: Session, webhook_id: int, failures: int, outcome: Outcome) -> None:
    """In the caller's transaction."""
    webhook = session.get_one(Webhook, webhook_id, populate_existing=True)
    if outcome.status == GONE:
        why = f"{webhook.url} answered 410, which means that it is gone for good."
        because = "The webhook was switched off, as it is gone for good."
    else:
        why = f"{failures} tries in a row to reach {webhook.url} failed, the last one so: {outcome.problem}"
        because = "The webhook was switched off after too many failures."
    webhook.active, webhook.disabled_because = False, why
    webhooks.give_up(session, webhook_id, because)
    source = f"webhook:{webhook_id}:{now().timestamp():.6f}"
    session.add(Notification(user_id=webhook.user_id, kind=Kind.WEBHOOK.value, source=source, webhook_id=webhook_id))
    log.warning("webhook %s was switched off after %s failures", webhook_id, failures)
