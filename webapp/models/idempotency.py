"""What was answered to a request that bore an Idempotency-Key, so that the same request again does nothing again."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now


class IdempotencyKey(Model):
    """A key that a person used. ``claim`` counts the tries at its request; a commit of an older try is refused.

    ``carried_out`` is written in the transaction of what the request does; ``status`` once its answer is known.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "digest", name="uq_idempotency_keys_user_id_digest"), LASTING_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))  # of the key
    fingerprint: Mapped[str] = mapped_column(String(64))  # of the request
    claim: Mapped[int] = mapped_column(default=1)
    claimed_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
    carried_out: Mapped[bool] = mapped_column(default=False)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
