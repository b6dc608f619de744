"""What people are told of what happens: what is promised, what they have, and what each of them chose."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now
from webapp.models.trial import BigId

if TYPE_CHECKING:
    from webapp.models.comment import Comment
    from webapp.models.experiment import Experiment
    from webapp.models.trial import Trial
    from webapp.models.user import User
    from webapp.models.webhook import Webhook


class Kind(StrEnum):
    """What a notification is about."""

    MENTION = "mention"
    COMMENT = "comment"
    ENDED = "ended"  # completed, or stopped
    FAILED = "failed"
    DIVERGED = "diverged"  # failed as the loss was no longer finite
    WEBHOOK = "webhook"  # of one's own, that was switched off


class Channel(StrEnum):
    """By which way one hears of it."""

    PAGE = "page"
    MAIL = "mail"
    WEBHOOK = "webhook"


class Rhythm(StrEnum):
    """How often mail comes."""

    OFF = "off"
    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


class Happened(StrEnum):
    """What notifications are made from."""

    COMMENTED = "commented"
    MENTIONED = "mentioned"  # by an edit
    TRIAL_ENDED = "trial_ended"


class Happening(Model):
    """What was promised in the transaction in which it happened, until those whom it concerns have their notifications."""

    __tablename__ = "happenings"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    what: Mapped[str] = mapped_column(String(20))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    trial_id: Mapped[int | None] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), index=True)
    mentioned: Mapped[list[int]] = mapped_column(Json, default=list)  # the people whom a comment names
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Notification(Model):
    """One thing that one person is told. ``source`` says of what it was made, so that nobody is told the same twice.

    It holds no words: they are read from what it is about, when it is shown, by those who may still see that.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "source", name="uq_notifications_user_id_source"),
        Index("ix_notifications_user_id_read_at", "user_id", "read_at"),
        Index("ix_notifications_to_mail", "user_id", sqlite_where=text("by_mail"), postgresql_where=text("by_mail")),
        LASTING_IDS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60))
    experiment_id: Mapped[int | None] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    trial_id: Mapped[int | None] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), index=True)
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"), index=True)
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("digests.id", ondelete="SET NULL"), index=True)
    in_page: Mapped[bool] = mapped_column(Boolean, default=True)
    by_mail: Mapped[bool] = mapped_column(Boolean, default=False)  # and not yet in a digest
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    read_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()
    experiment: Mapped[Experiment | None] = relationship()
    comment: Mapped[Comment | None] = relationship()
    trial: Mapped[Trial | None] = relationship()
    webhook: Mapped[Webhook | None] = relationship()


class Digest(Model):
    """A mail with what somebody has not read, from when it was put together until it is on its way."""

    __tablename__ = "digests"
    __table_args__ = (Index("ix_digests_sent_at_next_at", "sent_at", "next_at"), LASTING_IDS)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    failure: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship()


class NotificationChoice(Model):
    """What somebody chose: {kind: [channels]}, and how often mail comes. Who has no row has the defaults."""

    __tablename__ = "notification_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    channels: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    rhythm: Mapped[str] = mapped_column(String(10), default=Rhythm.OFF.value)
    hour: Mapped[int] = mapped_column(Integer, default=7)  # of the daily mail, in UTC


class Watch(Model):
    """Somebody's wish to hear of everything about an experiment, or of nothing."""

    __tablename__ = "watches"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    muted: Mapped[bool] = mapped_column(Boolean, default=False)
