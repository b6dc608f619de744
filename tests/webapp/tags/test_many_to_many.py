"""Tags and what they are on: many on one, and one on many."""

from collections.abc import Callable

import pytest

from tests.conftest import Person, Store
from webapp.models import Comment, Experiment, Tag


@pytest.mark.erratum(48)
def test_a_comment_has_many_tags_and_a_tag_many_comments(
    ada: Person, grace: Person, submit: Callable[..., Experiment], store: Store
) -> None:
    """A foreign key in either table would let one of the two have only one of the other."""
    path = f"/experiments/{submit(ada).id}/comments"
    for who, tags in ((ada, ["question", "insight"]), (grace, ["insight", "bug"])):
        assert who.api("POST", path, json={"body": "A word", "tags": tags}).status_code == 201
    comments = store.scalars(Comment.__table__.select().with_only_columns(Comment.id).order_by(Comment.id)).all()
    first, second = (store.get_one(Comment, number) for number in comments)
    assert {tag.name for tag in first.tags} == {"question", "insight"}
    assert {tag.name for tag in second.tags} == {"insight", "bug"}
    assert store.query(Tag).count() == 3


@pytest.mark.erratum(48)
def test_a_tag_is_shared_by_experiments_of_different_people(
    ada: Person, grace: Person, submit: Callable[..., Experiment], store: Store
) -> None:
    for who, title in ((ada, "Hers"), (grace, "Mine")):
        submit(who, title, tags=["baseline", title.lower()])
    found = ada.api("GET", "/experiments?search=tag:baseline").json["experiments"]
    assert {experiment["title"] for experiment in found} == {"Hers", "Mine"}
    assert store.query(Tag).count() == 3
