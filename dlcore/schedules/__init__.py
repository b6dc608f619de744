"""How the learning rate changes over a run, one schedule in one file."""

from typing import TYPE_CHECKING

from dlcore.part import any_of
from dlcore.schedules.schedule import Schedule

if TYPE_CHECKING:
    AnySchedule = Schedule
else:
    AnySchedule = any_of("dlcore.schedules", Schedule)

__all__ = ["AnySchedule", "Schedule"]
