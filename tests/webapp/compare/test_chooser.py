"""The list from which experiments are chosen."""

import pytest
from flask import Flask

from tests.conftest import Person
from tests.webapp.compare.making import sweep
from webapp.compare.chooser import with_tag
from webapp.models import User, db


@pytest.fixture
def reader(app: Flask, ada: Person) -> Person:
    """Somebody with four experiments; the first has the tag “sweep”."""
    with app.app_context():
        sweep(db.session(), db.session.get_one(User, ada.id), 4)
    return ada


def test_it_is_searched_as_the_table_of_experiments_is(reader: Person) -> None:
    page = reader.browser.get("/compare/choose?search=optimizer.kind = adam").text
    assert page.count('name="pick"') == 1
    assert "adam at" in page


def test_what_is_ticked_stays_when_another_search_is_made(reader: Person) -> None:
    page = reader.browser.get("/compare/choose?search=optimizer.kind = adam&pick=1&pick=2").text
    assert page.count('name="pick"') == 3
    assert page.count(" checked>") == 2


def test_a_tag_is_added_to_the_search(reader: Person) -> None:
    page = reader.browser.get("/compare/choose?search=sgd&tag=sweep").text
    assert 'value="sgd tag:sweep"' in page
    assert page.count('name="pick"') == 1
    assert '<button class="tag border-0" name="tag" value="sweep">' in page


@pytest.mark.parametrize(
    ("search", "tag", "sought"),
    [
        ("", "sweep", "tag:sweep"),
        ("sgd or adam", "sweep", "(sgd or adam) tag:sweep"),
        ("sgd or tag:sweep", "sweep", "(sgd or tag:sweep) tag:sweep"),
        ("sgd tag:sweep", "sweep", "sgd tag:sweep"),
        ("sgd", "or", 'sgd tag:"or"'),
        ('"never closed', "sweep", '"never closed tag:sweep'),
    ],
)
def test_a_tag_is_asked_for_besides_the_whole_search(search: str, tag: str, sought: str) -> None:
    assert with_tag(search, tag) == sought


def test_a_tag_narrows_a_search_with_or(reader: Person) -> None:
    page = reader.browser.get("/compare/choose?search=optimizer.kind = sgd or optimizer.kind = adam&tag=sweep").text
    assert page.count('name="pick"') == 1


def test_a_search_that_makes_no_sense_is_answered_with_a_sentence(reader: Person) -> None:
    answer = reader.browser.get("/compare/choose?search=lr >&pick=1")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "text-danger" in answer.text
    assert 'value="1" checked' in answer.text


def test_without_experiments_it_says_what_to_do(ada: Person) -> None:
    assert "Nothing to compare yet" in ada.browser.get("/compare").text
