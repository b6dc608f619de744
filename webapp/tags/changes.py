"""Tags renamed, merged, recoloured and deleted, wherever they are carried."""

from sqlalchemy import delete as delete_rows
from sqlalchemy import insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import audit
from webapp.models import COLOURS, Tag, User, comment_tags, experiment_tags
from webapp.tags.service import TagProblem, parse_name


class NameTaken(Exception):
    """Another tag has the name already; the two can be merged."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a tag “{name}” already. Merge the two instead.")
        self.name = name


def named(session: Session, name: str) -> Tag | None:
    """The tag of this name."""
    return session.scalar(select(Tag).where(Tag.name == name.lower()))


def create(session: Session, name: str, colour: str = COLOURS[0]) -> Tag:
    """A new tag, committed. Raises TagProblem, and NameTaken."""
    tag = Tag(name=parse_name(name), colour=checked_colour(colour))
    session.add(tag)
    keep(session, tag.name)
    return tag


def change(session: Session, tag: Tag, name: str | None = None, colour: str | None = None) -> None:
    """Another name or colour, committed. Raises TagProblem, and NameTaken."""
    wanted = tag.name if name is None else parse_name(name)
    if colour is not None:
        tag.colour = checked_colour(colour)
    if wanted != tag.name and named(session, wanted):
        session.rollback()
        raise NameTaken(wanted)
    tag.name = wanted
    keep(session, wanted)


def keep(session: Session, name: str) -> None:
    """Commit. Raises NameTaken where somebody else took the name at this moment."""
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise NameTaken(name) from error


def checked_colour(colour: str) -> str:
    """A colour as it is kept. Raises TagProblem."""
    if colour not in COLOURS:
        raise TagProblem(f"A tag's colour is one of {', '.join(COLOURS)}; “{colour[:20]}” is none.")
    return colour


def merge(session: Session, actor: User, tag: Tag, into: Tag) -> None:
    """Whatever carries ``tag`` carries ``into`` from now on, and ``tag`` is gone; committed. Raises TagProblem."""
    if tag.id == into.id:
        raise TagProblem(f"“{tag.name}” cannot be merged into itself.")
    for table, column in ((experiment_tags, "experiment_id"), (comment_tags, "comment_id")):
        there = select(table.c[column]).where(table.c.tag_id == into.id)
        others = select(table.c[column], literal(into.id)).where(
            table.c.tag_id == tag.id, table.c[column].not_in(there)
        )
        session.execute(insert(table).from_select([column, "tag_id"], others))
    delete(session, actor, tag)


def delete(session: Session, actor: User, tag: Tag) -> None:
    """Take a tag from all that carry it, and away; committed."""
    audit.record(session, actor, "tag.deleted", f"tag {tag.id}", {"name": tag.name})
    for table in (experiment_tags, comment_tags):
        session.execute(delete_rows(table).where(table.c.tag_id == tag.id))
    session.execute(delete_rows(Tag).where(Tag.id == tag.id))
    session.commit()
