"""Passwords: kept as argon2id hashes, compared in the same time whether the account exists or not."""

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp import audit, mail
from webapp.models import MailLink, User

SHORTEST, LONGEST = 8, 200
CHANGED = "on its account page or by a program of yours, and all other browsers are logged out."
hasher = PasswordHasher()


@functools.cache
def nobodys_hash() -> str:
    """Made when it is first needed, for it takes as long as any."""
    return hasher.hash(secrets.token_hex())


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``."""
    return hasher.hash(password)


def set_password(session: Session, user: User, password: str) -> None:
    """Give ``user`` a new password and log all browsers out. Links that were mailed are worth nothing any more: who knew the
    old password may have asked for them. Commits nothing.
    """
    user.password_hash = hash_password(password)
    user.logins.clear()
    session.execute(delete(MailLink).where(MailLink.user_id == user.id))


def replace_password(
    session: Session, user: User, password: str, deed: str = "password.changed", told: str = CHANGED
) -> None:
    """As ``set_password``, entered into the audit log as ``deed``, committed; the owner is ``told`` by mail."""
    set_password(session, user, password)
    audit.record(session, user, deed, user.username)
    session.commit()
    told = f"The password of your account {user.username} was changed {told}"
    mail.tell(user.email, "Your password for Descent was changed", told)


def password_fits(user: User | None, password: str) -> bool:
    """Whether ``password`` is that of ``user``; takes as long when there is no such user."""
    known = user.password_hash if user else None
    try:
        return hasher.verify(known or nobodys_hash(), password[:LONGEST]) and bool(known)
    except (VerificationError, InvalidHashError):
        return False
