"""What the table of experiments is searched and sorted by: the spec's fields, the results and the words, each in narrow rows.

Nothing writes these rows but ``webapp.models.indexing``, which follows every change of an experiment and of its trials.
"""

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model

NAME_LONGEST, TEXT_LONGEST, WORD_LONGEST = 200, 200, 40


def plain(length: int) -> String:
    """A text that is compared and sorted byte by byte, as an index needs it for beginnings of words."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class SpecFact(Model):
    """A value of the spec: ``optimizer.lr`` is 0.05. A field in a list has a row for each different value, by ``position``.

    The title is one as well. ``text`` is lower case; ``number`` is there where the value is one.
    """

    __tablename__ = "experiment_facts"
    __table_args__ = (
        Index("ix_experiment_facts_name_number", "name", "number", "experiment_id", "position"),
        Index("ix_experiment_facts_name_text", "name", "text", "experiment_id", "position"),
    )

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(plain(NAME_LONGEST), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str] = mapped_column(plain(TEXT_LONGEST))
    number: Mapped[float | None]


class ResultFact(Model):
    """A result of an experiment's trials together: ``validation/accuracy`` is 0.98."""

    __tablename__ = "experiment_results"
    __table_args__ = (Index("ix_experiment_results_name_number", "name", "number", "experiment_id"),)

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(plain(NAME_LONGEST), primary_key=True)
    number: Mapped[float]


class WordFact(Model):
    """A word of an experiment's title or description, lower case."""

    __tablename__ = "experiment_words"
    __table_args__ = (Index("ix_experiment_words_experiment_id", "experiment_id"),)

    word: Mapped[str] = mapped_column(plain(WORD_LONGEST), primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True)
