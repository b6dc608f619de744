"""Keeping, changing and deleting comparisons; the pages and the API both call these."""

import hashlib
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp.comments.markdown import render
from webapp.compare.chosen import FEWEST, find, too_many
from webapp.fields import FieldProblem
from webapp.models import ComparedExperiment, Comparison, User, now
from webapp.models.comparison import NAME_LONGEST, VIEW_LONGEST

MOST_KEPT = 200
NOTES_LONGEST = 20_000
TYPED_NAME = "named"  # in the address of a page whose comparison could not be kept
NOT_OF_THE_VIEW = {"ids", "pick", TYPED_NAME}
WHOLE = (selectinload(Comparison.compared), joinedload(Comparison.owner))


class ComparisonProblem(FieldProblem):
    """Why a comparison cannot be kept; ``field`` names where."""


def of_person(session: Session, user_id: int) -> list[Comparison]:
    """A person's comparisons, the one that was changed last first."""
    query = select(Comparison).where(Comparison.owner_id == user_id).options(*WHOLE)
    return list(session.scalars(query.order_by(Comparison.updated_at.desc(), Comparison.id.desc())))


def by_key(session: Session, key: str) -> Comparison | None:
    """The comparison that has this key in its address."""
    return session.scalar(select(Comparison).where(Comparison.key == key).options(*WHOLE))


def by_id(session: Session, comparison_id: int) -> Comparison | None:
    """The comparison of this number."""
    return session.scalar(select(Comparison).where(Comparison.id == comparison_id).options(*WHOLE))


def create(session: Session, owner: User, name: str, ids: Sequence[int], view: str = "", notes: str = "") -> Comparison:
    """A new one, committed. Raises ComparisonProblem."""
    kept_so_far = select(func.count()).select_from(Comparison).where(Comparison.owner_id == owner.id)
    if (session.scalar(kept_so_far) or 0) >= MOST_KEPT:
        raise ComparisonProblem(
            "name", f"At most {MOST_KEPT} comparisons can be kept. Delete one that is no longer used."
        )
    comparison = Comparison(owner=owner, name=checked_name(name), view=checked_view(view))
    write_notes(comparison, notes)
    comparison.compared = places(session, owner, ids)
    session.add(comparison)
    return kept(session, comparison)


def change(
    session: Session,
    comparison: Comparison,
    name: str | None = None,
    view: str | None = None,
    notes: str | None = None,
    ids: Sequence[int] | None = None,
) -> Comparison:
    """Other values for what is given, committed. Raises ComparisonProblem."""
    compared = None if ids is None else places(session, comparison.owner, ids)
    if name is not None:
        comparison.name = checked_name(name)
    if view is not None:
        comparison.view = checked_view(view)
    if notes is not None:
        write_notes(comparison, notes)
    if compared is not None:
        comparison.compared.clear()
        session.flush()
        comparison.compared.extend(compared)
        comparison.updated_at = now()
    return kept(session, comparison)


def delete(session: Session, comparison: Comparison) -> None:
    """Delete it; its experiments stay."""
    session.delete(comparison)
    session.commit()


def kept(session: Session, comparison: Comparison) -> Comparison:
    """Commit it. Raises ComparisonProblem where another of the same person has its name."""
    name = comparison.name
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise ComparisonProblem("name", f"There is already a comparison called “{name}”.", "taken") from error
    return comparison


def places(session: Session, owner: User, ids: Sequence[int]) -> list[ComparedExperiment]:
    """The experiments in their order, each once. Raises ComparisonProblem."""
    unique = list(dict.fromkeys(ids))
    if problem := too_many(unique):
        raise ComparisonProblem("ids", problem)
    seen = {experiment.id for experiment in find(session, unique, owner)}
    if absent := [number for number in unique if number not in seen]:
        raise ComparisonProblem("ids", f"There is no experiment {absent[0]}.", "missing")
    if len(unique) < FEWEST:
        raise ComparisonProblem("ids", f"A comparison needs {FEWEST} experiments or more; you chose {len(unique)}.")
    return [ComparedExperiment(experiment_id=number, position=place) for place, number in enumerate(unique)]


def write_notes(comparison: Comparison, text: str) -> None:
    """Markdown, and the HTML that it makes. Raises ComparisonProblem."""
    notes = text.replace("\r\n", "\n").strip()
    if "\x00" in notes:
        raise ComparisonProblem("notes", "Notes cannot hold the character NUL.")
    if len(notes) > NOTES_LONGEST:
        raise ComparisonProblem("notes", f"Notes have at most {NOTES_LONGEST:,} characters; these have {len(notes):,}.")
    comparison.notes, comparison.notes_html = notes, render(notes)


def mark_of(notes: str) -> str:
    """A short mark of what notes say, by which a form knows whether they are still what it was opened with."""
    return hashlib.sha256(notes.encode()).hexdigest()[:32]


def checked_name(text: str) -> str:
    """A name, with single spaces. Raises ComparisonProblem."""
    name = " ".join(text.split())
    if "\x00" in name:
        raise ComparisonProblem("name", "A name cannot hold the character NUL.")
    if not name:
        raise ComparisonProblem("name", "Please give the comparison a name.")
    if len(name) > NAME_LONGEST:
        raise ComparisonProblem("name", f"A name has at most {NAME_LONGEST} characters; this one has {len(name):,}.")
    return name


def checked_view(text: str) -> str:
    """How the page looked, ``smoothing=0.6&group=optimizer.kind#scatter``, as it is put behind the address. Raises ComparisonProblem."""
    query, _, tab = text.strip().lstrip("?").partition("#")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise ComparisonProblem("view", "A view says at most 100 things.") from error
    view = urlencode([(name, value) for name, value in pairs if name not in NOT_OF_THE_VIEW], safe=",/")
    if re.fullmatch("[a-z-]{1,40}", tab):
        view = f"{view or 'tab'}#{tab}"  # with nothing before it the address would lead to itself for ever
    if len(view) > VIEW_LONGEST:
        raise ComparisonProblem("view", f"A view has at most {VIEW_LONGEST:,} characters; this one has {len(view):,}.")
    return view
