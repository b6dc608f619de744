"""The bytes of what one attempt makes, to the storage; the rows come after them, by way of the ledger."""

from dlcore.events import Checkpoint, Event, Picture, Report
from webapp.store.artifacts import BEST, Kept, keep_picture, keep_report
from webapp.store.database import is_full_disk
from webapp.store.storage import Storage
from worker import checkpoints
from worker.ledger import Ledger
from worker.spool import Entry

MADE = (Checkpoint, Picture, Report)
"""The events with bytes that go to the storage."""


class Files:
    """Those of one attempt; they come from one thread."""

    def __init__(self, ledger: Ledger, storage: Storage) -> None:
        self.ledger = ledger
        self.storage = storage
        self._best_step: int | None = None

    def keep(self, made: Entry) -> list[Entry]:
        """Keep it; the entries of what has been kept, as rows are to be made of them. Raises StorageAway.

        Where the disk has no room, not even after the reserve was given up, nothing is kept from there on: whoever goes on does
        so from the checkpoint before, and makes the rest again.
        """
        tries = 0 if self.ledger.disk_is_full else 2
        for _ in range(tries):
            try:
                return [Entry(made.at, kept) for kept in self._kept(made.event)]
            except Exception as error:
                if not is_full_disk(error):
                    raise
                self.ledger.heed_full_disk()
        return []

    def _kept(self, event: Event | Kept) -> list[Kept]:
        place = (self.storage, self.ledger.trial_id, self.ledger.attempt)
        if isinstance(event, Picture):
            return [keep_picture(*place, event)]
        if isinstance(event, Report):
            return [keep_report(*place, event)]
        if not isinstance(event, Checkpoint):
            raise TypeError(f"{type(event).__name__} has no bytes to keep")
        best = checkpoints.best_of(event)
        is_new = best is not None and best.step != self._best_step
        made = [checkpoints.keep(*place, best, BEST)] if best is not None and is_new else []
        made.append(checkpoints.keep(*place, event))
        self._best_step = best.step if best is not None else None
        return made
