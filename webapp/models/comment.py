"""What people say about an experiment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Model, Moment, now
from webapp.models.tag import Tag, comment_tags
from webapp.models.user import User

if TYPE_CHECKING:
    from webapp.models.experiment import Experiment


class Comment(Model):
    """Markdown by a person; ``body_html`` is rendered from it and sanitised. A moderator may disable it."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    timestamp: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)

    author: Mapped[User] = relationship()
    experiment: Mapped[Experiment] = relationship(back_populates="comments")
    tags: Mapped[list[Tag]] = relationship(secondary=comment_tags, order_by=Tag.name)
