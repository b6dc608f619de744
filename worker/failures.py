"""Why a trial failed, in a sentence for people."""

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from dlcore.errors import OutOfMemory, TrainingError
from webapp.store.database import is_full_disk
from webapp.store.storage import StorageAway

FULL_DISK = "There is no room left on the disk, so training was paused. Make room, then resume it."


def sentence(error: BaseException) -> str:
    """The cause as it is shown on the trial's page; the traceback is in its log."""
    if isinstance(error, TrainingError):
        return str(error)
    if isinstance(error, MemoryError):
        return str(OutOfMemory("this machine"))
    if is_full_disk(error):
        return FULL_DISK
    if isinstance(error, ValidationError):
        return "The spec of this experiment is not valid with this version of the program. Clone it, and mend the spec."
    if isinstance(error, StorageAway):
        return f"{error} So what was trained could not be kept, and training was paused. Resume it when it is back."
    if isinstance(error, SQLAlchemyError):
        return "The database could not be written, so training was stopped. The log has the details."
    return f"Training stopped because of an error in the program: {type(error).__name__}: {error}"[:1000]


GAVE_UP = (
    "The worker that ran this trial ended {times} times before the trial got any further, so it is not tried again. "
    "It may need more memory than there is."
)
