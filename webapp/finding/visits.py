"""Which experiments a person looked at last. Only they see it, and only the last ones are kept."""

import logging
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import policy
from webapp.models import Experiment, User, Visit, now
from webapp.store.database import AWAY

KEPT = 50
ANEW = timedelta(seconds=30)  # looking again so soon is the same visit
log = logging.getLogger(__name__)


def remember(session: Session, user_id: int, experiment_id: int) -> None:
    """The person looks at the experiment's page now; committed. Where the database is busy, the page matters more."""
    try:
        seen = session.scalar(
            select(Visit.seen_at).where(Visit.user_id == user_id, Visit.experiment_id == experiment_id)
        )
        if seen is not None and now() - seen < ANEW:
            return
        write(session, user_id, experiment_id)
        session.commit()
    except AWAY as error:
        session.rollback()
        log.info("a visit was not kept: %s", error)


def write(session: Session, user_id: int, experiment_id: int) -> None:
    """Note it, and forget the oldest beyond those that are kept."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"user_id": user_id, "experiment_id": experiment_id, "seen_at": now()}
    statement = insert(Visit).values(row)
    keys = [Visit.user_id, Visit.experiment_id]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"seen_at": statement.excluded.seen_at}))
    oldest = select(Visit.experiment_id).where(Visit.user_id == user_id).order_by(Visit.seen_at.desc()).offset(KEPT)
    gone = list(session.scalars(oldest))
    if gone:
        session.execute(delete(Visit).where(Visit.user_id == user_id, Visit.experiment_id.in_(gone)))


def recent(session: Session, user: User, limit: int = KEPT) -> list[Visit]:
    """What the person looked at, the last first, each with its experiment: those that they may still see."""
    query = (
        select(Visit)
        .join(Visit.experiment)
        .where(Visit.user_id == user.id, policy.seen_by(user))
        .options(
            joinedload(Visit.experiment).options(
                joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags)
            )
        )
        .order_by(Visit.seen_at.desc(), Visit.experiment_id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def forget(session: Session, user_id: int) -> None:
    """Forget all that the person looked at; committed."""
    session.execute(delete(Visit).where(Visit.user_id == user_id))
    session.commit()
