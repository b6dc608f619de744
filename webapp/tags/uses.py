"""What carries a tag, as one person may know it: how much, the first few by name, and how much else there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import policy
from webapp.models import Comment, Experiment, Tag, User, comment_tags, experiment_tags
from webapp.tags import changes

FEW = 5


@dataclass(frozen=True)
class CountedTag:
    """A tag with how many experiments and comments carry it, of those that the person may see."""

    tag: Tag
    experiments: int
    comments: int


@dataclass(frozen=True)
class Uses:
    """``experiments`` and ``comments`` count all there are; of those that may be seen the first few are named.

    A comment that was deleted carries nothing, though its tags come back with it.
    """

    experiments: int
    comments: int
    seen_experiments: int
    seen_comments: int
    first_experiments: Sequence[Experiment]
    first_comments: Sequence[Comment]

    @property
    def hidden(self) -> int:
        """How many there are that this person may not see."""
        return self.experiments + self.comments - self.seen_experiments - self.seen_comments


def experiments_with(tag: Tag, user: User) -> Select[Any]:
    """The experiments that carry a tag and that the person may see, newest first."""
    carried = experiment_tags.c.experiment_id == Experiment.id
    query = select(Experiment).join(experiment_tags, carried).where(experiment_tags.c.tag_id == tag.id)
    return query.where(policy.seen_by(user)).order_by(Experiment.id.desc())


def comments_with(tag: Tag, user: User) -> Select[Any]:
    """The comments that carry a tag and that the person may read, newest first."""
    query = select(Comment).join(Experiment, Comment.experiment_id == Experiment.id).join(comment_tags)
    query = query.where(comment_tags.c.tag_id == tag.id, policy.comments_read_by(user))
    return query.order_by(Comment.timestamp.desc(), Comment.id.desc())


def uses_of(session: Session, tag: Tag, user: User, few: int = FEW) -> Uses:
    """All of it."""
    experiments, comments = experiments_with(tag, user), comments_with(tag, user)
    author_and_place = (joinedload(Comment.author), joinedload(Comment.experiment))
    return Uses(
        experiments=count(session, select(experiment_tags).where(experiment_tags.c.tag_id == tag.id)),
        comments=count(session, on_comments(comment_tags).where(comment_tags.c.tag_id == tag.id)),
        seen_experiments=count(session, experiments),
        seen_comments=count(session, comments),
        first_experiments=session.scalars(experiments.options(selectinload(Experiment.trials)).limit(few)).all(),
        first_comments=session.scalars(comments.options(*author_and_place).limit(few)).all(),
    )


def on_comments(*columns: Any) -> Select[Any]:
    """These columns of the comments that carry tags, but for those that were deleted."""
    return select(*columns).select_from(comment_tags).join(Comment).where(Comment.deleted_at.is_(None))


def count(session: Session, query: Select[Any]) -> int:
    """How many rows a query has."""
    rows = query.with_only_columns(literal(1), maintain_column_froms=True).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def people_of(session: Session, tag: Tag) -> set[int]:
    """Who uses a tag: the owners of the experiments and the authors of the comments that carry it."""
    owners = select(Experiment.owner_id).join(experiment_tags, experiment_tags.c.experiment_id == Experiment.id)
    authors = on_comments(Comment.author_id)
    tagged = owners.where(experiment_tags.c.tag_id == tag.id).union(authors.where(comment_tags.c.tag_id == tag.id))
    return set(session.scalars(tagged))


def carried_by_both(session: Session, one: Tag, other: Tag) -> int:
    """How many experiments and comments carry both tags."""
    found = 0
    for query, table, column in (
        (select(experiment_tags), experiment_tags, "experiment_id"),
        (on_comments(comment_tags), comment_tags, "comment_id"),
    ):
        others = select(table.c[column]).where(table.c.tag_id == other.id)
        found += count(session, query.where(table.c.tag_id == one.id, table.c[column].in_(others)))
    return found


def counted_tags(session: Session, user: User, text: str = "", limit: int | None = None) -> list[CountedTag]:
    """The tags that have ``text`` in their name, those that begin so first: what carries any of them must be there to be seen.

    A tag that nothing carries is shown to all, so that it can be taken up again or deleted.
    """
    experiments, comments = seen_experiments(user), seen_comments(user)
    on_comment = on_comments(comment_tags).where(comment_tags.c.tag_id == Tag.id).correlate(Tag).exists()
    unused = ~exists().where(experiment_tags.c.tag_id == Tag.id) & ~on_comment
    query = select(Tag, experiments, comments).where(or_(experiments > 0, comments > 0, unused))
    if text:
        query = query.where(Tag.name.contains(text, autoescape=True))
        query = query.order_by(Tag.name.startswith(text, autoescape=True).desc())
    return [CountedTag(*row) for row in session.execute(query.order_by(Tag.name).limit(limit))]


def seen_experiments(user: User) -> Any:
    """How many experiments carry the tag of a query's row."""
    rows = select(func.count()).select_from(experiment_tags).join(Experiment)
    rows = rows.where(experiment_tags.c.tag_id == Tag.id, policy.seen_by(user))
    return rows.correlate(Tag).scalar_subquery()


def seen_comments(user: User) -> Any:
    """How many comments carry it."""
    rows = select(func.count()).select_from(comment_tags).join(Comment)
    rows = rows.join(Experiment, Comment.experiment_id == Experiment.id)
    rows = rows.where(comment_tags.c.tag_id == Tag.id, policy.comments_read_by(user))
    return rows.correlate(Tag).scalar_subquery()


def is_known_to(session: Session, tag: Tag, user: User) -> bool:
    """Whether a person may know of a tag: one that only others' hidden things carry is not there for them."""
    uses = uses_of(session, tag, user, few=0)
    return bool(uses.seen_experiments or uses.seen_comments) or not (uses.experiments or uses.comments)


def known_tag(session: Session, name: str, user: User) -> Tag | None:
    """The tag of this name, as far as a person may know of it."""
    tag = changes.named(session, name)
    return tag if tag is not None and is_known_to(session, tag, user) else None


def why_taken(session: Session, problem: changes.NameTaken, user: User) -> str:
    """What a person is told whose tag cannot have a name: of another that they may not know of, no more than this."""
    known = known_tag(session, problem.name, user)
    return str(problem) if known else f"The name “{problem.name}” is not free. Please choose another."
