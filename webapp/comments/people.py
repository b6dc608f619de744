"""Who can be mentioned: the people who may see an experiment."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp import policy
from webapp.models import Experiment, User

LOOKED_AT = 100


def people_who_see(session: Session, experiment: Experiment, beginning: str, most: int = 8) -> list[User]:
    """Those whose name or username, or a word of the name, begins so."""
    escaped = beginning.lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    matches = or_(
        User.username.like(f"{escaped}%", escape="\\"),
        User.name.ilike(f"{escaped}%", escape="\\"),
        User.name.ilike(f"% {escaped}%", escape="\\"),
    )
    found = session.scalars(
        select(User).where(matches, User.deactivated_at.is_(None)).order_by(User.username).limit(LOOKED_AT)
    )
    return [user for user in found if policy.may_see(user, experiment)][:most]


def people_named(session: Session, experiment: Experiment, names: Collection[str]) -> list[User]:
    """Those of these usernames who may see the experiment."""
    found = (
        session.scalars(select(User).where(User.username.in_(list(names)[:LOOKED_AT]), User.deactivated_at.is_(None)))
        if names
        else ()
    )
    return [user for user in found if policy.may_see(user, experiment)]
