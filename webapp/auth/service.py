"""Making and finding accounts."""

import contextlib
import re

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import false, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.auth.passwords import LONGEST, SHORTEST, hash_password
from webapp.fields import FieldProblem
from webapp.models import Role, User

USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,38}[a-z0-9]")
FIRST_ACCOUNT = 0x64657363656E74  # the number of PostgreSQL's lock, which is any


class AccountProblem(FieldProblem):
    """Why an account cannot be made or changed so; ``field`` names where."""


def create_user(session: Session, username: str, email: str, password: str | None, role: Role | None = None) -> User:
    """Make an account and commit it. The first one that can manage an empty instance becomes its administrator.

    Raises AccountProblem when a field is not right or somebody else has that name or address.
    """
    username, email = clean_username(username), clean_email(email)
    if password is not None:
        check_password(password)
    # hashing is slow, so what is looked up is looked up after it
    password_hash = hash_password(password) if password is not None else None
    role = role or role_of_the_next(session)
    user = User(username=username, email=email, role=role.value, password_hash=password_hash)
    check_free(session, username, email)
    session.add(user)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        check_free(session, username, email)
        raise
    return user


def has_administrator(session: Session) -> bool:
    """Whether anybody manages this instance yet."""
    return session.scalar(select(User.id).where(User.role == Role.ADMINISTRATOR.value).limit(1)) is not None


def role_of_the_next(session: Session) -> Role:
    """What an account becomes that is made in this transaction. While nobody manages the instance, others wait until it ends."""
    if has_administrator(session):
        return Role.MEMBER
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(FIRST_ACCOUNT)))
    else:
        session.execute(update(User).where(false()).values(role=User.role))  # changes nothing; SQLite has one writer
    return Role.MEMBER if has_administrator(session) else Role.ADMINISTRATOR


def clean_username(username: str) -> str:
    """The name as it is kept; raises AccountProblem."""
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise AccountProblem(
            "username",
            "A username has 3 to 40 letters (a to z), digits, dots, dashes or underscores, "
            "and begins and ends with a letter or digit.",
        )
    return username


def clean_email(email: str) -> str:
    """The address as it is kept; raises AccountProblem."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise AccountProblem("email", f"This is not an e-mail address: {error}") from error


def check_password(password: str) -> None:
    """Raises AccountProblem for a password that is too short or too long, or of blanks alone."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountProblem(
            "password", f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}."
        )
    if not password.strip():
        raise AccountProblem("password", "A password of blanks alone is none. Please choose another.")


def check_free(session: Session, username: str, email: str, besides: User | None = None) -> None:
    """Raises AccountProblem when another account has this name or address."""
    others = select(User).where(or_(User.username == username, User.email == email))
    for other in session.scalars(others):
        if besides is not None and other.id == besides.id:
            continue
        if other.username == username:
            raise AccountProblem("username", f"The username {username} is taken. Please choose another.", "taken")
        raise AccountProblem("email", "There is an account with this e-mail address already. Log in instead?", "taken")


def find_user(session: Session, login: str) -> User | None:
    """The account with this username or e-mail address, however its letters are put together."""
    login = login.strip().lower()
    if "@" in login:
        with contextlib.suppress(AccountProblem):
            login = clean_email(login)
    return session.scalar(select(User).where(or_(User.username == login, func.lower(User.email) == login)))
