"""What lets somebody in besides a password: invitations, links by mail, recovery codes; and what the instance allows."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now
from webapp.models.user import Role, User


def digest_of(secret: str) -> str:
    """The SHA-256 under which a secret is kept; it is random and long, so it needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret() -> str:
    """What stands in a link: 256 random bits."""
    return secrets.token_urlsafe(32)


class Invitation(Model):
    """A link by which one person may make an account of a role, until it expires. Only the link's digest is kept."""

    __tablename__ = "invitations"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20), default=Role.MEMBER.value)
    email: Mapped[str] = mapped_column(String(254), default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    used_by: Mapped[User | None] = relationship(foreign_keys=[used_by_id])

    @property
    def state(self) -> str:
        """open, used, revoked or expired; void where who made it may no longer invite anybody."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        if not (self.made_by.is_administrator and self.made_by.is_active):
            return "void"
        return "open" if self.expires_at > now() else "expired"


class MailLink(Model):
    """A link in a mail that may be used once: to choose a new password, or to confirm that ``address`` is somebody's."""

    __tablename__ = "mail_links"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()

    @classmethod
    def issue(cls, user: User, purpose: str, lasts: timedelta, address: str = "") -> tuple["MailLink", str]:
        """A new link, and the secret that stands in it."""
        secret = new_secret()
        row = cls(user_id=user.id, purpose=purpose, digest=digest_of(secret), address=address, expires_at=now() + lasts)
        return row, secret


class RecoveryCode(Model):
    """A code that stands in for somebody's second factor, once. It goes when it is used."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "digest", name="uq_recovery_codes_user_id_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))


class InstanceChoice(Model):
    """What administrators chose on their pages in place of the environment's default."""

    __tablename__ = "instance_choices"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
