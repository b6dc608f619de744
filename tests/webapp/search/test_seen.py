"""A search finds, offers and counts what the person who searches may see, and nothing else."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.bench.listing import fill
from tests.webapp.search.test_plans import scans
from webapp.models import Experiment, Role, Share, User
from webapp.search.completion import complete
from webapp.search.fields import known_names
from webapp.search.pages import Search
from webapp.search.problem import SearchProblem


def someone(session: Session, name: str, **rest: str) -> User:
    made = User(username=name, email=f"{name}@example.com", **rest)
    session.add(made)
    session.commit()
    return made


def found(session: Session, who: User, text: str = "", sort: str = "created") -> list[str]:
    search = Search(session, who, text)
    titles = [experiment.title for experiment in search.page(sort).experiments]
    assert search.count() == len(titles)
    return titles


@pytest.fixture
def grace(session: Session) -> User:
    return someone(session, "grace")


@pytest.fixture
def four(session: Session, viewer: User, grace: User, add: Callable[..., Experiment]) -> None:
    """One of Ada's of each visibility; the private one and the shared one have been shared with Grace."""
    for visibility in ("private", "shared", "open", "public"):
        results = ({f"validation/of_{visibility}": {"best": 1.0, "last": 1.0, "best_step": 1}, "duration_s": 1.0},)
        made = add(visibility, results, visibility=visibility, tags=[f"tag-{visibility}"])
        if visibility in ("private", "shared"):
            made.shares.append(Share(user_id=grace.id))
    session.commit()


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize("sort", ["created", "title", "duration_s", "seed", "validation/loss"])
def test_each_order_shows_what_one_sees(session: Session, viewer: User, grace: User, sort: str) -> None:
    root = someone(session, "root", role=Role.ADMINISTRATOR.value)
    assert sorted(found(session, viewer, sort=sort)) == ["open", "private", "public", "shared"]
    assert sorted(found(session, root, sort=sort)) == ["open", "private", "public", "shared"]
    assert sorted(found(session, grace, sort=sort)) == ["open", "public", "shared"]
    assert sorted(found(session, someone(session, "else"), sort=sort)) == ["open", "public"]


@pytest.mark.usefixtures("four")
def test_conditions_about_sharing(session: Session, viewer: User, grace: User) -> None:
    assert found(session, viewer, "visibility:private") == ["private"]
    assert found(session, grace, "visibility:private") == []
    assert found(session, grace, "visibility in (shared, public)") == ["public", "shared"]
    assert found(session, grace, "shared:me") == ["shared"]
    assert found(session, grace, "not shared:me") == ["public", "open"]
    for text in ("shared:ada", "visibility:prvate", "visibility ~ p", "visibility < open"):
        with pytest.raises(SearchProblem):
            found(session, grace, text)


@pytest.mark.usefixtures("four")
def test_nothing_of_what_is_hidden_is_offered_or_known(session: Session, viewer: User, grace: User) -> None:
    def offers(who: User, text: str) -> list[str]:
        return [offer.text for offer in complete(session, who, text, len(text)).items]

    assert offers(viewer, "title = pri") == ['"private"']
    assert offers(grace, "title = pri") == []
    assert offers(viewer, "tag:tag-") == ["tag-open", "tag-private", "tag-public", "tag-shared"]
    assert offers(grace, "tag:tag-") == ["tag-open", "tag-public", "tag-shared"]
    assert "validation/of_private" in known_names(session, viewer)
    assert "validation/of_private" not in known_names(session, grace)
    assert found(session, viewer, "validation/of_private = 1") == ["private"]
    with pytest.raises(SearchProblem, match="There is no field"):
        found(session, grace, "validation/of_private = 1")


def test_no_order_reads_a_whole_table_where_half_is_hidden(session: Session, grace: User) -> None:
    someone(session, "ada")
    fill(session, 200)
    for number, made in enumerate(session.query(Experiment)):
        made.visibility = ("private", "open", "shared", "public")[number % 4]
    session.commit()
    asked = []
    event.listen(
        session.get_bind(), "before_cursor_execute", lambda _c, _u, query, values, *_: asked.append((query, values))
    )
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET enable_seqscan = off")
    for sort in ("created", "updated", "title", "validation/accuracy"):
        page = Search(session, grace).page(sort, 10)
        assert all(made.visibility in ("open", "public") or made.owner_id == grace.id for made in page.experiments)
    Search(session, grace, "shared:me").count()
    Search(session, grace, "visibility:shared").count()
    for query, values in {query: values for query, values in asked if query.startswith("SELECT")}.items():
        assert not scans(session, query, values), query
