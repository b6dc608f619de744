"""Data sets that people uploaded."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now
from webapp.models.user import User


class Dataset(Model):
    """A data set of a person. ``file`` is its name in the folder of uploads: the checksum of what it holds, so that two
    people who upload the same thing share a file. ``found`` is what was found in it, ``sheet`` a PNG of some of its pictures.
    """

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("owner_id", "name", name="uq_datasets_owner_id_name"),
        UniqueConstraint("owner_id", "file", name="uq_datasets_owner_id_file"),
        LASTING_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))  # of a spec's data: image_folder, csv, npz
    file: Mapped[str] = mapped_column(String(80), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    found: Mapped[dict[str, Any]] = mapped_column(Json)
    sheet: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    owner: Mapped[User] = relationship()
