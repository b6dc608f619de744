"""Addresses of people's own programs, and what was sent to them."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Model, Moment, now
from webapp.models.trial import BigId

if TYPE_CHECKING:
    from webapp.models.notification import Notification
    from webapp.models.user import User


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"  # it was about something that its person may no longer see


def new_secret() -> str:
    """What signs a webhook's deliveries, as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Webhook(Model):
    """An address that a person wants to be told at. ``failures`` counts tries that failed since the last one that did not."""

    __tablename__ = "webhooks"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(80), default=new_secret)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    disabled_because: Mapped[str | None] = mapped_column(Text)  # a sentence, where it was not its person who did it
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    user: Mapped[User] = relationship()


class WebhookDelivery(Model):
    """A message to a webhook, and how its newest try went. ``uid`` stays the same however often it is sent."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("ix_webhook_deliveries_state_next_at", "state", "next_at"), LASTING_IDS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    notification_id: Mapped[int | None] = mapped_column(
        ForeignKey("notifications.id", ondelete="CASCADE"), index=True
    )  # none: a test
    uid: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: f"msg_{uuid4().hex}")
    state: Mapped[str] = mapped_column(String(12), default=DeliveryState.WAITING.value)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    attempted_at: Mapped[datetime | None] = mapped_column(Moment)
    status: Mapped[int | None]
    duration_ms: Mapped[int | None]
    response: Mapped[str | None] = mapped_column(Text)  # the beginning of it
    problem: Mapped[str | None] = mapped_column(Text)  # a sentence

    webhook: Mapped[Webhook] = relationship()
    notification: Mapped[Notification | None] = relationship()
