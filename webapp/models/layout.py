"""How a person likes a page of charts."""

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import LASTING_IDS, Json, Model


class Layout(Model):
    """Which charts are pinned, in their order, how large charts are, and how they are drawn: for all experiments.

    A person who has any has exactly one that ``is_default``: pages open with it.
    """

    __tablename__ = "layouts"
    __table_args__ = (UniqueConstraint("user_id", "name", name="uq_layouts_user_id_name"), LASTING_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    is_default: Mapped[bool] = mapped_column(Boolean, default=False)
    pins: Mapped[list[str]] = mapped_column(Json, default=list)  # a chart's first key, or its prefix
    toolbar: Mapped[dict[str, str]] = mapped_column(Json, default=dict)  # its fields and their values
    columns: Mapped[int] = mapped_column(Integer, default=0)  # 0: as many as fit
    height: Mapped[str] = mapped_column(String(10), default="normal")
