"""The experiments that are compared: how addresses name them, and which of them somebody sees."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import policy
from webapp.ids import LARGEST
from webapp.models import Experiment, User

FEWEST, MOST = 2, 50
MOST_NAMED = 3  # in one sentence


def read_ids(text: str) -> tuple[list[int], str | None]:
    """(ids, what is wrong with them)."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    wrong = [word for word in words if not (word.isascii() and word.isdecimal() and len(word) <= 10)]
    if wrong:
        return [], f"“{wrong[0][:40]}” is not the number of an experiment."
    ids = list(dict.fromkeys(int(word) for word in words))
    return ids, too_many(ids)


def too_many(ids: Sequence[int]) -> str | None:
    """What is wrong with how many there are; fewer than two are a matter of what is done with them."""
    return f"At most {MOST} experiments can be compared at once; you chose {len(ids):,}." if len(ids) > MOST else None


def find(session: Session, ids: Sequence[int], user: User) -> list[Experiment]:
    """The experiments of these ids that somebody may see, in the order of the ids."""
    asked = [number for number in ids if 0 <= number <= LARGEST]
    if not asked:
        return []
    query = (
        select(Experiment)
        .where(Experiment.id.in_(asked), policy.seen_by(user))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    )
    found = {experiment.id: experiment for experiment in session.scalars(query)}
    return [found[number] for number in asked if number in found]


def absent(ids: Sequence[int], found: Sequence[Experiment]) -> str | None:
    """Says which of the ids are of no experiment that can be seen."""
    there = {experiment.id for experiment in found}
    missing = [str(number) for number in ids if number not in there]
    if not missing:
        return None
    more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
    return f"There is no experiment {', '.join(missing[:MOST_NAMED])}{more}: deleted, or not shared with you."
