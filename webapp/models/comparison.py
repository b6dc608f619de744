"""A comparison that somebody keeps: which experiments, how the page looked, and what is said of them."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Model, Moment, now
from webapp.models.user import User

NAME_LONGEST, VIEW_LONGEST = 120, 2000


class Comparison(Model):
    """Experiments side by side, under a name. Its address holds ``key``, which nobody guesses: whoever is given it may look."""

    __tablename__ = "comparisons"
    __table_args__ = (UniqueConstraint("owner_id", "name", name="uq_comparisons_owner_id_name"), LASTING_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(43), unique=True, default=lambda: secrets.token_urlsafe(16))
    name: Mapped[str] = mapped_column(String(NAME_LONGEST))
    view: Mapped[str] = mapped_column(String(VIEW_LONGEST), default="")  # the query of the page's address, and its tab
    notes: Mapped[str] = mapped_column(Text, default="")
    notes_html: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    owner: Mapped[User] = relationship()
    compared: Mapped[list["ComparedExperiment"]] = relationship(
        order_by="ComparedExperiment.position", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def ids(self) -> list[int]:
        """The experiments in their order. One that was deleted has left."""
        return [one.experiment_id for one in self.compared]


class ComparedExperiment(Model):
    """An experiment's place in a comparison."""

    __tablename__ = "compared_experiments"

    comparison_id: Mapped[int] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True)
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer)
