"""What a person submits, owns, tags, comments and compares."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now
from webapp.models.comment import Comment
from webapp.models.share import Share, Visibility
from webapp.models.tag import Tag, experiment_tags
from webapp.models.trial import State, Trial
from webapp.models.user import User

LIVELIEST_FIRST = (State.RUNNING, State.QUEUED, State.PAUSED, State.FAILED, State.CANCELLED, State.COMPLETED)


class Experiment(Model):
    """A title, a description and a spec, trained as one trial or several.

    One that was uploaded has an empty spec, which nothing can run, and ``imported``: from what, and what each run told of itself.
    """

    __tablename__ = "experiments"
    __table_args__ = (
        Index("ix_experiments_archived_id", "archived", "id"),
        Index("ix_experiments_archived_updated_at", "archived", "updated_at", "id"),
        Index("ix_experiments_visibility", "visibility", "owner_id", "id"),
        LASTING_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    imported: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    visibility: Mapped[str] = mapped_column(String(10), default=Visibility.OPEN.value)
    link_key: Mapped[str | None] = mapped_column(String(43), unique=True)  # there exactly while it is public
    created_at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    owner: Mapped[User] = relationship()
    trials: Mapped[list[Trial]] = relationship(
        back_populates="experiment", order_by=Trial.number, cascade="all, delete-orphan", passive_deletes=True
    )
    tags: Mapped[list[Tag]] = relationship(secondary=experiment_tags, order_by=Tag.name)
    shares: Mapped[list[Share]] = relationship(
        order_by=Share.created_at, cascade="all, delete-orphan", passive_deletes=True
    )
    comments: Mapped[list[Comment]] = relationship(
        back_populates="experiment", order_by=Comment.timestamp, cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def is_imported(self) -> bool:
        """Whether it was uploaded, and not trained here."""
        return not self.spec

    @property
    def state(self) -> State:
        """What its trials make of it together: the liveliest state wins, then the worst."""
        states = {State(trial.state) for trial in self.trials}
        return next((state for state in LIVELIEST_FIRST if state in states), State.QUEUED)
