"""With whom an experiment is shared."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Model, Moment, now
from webapp.models.user import User


class Visibility(StrEnum):
    """Who sees an experiment beside its owner and administrators."""

    PRIVATE = "private"  # nobody
    SHARED = "shared"  # the people it is shared with
    OPEN = "open"  # everyone signed in
    PUBLIC = "public"  # they, and whoever has its link


class Access(StrEnum):
    """What somebody may do with an experiment that is shared with them."""

    VIEW = "view"
    EDIT = "edit"


class Share(Model):
    """An experiment is shared with a person. It lasts, without effect, while the experiment is private."""

    __tablename__ = "shares"
    __table_args__ = (Index("ix_shares_user_id_experiment_id", "user_id", "experiment_id"),)

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    access: Mapped[str] = mapped_column(String(10), default=Access.VIEW.value)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    user: Mapped[User] = relationship()


def new_link_key() -> str:
    """The secret part of a public link's address, of 256 random bits."""
    return secrets.token_urlsafe(32)
