"""What a trial may take while it runs: time and memory. Whoever takes more is ended with a sentence that names the limit."""

import contextlib
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import psutil
import torch
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dlcore.errors import OutOfMemory, TrainingError
from dlcore.events import Event, Picture, Text
from dlcore.spec import Spec
from webapp.formatting import duration, size
from webapp.job_limits import MIB, check_job, check_parameters
from webapp.models import Artifact, Trial
from webapp.settings import Settings
from worker import slots

LOOK_EVERY_S = 0.5
LEAST_SHARE = 2048 * MIB
CONTAINER = Path("/sys/fs/cgroup/memory.max")


class TookTooMuch(TrainingError):
    """A trial took more of something than one may here."""


def too_long(settings: Settings) -> str:
    """The sentence for a trial whose time is up."""
    return (
        f"It has trained for {duration(3600 * settings.trial_hours)}, which is as long as a trial may here, so it was stopped. "
        "What it logged is kept, and another trial can start from its weights."
    )


def too_large(settings: Settings) -> str:
    """The sentence for a trial that takes too much memory."""
    return (
        f"It took more than the {size(memory_bytes(settings))} of memory that a trial may take here, so it was stopped. "
        "Try a smaller batch size, a smaller network or less data."
    )


def too_silent(settings: Settings) -> str:
    """The sentence for a trial that does nothing that can be seen."""
    return (
        f"Its training gave no sign for {duration(60 * settings.silent_minutes)}, so it was stopped. "
        "A part of it may be in an endless loop, or a single step may take longer than that."
    )


def check(spec: Spec, settings: Settings) -> None:
    """What the spec tells, and what its network truly builds, before anything is built. Raises SpecError."""
    check_job(spec, settings)
    check_parameters(parameters_built(spec), settings)


def parameters_built(spec: Spec) -> int:
    """The parameters that the network has once it is built, counted without memory; 0 where it cannot be built so."""
    try:
        with torch.device("meta"):
            network = spec.network.build(spec.data.network_shape, spec.data.outputs)
    except (RuntimeError, TypeError):  # a part of a package that needs numbers to be built
        return 0
    return sum(parameter.numel() for parameter in network.parameters())


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a trial may still take: how long it has trained in its attempts before, what it has kept in files, who trains along."""

    settings: Settings
    spent_s: float
    kept_bytes: int
    processes: int = 1

    @classmethod
    def of(cls, session: Session, trial_id: int, settings: Settings, processes: int) -> "Allowance":
        """As the database has it."""
        spent_s = session.scalar(select(Trial.spent_s).where(Trial.id == trial_id)) or 0.0
        kept = select(func.sum(Artifact.size_bytes)).where(Artifact.trial_id == trial_id)
        return cls(settings, spent_s, int(session.scalar(kept) or 0), processes)

    def heed(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events of training, for as long as it keeps to its limits. Raises TookTooMuch."""
        until = time.monotonic() + 3600 * self.settings.trial_hours - self.spent_s
        look_at = 0.0
        for event in self.with_room(events):
            slots.heard()
            moment = time.monotonic()
            if moment > until:
                raise TookTooMuch(too_long(self.settings))
            if moment > look_at:
                look_at = moment + LOOK_EVERY_S
                if taken_bytes(self.processes) > memory_bytes(self.settings):
                    raise TookTooMuch(too_large(self.settings))
            yield event

    def with_room(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events without the pictures for which there is no more room; a text says so once.

        A picture counts as it is before it is packed.
        """
        most = self.settings.artifacts_mib * MIB
        room, was_told = most - self.kept_bytes, False
        for event in events:
            if isinstance(event, Picture):
                room -= event.pixels.nbytes
            if not isinstance(event, Picture) or room >= 0:
                yield event
            elif not was_told:
                was_told = True
                yield Text(f"No more pictures are kept: a trial may keep {size(most)} in files.", "warning", event.step)


def limit_memory(settings: Settings) -> None:
    """Have the system refuse this process what is more than a trial may take: even a single huge request harms nobody.

    Not where there is a GPU, whose driver maps far more than it uses; there the parent watches alone.
    """
    if torch.cuda.is_available() or not hasattr(resource, "RLIMIT_DATA"):
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = memory_bytes(settings)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def explained(error: BaseException, settings: Settings) -> BaseException:
    """An error for want of memory of this machine says what the limit is."""
    out_of_memory = isinstance(error, MemoryError) or (isinstance(error, OutOfMemory) and "this machine" in str(error))
    if not out_of_memory:
        return error
    return TookTooMuch(f"{OutOfMemory('this machine')} A trial may take {size(memory_bytes(settings))} of memory here.")


def taken_bytes(processes: int) -> int:
    """The memory of this process, and of those that it started where several train together; libraries, which they share, count once."""
    this = psutil.Process()
    taken = int(this.memory_info().rss)
    for other in this.children() if processes > 1 else ():
        with contextlib.suppress(psutil.Error):  # it has just ended, which others see to
            memory = other.memory_info()
            taken += memory.rss - getattr(memory, "shared", 0)
    return taken


def memory_bytes(settings: Settings) -> int:
    """The memory that a trial may take."""
    if settings.trial_memory_mib is not None:
        return settings.trial_memory_mib * MIB
    return max(LEAST_SHARE, machine_bytes() * 4 // 5 // settings.worker_processes)


@lru_cache(maxsize=1)
def machine_bytes() -> int:
    """The memory of this machine, or of its container."""
    whole = int(psutil.virtual_memory().total)
    try:
        return min(whole, int(CONTAINER.read_text()))
    except (OSError, ValueError):
        return whole
