"""Using the test part of a trial that has ended, on request and once."""

import logging
from functools import partial

import redis
from sqlalchemy.orm import Session, sessionmaker

from dlcore.errors import TrainingError
from dlcore.events import Event, Picture, Report, Results, Text
from dlcore.spec import Spec
from dlcore.testing import use_test_part
from webapp.finite import by_name
from webapp.formatting import iso
from webapp.models import Experiment, LogLine, Trial, now
from webapp.settings import Settings
from webapp.store import artifacts, leases, testing
from webapp.store.curves import StaleAttempt
from webapp.store.live import publish
from webapp.store.storage import StorageAway, storage_of
from worker import checkpoints
from worker.writer import patiently

log = logging.getLogger(__name__)
Message = tuple[str, dict[str, object]]


def test_trial(trial_id: int, sessions: sessionmaker[Session], client: redis.Redis | None, settings: Settings) -> None:
    """Use it, keep what it told, and tell those who watch. Does nothing when it was used, or somebody else is at it.

    A failure leaves a sentence in the trial's log, and the test part unused.
    """
    worker = leases.worker_name()
    with sessions() as session:
        if not testing.claim(session, trial_id, worker):
            return
        trial = session.get_one(Trial, trial_id)
        attempt, seed, step = trial.attempt, trial.seed, trial.step
        spec = session.get_one(Experiment, trial.experiment_id).spec
    keeping = Keeping(trial_id, attempt, worker, sessions, settings)
    try:
        try:
            checkpoint = checkpoints.newest(sessions, storage_of(settings), trial_id)
            if checkpoint is None:
                raise TrainingError("No checkpoint of this trial can be read, so there are no weights to test.")
            events = list(use_test_part(Spec.model_validate(spec), seed, checkpoint))
            patiently(lambda: keeping.keep(events))
        except StaleAttempt:
            raise
        except Exception as error:
            log.exception("the test part of trial %s could not be used", trial_id)
            failure = Text(sentence(error), level="error", step=step)
            patiently(lambda: keeping.keep([failure], failed=True))
    except StaleAttempt as error:
        log.warning("%s; giving it up", error)
        return
    keeping.tell(client)


def sentence(error: Exception) -> str:
    """Why it could not be used, for people."""
    if isinstance(error, TrainingError | StorageAway):
        return f"The test part could not be used. {error}"
    return f"The test part could not be used because of an error in the program: {type(error).__name__}: {error}"[:1000]


class Keeping:
    """Writes what the test part told in one transaction, and then tells it to those who watch."""

    def __init__(
        self, trial_id: int, attempt: int, worker: str, sessions: sessionmaker[Session], settings: Settings
    ) -> None:
        self.trial_id = trial_id
        self.attempt = attempt
        self.worker = worker
        self.sessions = sessions
        self.storage = storage_of(settings)
        self.hold = partial(testing.hold, worker=worker)
        self.messages: list[Message] = []

    def keep(self, events: list[Event], *, failed: bool = False) -> None:
        """Metrics to the results, report and picture to the artifacts, texts to the log. Raises StaleAttempt."""
        self.messages = []
        metrics = {
            name: value for event in events if isinstance(event, Results) for name, value in event.values.items()
        }
        with self.sessions() as session:
            for event in events:
                self.put(session, event)
            results = testing.finish(session, self.trial_id, self.attempt, self.worker, metrics)
            state = session.get_one(Trial, self.trial_id).state
            session.commit()
        if not failed:
            told = {"state": state, "attempt": self.attempt, "failure": None, "results": by_name(results)}
            self.messages.append(("state", told))
        failure = next((event.message for event in events if isinstance(event, Text)), None) if failed else None
        self.messages.append(("report", {"kind": "errors", "failure": failure}))

    def put(self, session: Session, event: Event) -> None:
        """One event, within the transaction."""
        if isinstance(event, Report):
            artifacts.add_report(session, self.storage, self.trial_id, self.attempt, event, self.hold)
        elif isinstance(event, Picture):
            artifacts.add_picture(session, self.storage, self.trial_id, self.attempt, event, self.hold)
        elif isinstance(event, Text):
            self.hold(session, self.trial_id, self.attempt)
            words = {"level": event.level, "step": event.step, "message": event.message}
            line = LogLine(trial_id=self.trial_id, attempt=self.attempt, at=now(), **words)
            session.add(line)
            self.messages.append(("log", {"at": iso(line.at), **words}))

    def tell(self, client: redis.Redis | None) -> None:
        """They can do without when Redis is away: the page shows it when it is opened again."""
        if client is None:
            return
        try:
            for kind, payload in self.messages:
                publish(client, self.trial_id, kind, payload)
        except redis.RedisError as error:
            log.warning("those who watch trial %s were not told that it was tested: %s", self.trial_id, error)
