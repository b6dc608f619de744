"""One attempt of one trial: claim, train, write, end."""

import errno
import logging
import os
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

import redis
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.errors import ProcessLost, TrainingError
from dlcore.events import Checkpoint, Event, Progress, Results, Text
from dlcore.spec import Spec
from dlcore.train import train
from webapp import logs
from webapp.models import Experiment, Request, State, Trial
from webapp.settings import Settings
from webapp.store import curves, histograms, leases, turns
from webapp.store.database import AWAY
from webapp.store.storage import StorageAway
from worker import checkpoints, limits, scratch, slots
from worker.ending import end, ending
from worker.sender import RESTS_S
from worker.writer import GIVES_UP_S, StoreBlocked, Writer, patiently

log = logging.getLogger(__name__)
T = TypeVar("T")

PUT_DOWN = (Request.STOP, Request.PAUSE, Request.MOVE)


class PutDown(Exception):
    """The attempt ends before the trial does: a person or the worker wants it so. A checkpoint has been written, if there is any."""


def run_trial(
    trial_id: int,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run this very trial. Does nothing when somebody else has it."""

    def take(session: Session) -> tuple[int, int] | None:
        attempt = leases.claim(session, trial_id, leases.worker_name(), settings.lease_s)
        return None if attempt is None else (trial_id, attempt)

    run_claimed(take, sessions, client, settings, must_hand_back)


def run_next(
    queue: str,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run the trial whose turn it is on a queue. Does nothing when there is none."""

    def take(session: Session) -> tuple[int, int] | None:
        return turns.take(session, queue, leases.worker_name(), settings.lease_s, settings.most_running)

    run_claimed(take, sessions, client, settings, must_hand_back)


def run_claimed(
    take: Callable[[Session], tuple[int, int] | None],
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run the trial that ``take`` claims to its end, or until it is put down. Does nothing when there is none."""
    writer = None
    try:
        claimed = patiently(lambda: claim(take, sessions), must_hand_back)
        if claimed is None:
            return
        trial_id, attempt = claimed
        logs.about(
            experiment=patiently(lambda: experiment_of(sessions, trial_id), must_hand_back),
            trial=trial_id,
            attempt=attempt,
        )
        log.info("begins")
        writer = Writer(*claimed, sessions, client, settings, must_hand_back)
        try:
            state, values = run_attempt(writer, must_hand_back)
        except (curves.StaleAttempt, StoreBlocked, *AWAY):
            raise
        except Exception as error:  # what was logged could not be kept: the trial must not go on as if it were
            log.exception("trial %s: attempt %s could not be written", *claimed)
            state, values = ending(error)
        patiently(lambda: end(writer, state, values), must_hand_back)
        ended = state.value if state else "put down"
        log.info("ended: %s", ended, extra={"state": ended})
    except curves.StaleAttempt as error:
        log.warning("%s; giving it up", error)
    except (StoreBlocked, *AWAY) as error:
        log.warning("what this worker was at is left to the next one, as the database is away: %s", error)
    finally:
        if writer is not None:
            writer.ledger.let_go()


def claim(take: Callable[[Session], tuple[int, int] | None], sessions: sessionmaker[Session]) -> tuple[int, int] | None:
    """(trial, attempt), or None when there is none to be had."""
    with sessions() as session:
        return take(session)


def experiment_of(sessions: sessionmaker[Session], trial_id: int) -> int | None:
    """The id of a trial's experiment."""
    with sessions() as session:
        return session.scalar(select(Trial.experiment_id).where(Trial.id == trial_id))


def run_attempt(writer: Writer, must_hand_back: Callable[[], bool]) -> tuple[State | None, dict[str, Any]]:
    """Train, and say how it ended: (state, values of the trial's row); no state when it was put down. Raises StaleAttempt."""
    writer.say("state", {"state": State.RUNNING.value, "attempt": writer.attempt, "failure": None, "results": {}})
    writer.ledger.look()  # what was asked before it was claimed is heeded from the first step on
    writer.start()
    slots.enter(writer.trial_id, writer.attempt)
    state: State | None = State.COMPLETED
    values: dict[str, Any] = {}
    begun = False
    try:
        with closing(events_of(writer, must_hand_back)) as events:
            for event in events:
                begun |= isinstance(event, Progress)
                if isinstance(event, Results):
                    values["results"] = dict(event.values)
                writer.put(event)
                heed(writer, event, begun, must_hand_back)
    except PutDown:
        state = None
    except (curves.StaleAttempt, *AWAY):
        raise
    except ProcessLost as error:  # which is tried again, unless it happens too often
        state, values["failure"] = None, str(error)
        writer.put(Text(str(error), level="warning"))
    except (Exception, SystemExit) as error:  # a part of a package may call sys.exit
        if writer.error is not None:
            raise writer.error from None
        state, why = ending(limits.explained(error, writer.settings))
        values |= why
        if state is State.FAILED:
            writer.put(Text(traceback.format_exc(), level="error"))
    finally:
        slots.leave()
        writer.close()
    return state, values


def events_of(writer: Writer, must_hand_back: Callable[[], bool]) -> Generator[Event, None, None]:
    """What the trial's training says."""
    spec, seed = patiently(lambda: job(writer), must_hand_back)
    resume = patiently(lambda: resume_from(writer, must_hand_back), must_hand_back)
    start = spec.start.trial if resume is None else None
    weights = patiently(lambda: weights_of(writer, start, must_hand_back), must_hand_back) if start else None
    allowance = patiently(lambda: allowance_of(writer, spec.processes), must_hand_back)
    training = train(
        spec,
        seed=seed,
        resume=resume,
        weights=weights,
        checkpoint_now=lambda: must_put_down(writer, must_hand_back),
        end_now=lambda: writer.ledger.asked is Request.KEEP_BEST,
        scratch=scratch.place(writer.settings.var, writer.trial_id, writer.attempt),
    )
    with closing(training):
        yield from allowance.heed(training)


def must_put_down(writer: Writer, must_hand_back: Callable[[], bool]) -> bool:
    """Whether the attempt is to end before the trial does."""
    return writer.ledger.asked in PUT_DOWN or must_hand_back()


def heed(writer: Writer, event: Event, begun: bool, must_hand_back: Callable[[], bool]) -> None:
    """Act on what was asked of the trial, once there is a checkpoint of it. Raises PutDown or what went wrong in the writer."""
    if writer.error is not None:
        raise writer.error
    if writer.ledger.disk_is_full:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if (isinstance(event, Checkpoint) or not begun) and must_put_down(writer, must_hand_back):
        raise PutDown


def job(writer: Writer) -> tuple[Spec, int]:
    """The trial's spec and seed. Raises SpecError when it is more than a trial may take here."""
    with writer.sessions() as session:
        trial = session.get_one(Trial, writer.trial_id)
        experiment = session.get_one(Experiment, trial.experiment_id)
        spec = Spec.model_validate(experiment.spec)
    if writer.attempt == 1:
        writer.teller.submitted_at = trial.created_at.timestamp()
    limits.check(spec, writer.settings)
    return spec, trial.seed


def allowance_of(writer: Writer, processes: int) -> limits.Allowance:
    """What the trial may still take; whoever watches this process is told as well."""
    with writer.sessions() as session:
        allowance = limits.Allowance.of(session, writer.trial_id, writer.settings, processes)
    slots.enter(writer.trial_id, writer.attempt, allowance.spent_s)
    return allowance


def from_storage(writer: Writer, must_hand_back: Callable[[], bool], act: Callable[[], T]) -> T:
    """What ``act`` gives; a storage that is away is asked again for some minutes. Raises StorageAway, PutDown."""
    deadline = time.monotonic() + GIVES_UP_S
    while True:
        try:
            return act()
        except StorageAway as error:
            log.warning("trial %s waits: %s", writer.trial_id, error)
            if time.monotonic() > deadline:
                raise
            if must_put_down(writer, must_hand_back):
                raise PutDown from error
            time.sleep(RESTS_S)


def resume_from(writer: Writer, must_hand_back: Callable[[], bool]) -> Checkpoint | None:
    """The checkpoint that this attempt goes on from, curves and histograms cut back to it; None at the first attempt."""
    if writer.attempt == 1:
        return None
    place = (writer.sessions, writer.storage, writer.trial_id)
    say = partial(warn, writer)
    checkpoint = from_storage(writer, must_hand_back, lambda: checkpoints.newest(*place, say))
    after_step = checkpoint.step if checkpoint else -1
    from_storage(writer, must_hand_back, lambda: checkpoints.drop_after(*place, writer.attempt, after_step))
    with writer.sessions() as session:
        curves.truncate(session, writer.trial_id, writer.attempt, after_step)
        histograms.truncate(session, writer.trial_id, writer.attempt, after_step)
        session.commit()
    writer.say("restart", {"attempt": writer.attempt, "after_step": after_step})
    return checkpoint


def warn(writer: Writer, words: str) -> None:
    """A line for the trial's log."""
    writer.put(Text(words, level="warning"))


def weights_of(writer: Writer, trial_id: int, must_hand_back: Callable[[], bool]) -> Mapping[str, Any]:
    """What another trial ended with. Raises TrainingError when nothing was kept."""
    place = (writer.sessions, writer.storage, trial_id)
    checkpoint = from_storage(writer, must_hand_back, lambda: checkpoints.newest(*place))
    if checkpoint is None:
        raise TrainingError(
            f"Trial {trial_id}, whose weights this one should start from, has none that were kept: it was deleted, or "
            "ended before its first checkpoint."
        )
    return checkpoint.arrays
