"""Making, changing and deleting layouts."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.fields import FieldProblem
from webapp.models import Layout

MOST_LAYOUTS = 20
LONGEST_NAME = 60
MOST_PINS = 50
LONGEST_PIN = 200
MOST_FIELDS = 20
LONGEST_FIELD = 40


class LayoutProblem(FieldProblem):
    """Why a layout cannot be; ``field`` names where."""


def of_person(session: Session, user_id: int) -> list[Layout]:
    """A person's layouts, oldest first."""
    return list(session.scalars(select(Layout).where(Layout.user_id == user_id).order_by(Layout.id)))


def create(session: Session, user_id: int, **values: Any) -> Layout:
    """A new layout, committed; a person's first is their default. Raises LayoutProblem."""
    there = of_person(session, user_id)
    if len(there) >= MOST_LAYOUTS:
        raise LayoutProblem("name", f"At most {MOST_LAYOUTS} layouts. Delete one that is no longer used.", "taken")
    wanted_default = values.pop("default") or not there
    layout = Layout(user_id=user_id, **checked(values))
    session.add(layout)
    return kept(session, layout, wanted_default)


def change(session: Session, layout: Layout, **values: Any) -> Layout:
    """Other values for some of its fields, committed. Raises LayoutProblem."""
    wanted_default = values.pop("default", None)
    if wanted_default is False and layout.is_default:
        raise LayoutProblem(
            "default", "Pages open with one of your layouts: make another the default instead.", "taken"
        )
    for name, value in checked(values).items():
        setattr(layout, name, value)
    return kept(session, layout, bool(wanted_default))


def kept(session: Session, layout: Layout, make_default: bool) -> Layout:
    """Commit it. Raises LayoutProblem where another has its name."""
    name = layout.name
    try:
        session.flush()
        if make_default:
            session.execute(update(Layout).where(Layout.user_id == layout.user_id).values(is_default=False))
            session.execute(update(Layout).where(Layout.id == layout.id).values(is_default=True))
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise LayoutProblem("name", f"You already have a layout called “{name}”.", "taken") from error
    return layout


def delete(session: Session, layout: Layout) -> None:
    """Delete it; where it was the default, the oldest of the others is from now on."""
    session.delete(layout)
    session.flush()
    left = of_person(session, layout.user_id)
    if left and not any(other.is_default for other in left):
        left[0].is_default = True
    session.commit()


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises LayoutProblem."""
    made = dict(values)
    if "name" in made:
        made["name"] = checked_name(made["name"])
    if "pins" in made:
        made["pins"] = checked_pins(made["pins"])
    if "toolbar" in made:
        check_toolbar(made["toolbar"])
    return made


def checked_name(text: str) -> str:
    """A name, with single spaces. Raises LayoutProblem."""
    check_text("name", "The name", [text])
    name = " ".join(text.split())
    if not name:
        raise LayoutProblem("name", "Please give the layout a name.")
    if len(name) > LONGEST_NAME:
        raise LayoutProblem("name", f"A name has at most {LONGEST_NAME} characters; this one has {len(name):,}.")
    return name


def checked_pins(pins: list[str]) -> list[str]:
    """Pinned charts, each once. Raises LayoutProblem."""
    unique = list(dict.fromkeys(pins))
    if len(unique) > MOST_PINS:
        raise LayoutProblem("pins", f"At most {MOST_PINS} charts can be pinned; these are {len(unique):,}.")
    for position, pin in enumerate(unique):
        if not 1 <= len(pin) <= LONGEST_PIN:
            raise LayoutProblem(
                f"pins.{position}", f"A chart's key has 1 to {LONGEST_PIN} characters; this one has {len(pin):,}."
            )
    check_text("pins", "A chart's key", unique)
    return unique


def check_toolbar(fields: dict[str, str]) -> None:
    """Raises LayoutProblem."""
    if len(fields) > MOST_FIELDS:
        raise LayoutProblem("toolbar", f"The toolbar has at most {MOST_FIELDS} fields; you sent {len(fields):,}.")
    words = [*fields, *fields.values()]
    if any(len(word) > LONGEST_FIELD for word in words):
        raise LayoutProblem("toolbar", f"A field's name and value have at most {LONGEST_FIELD} characters each.")
    check_text("toolbar", "A field of the toolbar", words)


def check_text(field: str, what: str, words: Iterable[str]) -> None:
    """PostgreSQL keeps no NUL. Raises LayoutProblem."""
    if any("\x00" in word for word in words):
        raise LayoutProblem(field, f"{what} cannot hold the character NUL.")
