"""What a person starred. Stars are their own: nobody else sees them."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import policy
from webapp.models import Experiment, Star, User, now

MOST = 500


class TooManyStars(Exception):
    """As many are starred as can be; a sentence."""


def star(session: Session, user: User, experiment: Experiment) -> None:
    """Star it, committed; one that is starred already stays so. Raises TooManyStars."""
    if (session.scalar(select(func.count()).where(Star.user_id == user.id)) or 0) >= MOST:
        if is_starred(session, user, experiment.id):
            return
        raise TooManyStars(f"At most {MOST} experiments can be starred. Take the star from one first.")
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"user_id": user.id, "experiment_id": experiment.id, "created_at": now()}
    session.execute(insert(Star).values(row).on_conflict_do_nothing())
    session.commit()


def unstar(session: Session, user: User, experiment_id: int) -> None:
    """Take the star away, committed; where there is none, nothing happens."""
    session.execute(delete(Star).where(Star.user_id == user.id, Star.experiment_id == experiment_id))
    session.commit()


def is_starred(session: Session, user: User, experiment_id: int) -> bool:
    """Whether the person starred it."""
    return bool(starred_among(session, user, [experiment_id]))


def starred_among(session: Session, user: User, ids: Iterable[int]) -> set[int]:
    """Those of these experiments that the person starred."""
    mine = select(Star.experiment_id).where(Star.user_id == user.id, Star.experiment_id.in_(list(ids)))
    return set(session.scalars(mine))


def starred(session: Session, user: User, limit: int = MOST) -> list[Star]:
    """The person's stars, newest first, each with its experiment: those that they may still see."""
    query = (
        select(Star)
        .join(Star.experiment)
        .where(Star.user_id == user.id, policy.seen_by(user))
        .options(
            joinedload(Star.experiment).options(
                joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags)
            )
        )
        .order_by(Star.created_at.desc(), Star.experiment_id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
