"""A person's API tokens: issuing them within what the issuer may, and finding them; the page and the API both call these."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.auth.people import tell_streams
from webapp.fields import FieldProblem
from webapp.models import ApiToken, Scope, User, now
from webapp.models.scope import ALL, read_scopes

MOST_TOKENS = 50
LONGEST_LABEL, LONGEST_DAYS = 80, 3650
LIFETIMES = {7: "a week", 30: "30 days", 90: "90 days", 365: "a year", 0: "ever, until it is revoked"}


class TokenProblem(FieldProblem):
    """Why a token cannot be issued so; ``field`` names where."""


def issue(
    session: Session,
    user: User,
    label: str,
    scopes: Iterable[str],
    days: int | None,
    within: frozenset[Scope] = ALL,
    until: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its text, committed. It may do no more than ``within``, and is good no longer than ``until``.

    Raises TokenProblem.
    """
    label = " ".join(label.split())
    if len(label) > LONGEST_LABEL:
        raise TokenProblem("label", f"At most {LONGEST_LABEL} characters; this one has {len(label):,}.")
    chosen = checked(scopes, within)
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise TokenProblem("days", f"A token is good for 1 to {LONGEST_DAYS:,} days, or for ever.")
    if until is not None and (days is None or now() + timedelta(days=days) > until):
        raise TokenProblem("days", f"A token cannot issue one that outlives it; it expires on {until:%-d %B %Y}.")
    hold = update(User).where(User.id == user.id).values(name=User.name)  # one after the other, so the limit is exact
    session.execute(hold.execution_options(synchronize_session=False))
    if (session.scalar(select(func.count()).where(ApiToken.user_id == user.id)) or 0) >= MOST_TOKENS:
        session.rollback()
        raise TokenProblem("label", f"At most {MOST_TOKENS} tokens. Revoke one that is no longer used.")
    made, text = ApiToken.issue(user, label, chosen, days)
    session.add(made)
    audit.record(session, user, "token.made", user.username, {"label": label, "scopes": sorted(chosen)})
    session.commit()
    return made, text


def revoke(session: Session, token: ApiToken) -> None:
    """End a token, committed; programs that use it are refused from now on, and streams end."""
    audit.record(session, token.user, "token.revoked", token.user.username, {"label": token.label})
    session.delete(token)
    session.commit()
    tell_streams()


def checked(scopes: Iterable[str], within: frozenset[Scope]) -> frozenset[Scope]:
    """The scopes that are named. Raises TokenProblem when there is no such scope, or the issuer lacks it."""
    try:
        named = read_scopes(scopes)
    except ValueError as error:
        raise TokenProblem("scopes", str(error)) from error
    if wider := sorted(named - within):
        raise TokenProblem("scopes", f"A token cannot issue one that may do more; it lacks {', '.join(wider)} itself.")
    return named


def of_person(session: Session, user: User) -> list[ApiToken]:
    """This person's tokens, oldest first."""
    return list(session.scalars(select(ApiToken).where(ApiToken.user_id == user.id).order_by(ApiToken.id)))


def find(session: Session, user: User, token_id: int) -> ApiToken | None:
    """A token of this person."""
    token = session.get(ApiToken, token_id)
    return token if token is not None and token.user_id == user.id else None
