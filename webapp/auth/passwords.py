"""Passwords: kept as argon2id hashes, compared in the same time whether the account exists or not."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.models import User

SHORTEST, LONGEST = 8, 200
hasher = PasswordHasher()
nobodys_hash = hasher.hash(secrets.token_hex())


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``."""
    return hasher.hash(password)


def set_password(user: User, password: str) -> None:
    """Give ``user`` a new password and log all browsers out."""
    user.password_hash = hash_password(password)
    user.logins.clear()


def password_fits(user: User | None, password: str) -> bool:
    """Whether ``password`` is that of ``user``; takes as long when there is no such user."""
    known = user.password_hash if user and user.password_hash else nobodys_hash
    try:
        return hasher.verify(known, password[:LONGEST]) and known is not nobodys_hash
    except (VerificationError, InvalidHashError):
        return False
