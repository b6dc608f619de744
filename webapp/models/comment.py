"""What people say about an experiment, and how others answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Model, Moment, now
from webapp.models.tag import Tag, comment_tags
from webapp.models.user import User

if TYPE_CHECKING:
    from webapp.models.experiment import Experiment
    from webapp.models.trial import Trial

REASON_LENGTH = 300


class Comment(Model):
    """Markdown by a person; ``body_html`` is rendered from it and sanitised.

    A reply has a ``parent``, which is never a reply itself. A moderator may disable a comment. One that was deleted can be
    brought back by who deleted it, until its words are purged. A pin is a point of a curve that the comment is about.
    """

    __tablename__ = "comments"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    timestamp: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    disabled_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    pin_trial_id: Mapped[int | None] = mapped_column(ForeignKey("trials.id", ondelete="SET NULL"), index=True)
    pin_key: Mapped[str | None] = mapped_column(String(200))
    pin_step: Mapped[int | None] = mapped_column(BigInteger)
    pin_value: Mapped[float | None] = mapped_column(Float)

    author: Mapped[User] = relationship(foreign_keys=author_id)
    experiment: Mapped[Experiment] = relationship(back_populates="comments")
    parent: Mapped[Comment | None] = relationship(remote_side=id)
    pin_trial: Mapped[Trial | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=comment_tags, order_by=Tag.name)
    reactions: Mapped[list[Reaction]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Reaction.timestamp"
    )
    versions: Mapped[list[CommentVersion]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="CommentVersion.id"
    )

    @property
    def is_deleted(self) -> bool:
        """Taken away by its author or an administrator."""
        return self.deleted_at is not None

    @property
    def is_pinned(self) -> bool:
        """Whether it is about a point of a curve that is still there."""
        return self.pin_trial_id is not None and self.pin_key is not None


class CommentVersion(Model):
    """What a comment said before it was edited, from ``timestamp`` on."""

    __tablename__ = "comment_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(Text)
    timestamp: Mapped[datetime] = mapped_column(Moment)


class Reaction(Model):
    """A person's answer to a comment without words: one of a few, each at most once."""

    __tablename__ = "reactions"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    timestamp: Mapped[datetime] = mapped_column(Moment, default=now)

    user: Mapped[User] = relationship()
