"""What becomes of people: their role, and whether they may come in. Pages and the API call this."""

from flask import current_app, has_app_context
from sqlalchemy import ColumnElement, delete, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from webapp import audit
from webapp.auth.registration import checked_role
from webapp.auth.service import AccountProblem
from webapp.models import Login, Role, User, now
from webapp.store.access import tell_watchers

DELETE, HAND_OVER = "delete", "hand_over"
LAST = "{who} is the last administrator. Make somebody else one first."


def people(session: Session) -> list[User]:
    """Everybody who is not gone, by name."""
    return list(session.scalars(select(User).where(User.deleted_at.is_(None)).order_by(User.username)))


def change_role(session: Session, actor: User, user: User, role: str) -> None:
    """Another role, committed. Raises AccountProblem, for the last administrator as well."""
    chosen, before = checked_role(role), user.role
    if chosen.value == before:
        return
    write_unless_last(session, user, "role", role=chosen.value)
    audit.record(session, actor, "role.changed", user.username, {"from": before, "to": chosen.value})
    session.commit()
    tell_streams()


def deactivate(session: Session, actor: User, user: User) -> None:
    """Let them in no more: logins end and tokens are refused at once. What trains goes on. Committed. Raises AccountProblem."""
    if user.deactivated_at is not None:
        return
    if not write_unless_last(session, user, "active", User.deactivated_at.is_(None), deactivated_at=now()):
        return  # somebody else did at this very moment
    session.execute(delete(Login).where(Login.user_id == user.id))
    audit.record(session, actor, "account.deactivated", user.username)
    session.commit()
    tell_streams()


def activate(session: Session, actor: User, user: User) -> None:
    """Let them in again, with the tokens that they had. Committed. Raises AccountProblem."""
    if user.deleted_at is not None:
        raise AccountProblem("active", "This account is deleted, and cannot come back.", "taken")
    if user.deactivated_at is None:
        return
    user.deactivated_at = None
    audit.record(session, actor, "account.activated", user.username)
    session.commit()


def write_unless_last(
    session: Session, user: User, field: str, still: ColumnElement[bool] | None = None, **values: object
) -> bool:
    """Change somebody's row where an administrator is left then, whatever others do at the same moment; whether it is ``still``
    as it was. Raises AccountProblem.
    """
    other = aliased(User)
    rules = other.role == Role.ADMINISTRATOR.value, other.deactivated_at.is_(None)
    session.execute(
        select(other.id).where(*rules).order_by(other.id).with_for_update()
    )  # these changes wait for each other
    is_left = select(other.id).where(*rules, other.id != user.id).exists()
    counts_for_nothing = (User.role != Role.ADMINISTRATOR.value) | User.deactivated_at.is_not(None)
    allowed: ColumnElement[bool] = (
        true() if values.get("role") == Role.ADMINISTRATOR.value else or_(counts_for_nothing, is_left)
    )
    query = update(User).where(User.id == user.id, allowed, true() if still is None else still).values(**values)
    done = session.execute(query.execution_options(synchronize_session=False))
    if not done.rowcount:  # type: ignore[attr-defined]
        session.rollback()
        if still is not None and session.scalar(select(User.id).where(User.id == user.id, ~still)):
            return False
        raise AccountProblem(field, LAST.format(who=user.username), "taken")
    session.refresh(user)
    return True


def end_logins(session: Session, actor: User, user: User) -> int:
    """Log them out everywhere, committed; how many browsers that were."""
    done = session.execute(delete(Login).where(Login.user_id == user.id))
    audit.record(session, actor, "logins.ended", user.username, {"logins": done.rowcount})  # type: ignore[attr-defined]
    session.commit()
    tell_streams()
    return int(done.rowcount)  # type: ignore[attr-defined]


def tell_streams() -> None:
    """Somebody may see less than before: streams that are open ask again. To be called after the commit."""
    if has_app_context():
        tell_watchers(current_app.extensions["redis"])
