"""Tags, many-to-many with experiments and with comments."""

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import LASTING_IDS, Base, Model

experiment_tags = Table(
    "experiment_tags",
    Base.metadata,
    Column("experiment_id", ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)

comment_tags = Table(
    "comment_tags",
    Base.metadata,
    Column("comment_id", ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)


COLOURS = ("teal", "blue", "violet", "pink", "red", "orange", "green", "grey")
"""What a tag may look like: names, to which the style sheet gives a pair of colours for each theme."""


class Tag(Model):
    """A short lower-case word by which experiments and comments are found again, in one of ``COLOURS``."""

    __tablename__ = "tags"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True, index=True)
    colour: Mapped[str] = mapped_column(String(12), default=COLOURS[0], server_default=COLOURS[0])
