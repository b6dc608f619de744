"""Whatever is written into the box is answered: with a page, or with what is wrong."""

import contextlib
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.conftest import Person
from webapp.models import Experiment, User
from webapp.search.pages import Search
from webapp.search.problem import SearchProblem

PIECES = [
    *("optimizer.kind", "optimizer.lr", "val/accuracy", "title", "tag", "owner", "state", "created", "updated", "lr"),
    *("=", "!=", "<", "<=", ">", ">=", "~", ":", "in", "not", "and", "or", "(", ")", ",", '"', "\\", "'", "%", "!"),
    *(
        "adam",
        "0.9",
        "1e-3",
        "90%",
        "-1",
        "1e400",
        "2026-01-01",
        "9999-12-31",
        "today",
        "running",
        "me",
        "none",
        "\x00",
    ),
    *("network.layers.kind", "steps", "nothing.like.this", "é", "日本", "\ud7ff", "\U0010ffff", "--", "1" * 400),
]
searches = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=10).map(" ".join) | st.text(max_size=40)


@pytest.fixture
def browser(ada: Person, submit: Callable[..., Experiment]) -> Person:
    """Ada, with an experiment to find."""
    submit(ada, "Something", tags=["a"])
    return ada


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(text=searches)
def test_any_text_gives_a_page_or_says_what_is_wrong(browser: Person, text: str) -> None:
    answer = browser.browser.get(f"/experiments?{urlencode({'search': text})}")
    assert answer.status_code in (200, 422)
    says = 'class="mb-0 text-danger"' in answer.text or "holds the character NUL" in answer.text
    assert (answer.status_code == 422) == says


@QUICK
@given(text=searches, sort=st.sampled_from(PIECES) | st.text(max_size=8), cursor=st.text(max_size=12))
def test_any_query_of_the_api_is_answered(browser: Person, text: str, sort: str, cursor: str) -> None:
    query = urlencode({"search": text, "sort": sort, "cursor": cursor})
    answer = browser.api("GET", f"/experiments?{query}")
    assert answer.status_code in (200, 404, 422)
    if answer.status_code in (404, 422):
        assert answer.json["errors"][0]["field"] in ("search", "sort", "cursor")


@QUICK
@given(text=searches, caret=st.integers(-5, 60))
def test_any_text_can_be_completed(browser: Person, text: str, caret: int) -> None:
    answer = browser.browser.get(f"/experiments/completions?{urlencode({'text': text, 'caret': caret})}")
    assert answer.status_code == (422 if "\0" in text else 200)
    if answer.status_code == 200:
        assert 0 <= answer.json["start"] <= answer.json["end"] <= len(text)


@QUICK
@given(text=searches, sort=st.sampled_from(["created", "title", "val/loss", "optimizer.lr"]))
def test_either_database_takes_any_text(session: Session, viewer: User, text: str, sort: str) -> None:
    with contextlib.suppress(SearchProblem):
        search = Search(session, viewer, text)
        assert (search.page(sort).experiments, search.count()) == ([], 0)
