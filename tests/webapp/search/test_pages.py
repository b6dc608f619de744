"""Orders and pages, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.webapp.search.conftest import Find
from webapp.models import Experiment, User
from webapp.search import pages
from webapp.search.orders import write_cursor
from webapp.search.pages import FEW, WALKED, Search
from webapp.search.problem import SearchProblem

A, B, C = "A careful start", "B bolder", "C of Grace"


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("created", [C, B, A]),
        ("-created", [A, B, C]),
        ("updated", [C, B, A]),
        ("title", [A, B, C]),
        ("-title", [C, B, A]),
        ("validation/accuracy", [B, A, C]),
        ("-val/accuracy", [A, B, C]),
        ("steps", [A, B, C]),
        ("optimizer.lr", [A, C, B]),
        ("-optimizer.lr", [B, C, A]),
        ("-optimizer.kind", [C, B, A]),
        ("network.hidden", [C, B, A]),
        ("regularisation.kind", [B, C, A]),
        ("weight_average", [C, B, A]),
    ],
)
def test_the_best_come_first_and_those_without_last(find: Find, sort: str, expected: list[str]) -> None:
    assert find("", sort) == expected
    assert find("optimizer.lr < 1", sort) == expected


@pytest.mark.parametrize(
    "sort", ["created", "updated", "title", "validation/loss", "-validation/loss", "seed", "data.kind"]
)
@pytest.mark.parametrize(
    ("search", "few", "walked"),
    [
        pytest.param("", FEW, WALKED, id="all"),
        pytest.param("optimizer.lr < 1", FEW, WALKED, id="few match"),
        pytest.param(
            "optimizer.lr < 1 and steps < 9",
            2,
            6,
            id="many match, and are picked from the order's next rows or asked for",
        ),
    ],
)
def test_pages_show_each_experiment_once_in_order(
    session: Session,
    viewer: User,
    add: Callable[..., Experiment],
    monkeypatch: pytest.MonkeyPatch,
    sort: str,
    search: str,
    few: int,
    walked: int,
) -> None:
    monkeypatch.setattr(pages, "FEW", few)
    monkeypatch.setattr(pages, "WALKED", walked)
    for number in range(11):
        results = {} if number % 4 == 0 else {"validation/loss": {"best": number % 3, "last": 0.0}}
        add(f"Number {number % 5}", ({"steps": 5, **results},), spec={"seed": number % 2})
    for number in range(6 if search.endswith("steps < 9") else 0):  # they stand between those that match
        add(f"Number {number}", ({"steps": 50, "validation/loss": {"best": number % 3, "last": 0.0}},))
    whole = [each.id for each in Search(session, viewer, search).page(sort, 50).experiments]
    assert sorted(whole) == list(range(1, 12))
    paged, cursor = list[int](), ""
    while True:
        page = Search(session, viewer, search).page(sort, 3, cursor)
        paged += [each.id for each in page.experiments]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert paged == whole


def test_the_archive_is_a_table_of_its_own(find: Find, session: Session, add: Callable[..., Experiment]) -> None:
    add("Here")
    add("Away").archived = True
    session.commit()
    for sort in ("created", "updated", "title", "validation/loss"):
        assert (find("", sort), find("", sort, archived=True)) == (["Here"], ["Away"])
        assert find("optimizer.lr < 1", sort, archived=True) == ["Away"]


def test_many_that_match_are_found_like_few(session: Session, viewer: User, add: Callable[..., Experiment]) -> None:
    spec = add("One of many", ({"validation/loss": 0.5},)).spec
    session.add_all(Experiment(title=f"Many {n}", owner=viewer, spec=spec) for n in range(FEW + 5))
    session.commit()
    search = Search(session, viewer, "many")
    assert search.few is None
    assert search.count() == FEW + 6
    titles = [each.title for each in search.page("validation/loss", 2).experiments]
    assert titles == ["One of many", f"Many {FEW + 4}"]


@pytest.mark.parametrize(
    ("sort", "words"), [("colour", "no field “colour”"), ("tag", "cannot be sorted"), ("--title", "no field")]
)
def test_what_is_no_order_is_told(find: Find, sort: str, words: str) -> None:
    with pytest.raises(SearchProblem, match=words) as raised:
        find("", sort)
    assert raised.value.field == "sort"


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("sort", ["created", "updated", "title", "validation/accuracy", "optimizer.lr"])
@pytest.mark.parametrize(
    "mark", ["text", "\x00", "\ud800", 1, -1.5, 10**400, float("nan"), None, True, [], "2026-01-01"]
)
def test_a_cursor_of_another_order_is_refused_or_does_no_harm(
    session: Session, viewer: User, sort: str, mark: object
) -> None:
    for cursor in (write_cursor((mark, 1), 1), write_cursor(None, 2), write_cursor((mark, 1), 2**40), "WzFd", "é"):
        fields = []
        try:
            Search(session, viewer, "").page(sort, 2, cursor)
        except SearchProblem as problem:
            fields.append(problem.field)
        assert fields in ([], ["cursor"])


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "2026-01-01"]
)
def test_a_cursor_with_a_moment_that_is_none_in_utc_is_refused(session: Session, viewer: User, moment: str) -> None:
    with pytest.raises(SearchProblem, match="not made by us") as raised:
        Search(session, viewer, "").page("updated", 2, write_cursor((moment, 1), 1))
    assert raised.value.field == "cursor"
