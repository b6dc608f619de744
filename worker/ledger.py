"""What one attempt told, made durable: in the database, or in a spool on the disk while the database is away."""

import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from webapp.models import Request
from webapp.settings import Settings
from webapp.store import curves, leases
from webapp.store.artifacts import Discard
from webapp.store.database import AWAY, is_full_disk
from worker import journal, reserve
from worker.spool import Entry, Spool, SpoolFull, usage, weights_among

log = logging.getLogger(__name__)
TIDY_EVERY_S = 30.0
TELL_EVERY_S = 5.0


class Ledger:
    """The durable side of one attempt; its methods are called by one thread at a time."""

    def __init__(
        self,
        trial_id: int,
        attempt: int,
        sessions: sessionmaker[Session],
        settings: Settings,
        say: Callable[[str, dict[str, Any]], Any],
        discard: Discard,
    ) -> None:
        self.trial_id = trial_id
        self.attempt = attempt
        self.sessions = sessions
        self.settings = settings
        self.say = say
        self.discard = discard
        self.asked: Request | None = None
        self.disk_is_full = False
        self._spool: Spool | None = None
        self._left_alone: set[str] = set()  # keys that rows may name, or whose bytes are gone already
        self._away_since: float | None = None
        self._last_tidy = time.monotonic()
        self._last_told = float("-inf")

    def keep(self, entries: list[Entry]) -> bool:
        """Make entries durable and renew the lease; False when neither database nor disk takes them now. Raises StaleAttempt."""
        try:
            self.catch_up()
            self._store(entries)
        except (*AWAY, OSError) as error:
            if is_full_disk(error):
                self.heed_full_disk()
                return False
            if not isinstance(error, AWAY):
                raise
            return self._put_by(entries, error)
        self._left_alone.clear()
        return True

    def look(self) -> None:
        """What is asked of the trial, between two renewals of its lease. Raises StaleAttempt."""
        with contextlib.suppress(*AWAY), self.sessions() as session:
            self.asked = leases.request_of(session, self.trial_id, self.attempt)

    def catch_up(self) -> None:
        """Write what was spooled. Raises StaleAttempt, or what says that the database is still away."""
        if self._spool is None:
            return
        try:
            for batch in self._spool.batches():
                self._store(batch)
        except curves.StaleAttempt:
            log.warning("trial %s: the trial has gone on without attempt %s", self.trial_id, self.attempt)
            for batch in self._spool.batches():
                self.refuse(batch)
            self._spool.forget()
            self._spool = None
            raise
        self._spool.forget()
        self._spool = None
        self._away_since = None
        self.say("store", {"away": None})

    def refuse(self, entries: list[Entry]) -> None:
        """The trial has gone on without these."""
        with contextlib.suppress(*AWAY), self.sessions() as session:
            journal.refuse(session, self.discard, entries)

    def let_go(self) -> None:
        """Leave a spool that could not be written to whoever looks after it next."""
        if self._spool is not None:
            self._spool.close()

    def _store(self, entries: list[Entry]) -> None:
        """One transaction, and then its news."""
        with self.sessions() as session:
            told = journal.write(session, self.discard, self.trial_id, self.attempt, entries)
            if entries and time.monotonic() - self._last_tidy > TIDY_EVERY_S:
                curves.tidy(session, self.trial_id, self.attempt)
                self._last_tidy = time.monotonic()
            row = journal.row_of(entries)
            self._left_alone.update(kept.key for kept in weights_among(entries))  # should nobody hear how this ends
            self.asked = leases.renew(session, self.trial_id, self.attempt, self.settings.lease_s, **row)
        for kind, payload in told:
            self.say(kind, payload)

    def _put_by(self, entries: list[Entry], error: Exception) -> bool:
        if self._away_since is None:
            self._away_since = time.time()
            log.warning("trial %s: the database is away, points go to the spool: %s", self.trial_id, error)
        var = self.settings.var
        try:
            if self._spool is None:
                self._spool = Spool.of(var, self.trial_id, self.attempt, self.settings.spool_mib * 1024 * 1024)
            if entries:
                self._spool.append(entries)
                self._thin_out(self._spool)
            taken = True
        except (SpoolFull, BlockingIOError) as problem:
            log.warning("trial %s waits: %s", self.trial_id, problem)
            taken = False
        if time.monotonic() - self._last_told > TELL_EVERY_S or not taken:
            self._last_told = time.monotonic()
            facts = {"away": "database", "since": self._away_since, "spooled_bytes": usage(var), "waits": not taken}
            self.say("store", facts)
        return taken

    def _thin_out(self, spool: Spool) -> None:
        """Of the weights that are spooled as many stay as the database would keep: it may be away for hours."""
        for key in spool.superseded() - self._left_alone:
            self.discard(key)
            self._left_alone.add(key)

    def heed_full_disk(self) -> None:
        """The trial is to pause. The reserve's room is for what must still be written."""
        self.disk_is_full = True
        reserve.give_up(self.settings.var)
