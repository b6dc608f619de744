"""What is offered where the caret stands."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Experiment, User, now
from webapp.search.completion import complete

pytestmark = pytest.mark.usefixtures("three")


def offers(session: Session, viewer: User, text: str) -> list[str]:
    return [offer.text for offer in complete(session, viewer, text, len(text)).items]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["title", "tag", "owner", "state"]),
        ("opt", ["optimizer.kind"]),
        ("lr", ["optimizer.lr"]),
        ("val/a", ["validation/accuracy", "validation/accuracy.last"]),
        ("optimizer.kind ", ["=", "!=", "~", "in"]),
        ("optimizer.lr ", ["=", "!=", "<", "<=", ">", ">=", "in"]),
        ("val/loss <", []),
        ("optimizer.kind = ada", ["adadelta", "adagrad", "adam", "adam_uncorrected", "adamw"]),
        ("not (optimizer.kind=sg", ["sgd"]),
        ("optimizer.kind in (", ["adadelta"]),
        ("optimizer.kind in (adam, sg", ["sgd"]),
        ("optimizer.kind not ", ["in", "title"]),
        ("optimizer.kind not i", ["in"]),
        ("deeper not ", ["title"]),
        ("optimizer.kind in (adam) ", ["and", "or"]),
        ("network.hidden = 2", ["256"]),
        ("channels_last = ", ["true", "false"]),
        ("tag:", ["baseline", "lr-sweep"]),
        ("tag:l", ["lr-sweep"]),
        ("owner:", ["me", "ada", "grace"]),
        ("state:", ["queued", "running", "paused", "completed", "failed", "cancelled"]),
        ("created > y", ["yesterday"]),
        ("title = b", ['"b bolder"']),
        ("tag:baseline ", ["and", "or"]),
        ("tag:or ", ["and", "or"]),
        ("tag:baseline o", ["or", "owner", "optimizer.kind"]),
        ("tag:baseline and no", ["not"]),
        ('title ~ "un', []),
        ("nothing.like.this = ", []),
    ],
)
def test_what_fits_is_offered(session: Session, viewer: User, text: str, first: list[str]) -> None:
    found = offers(session, viewer, text)
    assert found[: len(first)] == first
    assert bool(found) == bool(first)


def test_what_a_plugin_left_in_the_database_is_offered_too(
    session: Session, viewer: User, add: Callable[..., Experiment]
) -> None:
    made = add("Odd", ({"validation/brier": 0.2},))
    made.spec = {**made.spec, "optimizer": {"kind": "signum", "trust": 0.5}}
    session.commit()
    assert offers(session, viewer, "optimizer.tr") == ["optimizer.trust"]
    assert "signum" in offers(session, viewer, "optimizer.kind = si")
    assert offers(session, viewer, "brier")[0] == "validation/brier"


def test_a_name_is_offered_as_it_must_be_written(
    session: Session, viewer: User, add: Callable[..., Experiment]
) -> None:
    add("From afar", ({"validation/my Metric": 0.2, "validation/mIoU": 0.3},))
    assert offers(session, viewer, "validation/m")[-2:] == ["validation/miou", '"validation/my metric"']
    assert offers(session, viewer, '"validation/my metric" ')[:2] == ["=", "!="]
    assert offers(session, viewer, '"optimizer.kind" in (ada')[:1] == ["adadelta"]


def test_an_offer_takes_the_place_of_the_word_before_the_caret(session: Session, viewer: User) -> None:
    found = complete(session, viewer, "tag:base and more", 8)
    assert (found.start, found.end) == (4, 8)
    assert [offer.text for offer in found.items] == ["baseline"]


def test_who_has_left_is_not_offered(session: Session, viewer: User) -> None:
    session.scalars(select(User).where(User.username == "grace")).one().deleted_at = now()
    session.commit()
    assert offers(session, viewer, "owner:") == ["me", "ada"]


@pytest.mark.parametrize(
    ("text", "caret", "start", "end"),
    [
        ("optimizer.kind = adam", 5, 0, 14),
        ("tag:baseline", 6, 4, 12),
        ("created > 2026-01-01T10:30", 20, 10, 26),
        ("optimizer.lr!=1", 9, 0, 12),
        ("tag:base ", 9, 9, 9),
    ],
)
def test_an_offer_takes_the_place_of_the_whole_word_in_which_the_caret_stands(
    session: Session, viewer: User, text: str, caret: int, start: int, end: int
) -> None:
    found = complete(session, viewer, text, caret)
    assert (found.start, found.end) == (start, end)
