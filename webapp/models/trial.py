"""One training run of an experiment, and what it leaves behind."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from webapp.models.base import LASTING_IDS, Json, Model, Moment, now

if TYPE_CHECKING:
    from webapp.models.experiment import Experiment

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only for INTEGER


class State(StrEnum):
    """Where a trial stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self in ENDED


ENDED = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED})
FOLLOWS = {
    State.QUEUED: frozenset({State.RUNNING, State.PAUSED, State.CANCELLED, State.FAILED}),
    State.RUNNING: frozenset({State.QUEUED, State.PAUSED, State.COMPLETED, State.FAILED, State.CANCELLED}),
    State.PAUSED: frozenset({State.QUEUED, State.CANCELLED}),
    State.COMPLETED: frozenset[State](),
    State.FAILED: frozenset[State](),
    State.CANCELLED: frozenset[State](),
}


class Request(StrEnum):
    """What a person wants of a running trial; its worker does it within a second."""

    STOP = "stop"
    KEEP_BEST = "keep_best"  # end with the best weights so far
    PAUSE = "pause"
    MOVE = "move"  # go back to the queue, which is another one by now


class Priority(IntEnum):
    """Who is first among those that wait in a queue."""

    LOW = -1
    NORMAL = 0
    HIGH = 1

    @property
    def word(self) -> str:
        """How people and programs write it."""
        return self.name.lower()


class StateCannotFollow(ValueError):
    """A trial was told to move to a state that cannot come after its own."""


class Trial(Model):
    """One training run. ``attempt`` counts the tries at running it; a write that carries an older one is refused."""

    __tablename__ = "trials"
    __table_args__ = (
        UniqueConstraint("experiment_id", "number", name="uq_trials_experiment_id_number"),
        Index("ix_trials_state_lease_until", "state", "lease_until"),
        Index("ix_trials_state_queue_priority", "state", "queue", "priority", "id"),
        LASTING_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiments.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Integer)  # 1, 2, ... within the experiment
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20), default=State.QUEUED.value)
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    fruitless: Mapped[int] = mapped_column(Integer, default=0)  # attempts that fell silent since the last checkpoint
    worker: Mapped[str | None] = mapped_column(String(120))
    request: Mapped[str | None] = mapped_column(String(20))
    queue: Mapped[str] = mapped_column(String(40), default="cpu")
    priority: Mapped[int] = mapped_column(Integer, default=Priority.NORMAL.value)
    step: Mapped[int] = mapped_column(BigInteger, default=0)
    steps: Mapped[int | None] = mapped_column(BigInteger)
    epoch: Mapped[float] = mapped_column(default=0.0)
    examples_per_second: Mapped[float | None]
    results: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    failure: Mapped[str | None] = mapped_column(Text)  # a sentence for people
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    attempt_at: Mapped[datetime | None] = mapped_column(Moment)  # when the newest attempt began
    spent_s: Mapped[float] = mapped_column(default=0.0, server_default="0")  # by the attempts before it

    experiment: Mapped[Experiment] = relationship(back_populates="trials")

    def move_to(self, state: State, *, at: datetime) -> None:
        """The one door through which state changes; raises StateCannotFollow."""
        if state not in FOLLOWS[State(self.state)]:
            raise StateCannotFollow(f"a trial that is {self.state} cannot become {state.value}")
        self.state = state.value
        if state is State.RUNNING and self.started_at is None:
            self.started_at = at
        if state.ended:
            self.ended_at = at
            self.lease_until = None


class CurveChunk(Model):
    """A stretch of one curve: the exact points, and a sketch of them for a view of the whole."""

    __tablename__ = "curve_chunks"
    __table_args__ = (
        UniqueConstraint("trial_id", "key", "first_step", name="uq_curve_chunks_trial_id_key_first_step"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    attempt: Mapped[int] = mapped_column(Integer)
    first_step: Mapped[int] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column(Integer)
    # The sketch comes first: SQLite would read through all the points to come to what lies behind them.
    sketch: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))  # none where the points are as few
    points: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class HistogramRow(Model):
    """A histogram of a layer's values at a step."""

    __tablename__ = "histograms"
    __table_args__ = (UniqueConstraint("trial_id", "key", "step", name="uq_histograms_trial_id_key_step"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))  # "gradients/fc1.weight"
    attempt: Mapped[int] = mapped_column(Integer)
    step: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    nonfinite: Mapped[int] = mapped_column(BigInteger, default=0)
    counts: Mapped[bytes] = mapped_column(LargeBinary)  # uint32 each, deflated


class Artifact(Model):
    """A file that a trial made: a picture, a checkpoint. ``path`` is its key in the artifact store."""

    __tablename__ = "artifacts"
    __table_args__ = (
        UniqueConstraint("trial_id", "kind", "name", "step", name="uq_artifacts_trial_id_kind_name_step"),
        LASTING_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # "filters", "checkpoint"
    name: Mapped[str] = mapped_column(String(120))  # what it shows, e.g. the layer
    attempt: Mapped[int] = mapped_column(Integer)
    step: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[float] = mapped_column(default=0.0)
    path: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(80))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class LogLine(Model):
    """A line of a trial's log; a traceback is one of level "error"."""

    __tablename__ = "log_lines"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    level: Mapped[str] = mapped_column(String(10), default="info")
    step: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(Text)


class OutboxMessage(Model):
    """A task that was promised in the transaction that wanted it, until the broker has it."""

    __tablename__ = "outbox"
    __table_args__ = LASTING_IDS

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    task: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(40), default="cpu")
    arguments: Mapped[list[Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now, index=True)
