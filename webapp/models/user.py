"""People and the tokens with which their programs speak."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from flask_login import AnonymousUserMixin, UserMixin
from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Model, Moment, now
from webapp.models.scope import ALL, Scope, read_scopes, write_scopes


class Role(StrEnum):
    """What a person may do beyond their own things."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMINISTRATOR = "administrator"


class User(UserMixin, Model):
    """A person. ``login_key`` says by which of their logins they are here, where it is by a browser's."""

    __tablename__ = "users"
    __table_args__ = LASTING_IDS
    login_key = ""
    link_keys: ClassVar[tuple[str, ...]] = ()  # public links are for those who are not logged in

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True, index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    about: Mapped[str] = mapped_column(String(500), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default=Role.MEMBER.value)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    most_running: Mapped[
        int | None
    ]  # trials at the same time; the instance's own limit where an administrator set no other
    default_visibility: Mapped[str] = mapped_column(String(10), default="open")  # of what they submit
    last_turn_at: Mapped[datetime | None] = mapped_column(Moment)  # when a worker last took a trial of theirs
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)  # from then on nothing lets them in
    deleted_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # the row stays for what they said; nothing of them is in it
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_since: Mapped[datetime | None] = mapped_column(
        Moment
    )  # None: the secret is not confirmed yet, and not asked for
    totp_step: Mapped[int | None] = mapped_column(
        BigInteger
    )  # of the last code that was taken; it and older ones are refused

    tokens: Mapped[list["ApiToken"]] = relationship(back_populates="user", cascade="all, delete-orphan")
    logins: Mapped[list["Login"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def is_administrator(self) -> bool:
        """Whether they may manage everything."""
        return self.role == Role.ADMINISTRATOR.value

    @property
    def is_viewer(self) -> bool:
        """Whether they may look, and change nothing."""
        return self.role == Role.VIEWER.value

    @property
    def is_active(self) -> bool:
        """Whether they may come in; Flask-Login asks."""
        return self.deactivated_at is None

    @property
    def has_second_factor(self) -> bool:
        """Whether a code is asked for after the password."""
        return self.totp_since is not None

    @property
    def shown_name(self) -> str:
        """What they are called on the pages."""
        return self.name or self.username

    def get_id(self) -> str:
        """What Flask-Login keeps in the session."""
        return self.login_key


class Visitor(AnonymousUserMixin):
    """Somebody who is not logged in: a stranger, or one to whom public links were given. They see what these lead to."""

    id = 0
    is_administrator = False
    is_viewer = True

    def __init__(self, link_keys: Sequence[str] = ()) -> None:
        self.link_keys = tuple(link_keys)


class Login(Model):
    """A browser that somebody logged in with. Its cookie holds ``key``, and is worth nothing once the row is gone."""

    __tablename__ = "logins"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(43), unique=True, default=lambda: secrets.token_urlsafe(32))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment, default=now)
    user_agent: Mapped[str] = mapped_column(String(300), default="", server_default="")
    ip: Mapped[str] = mapped_column(String(45), default="", server_default="")


class ApiToken(Model):
    """A program's key to the API. Only its digest is kept; the token itself is shown once."""

    __tablename__ = "api_tokens"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80), default="")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_from: Mapped[str | None] = mapped_column(String(45))  # an address
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    kept_scopes: Mapped[str] = mapped_column("scopes", String(200), default=write_scopes(ALL))

    user: Mapped[User] = relationship(back_populates="tokens")

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it may be used for."""
        return read_scopes(self.kept_scopes)

    @property
    def has_expired(self) -> bool:
        """Whether it is worth nothing any more."""
        return self.expires_at is not None and self.expires_at <= now()

    @staticmethod
    def digest_of(token: str) -> str:
        """The SHA-256 under which a token is kept; it has 256 random bits, so it needs no salt."""
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(
        cls, user: User, label: str = "", scopes: Iterable[Scope] = ALL, days: int | None = None
    ) -> tuple["ApiToken", str]:
        """A new token of ``user``, and its text, which nobody can find out later. Without ``days`` it never expires."""
        text = "descent_" + secrets.token_urlsafe(32)
        expires_at = None if days is None else now() + timedelta(days=days)
        kept = {"digest": cls.digest_of(text), "hint": text[-4:], "kept_scopes": write_scopes(scopes)}
        return cls(user=user, label=label, expires_at=expires_at, **kept), text
