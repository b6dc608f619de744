"""A person's layouts in the database, on SQLite and PostgreSQL."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from webapp.layouts import service
from webapp.models import Layout, User


@pytest.fixture
def owner(sessions: sessionmaker[Session]) -> int:
    """The id of somebody."""
    return somebody(sessions, "ada")


def somebody(sessions: sessionmaker[Session], name: str) -> int:
    with sessions() as session:
        user = User(username=name, email=f"{name}@example.com")
        session.add(user)
        session.commit()
        return user.id


def create(session: Session, owner: int, name: str, **values: object) -> Layout:
    return service.create(session, owner, **{"name": name, "default": False, **values})


def default_of(session: Session, owner: int) -> list[str]:
    session.expire_all()
    return [layout.name for layout in service.of_person(session, owner) if layout.is_default]


def test_what_was_saved_is_read_again_in_its_order(sessions: sessionmaker[Session], owner: int) -> None:
    with sessions() as session:
        create(session, owner, "Wide", pins=["lr", "update_ratio/"], toolbar={"smoothing": "0.9"}, columns=1)
    with sessions() as session:
        (kept,) = service.of_person(session, owner)
    assert (kept.name, kept.pins, kept.toolbar) == ("Wide", ["lr", "update_ratio/"], {"smoothing": "0.9"})
    assert (kept.columns, kept.height) == (1, "normal")


def test_the_first_is_the_default_until_another_is_made_so(sessions: sessionmaker[Session], owner: int) -> None:
    with sessions() as session:
        create(session, owner, "First")
        second = create(session, owner, "Second")
        assert default_of(session, owner) == ["First"]
        service.change(session, second, default=True)
        assert default_of(session, owner) == ["Second"]
        create(session, owner, "Third", default=True)
        assert default_of(session, owner) == ["Third"]


def test_when_the_default_is_deleted_the_oldest_other_one_takes_its_place(
    sessions: sessionmaker[Session], owner: int
) -> None:
    with sessions() as session:
        first = create(session, owner, "First")
        create(session, owner, "Second")
        create(session, owner, "Third")
        service.delete(session, first)
        assert default_of(session, owner) == ["Second"]


def test_two_people_may_use_the_same_name_and_one_may_not_use_it_twice(
    sessions: sessionmaker[Session], owner: int
) -> None:
    other = somebody(sessions, "grace")
    with sessions() as session:
        create(session, owner, "Mine")
        create(session, other, "Mine")
        with pytest.raises(service.LayoutProblem, match="You already have a layout called “Mine”"):
            create(session, owner, " Mine ")
        second = create(session, owner, "Second")
        with pytest.raises(service.LayoutProblem, match="already"):
            service.change(session, second, name="Mine")
        assert default_of(session, other) == ["Mine"]


def test_a_person_who_is_deleted_takes_their_layouts_along(sessions: sessionmaker[Session], owner: int) -> None:
    with sessions() as session:
        create(session, owner, "Mine")
        session.delete(session.get_one(User, owner))
        session.commit()
        assert service.of_person(session, owner) == []


def test_there_is_a_most_of_layouts(sessions: sessionmaker[Session], owner: int) -> None:
    with sessions() as session:
        for number in range(service.MOST_LAYOUTS):
            create(session, owner, f"Number {number}")
        with pytest.raises(service.LayoutProblem, match="At most 20 layouts"):
            create(session, owner, "One more")
