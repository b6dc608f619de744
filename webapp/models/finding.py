"""How people find experiments again: what they starred, what they looked at last, and the words of comments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Model, Moment, now
from webapp.models.experiment import Experiment
from webapp.models.facts import WORD_LONGEST, plain


class Star(Model):
    """An experiment that a person wants at hand. Nobody else sees it."""

    __tablename__ = "stars"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    experiment: Mapped[Experiment] = relationship()


class Visit(Model):
    """When a person last looked at an experiment's page. Nobody else sees it; only the last ones of each person are kept."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_user_id_seen_at", "user_id", "seen_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    seen_at: Mapped[datetime] = mapped_column(Moment, default=now)

    experiment: Mapped[Experiment] = relationship()


class CommentWord(Model):
    """A word of a comment, lower case. Nothing writes these rows but ``webapp.models.comment_words``."""

    __tablename__ = "comment_words"
    __table_args__ = (Index("ix_comment_words_comment_id", "comment_id"),)

    word: Mapped[str] = mapped_column(plain(WORD_LONGEST), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
