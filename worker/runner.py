"""One attempt of one trial: claim, train, write, end."""

import logging
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import redis
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from dlcore.errors import TrainingError
from dlcore.events import Checkpoint, Results, Text
from dlcore.spec import Spec
from dlcore.train import train
from webapp import logs
from webapp.models import Experiment, State, Trial
from webapp.queue import RUN_TRIAL, promise, promise_next, queue_for
from webapp.settings import Settings
from webapp.store import curves, histograms, leases, turns
from worker import checkpoints, limits, slots
from worker.failures import sentence
from worker.writer import Writer, patiently

log = logging.getLogger(__name__)


class Stopped(Exception):
    """A person wants the trial to end."""


class HandedBack(Exception):
    """The worker ends, and the trial goes back to the queue; a checkpoint has been written."""


def run_trial(
    trial_id: int,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run a trial to its end, to a stop, or until it is handed back. Does nothing when somebody else has it."""
    with sessions() as session:
        attempt = leases.claim(session, trial_id, leases.worker_name(), settings.lease_s)
    if attempt is not None:
        run_claimed(trial_id, attempt, sessions, client, settings, must_hand_back)


def run_next(
    queue: str,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """The same with the trial whose turn it is on a queue. Does nothing when there is none."""
    with sessions() as session:
        taken = turns.take(session, queue, leases.worker_name(), settings.lease_s, settings.most_running)
    if taken is not None:
        run_claimed(*taken, sessions, client, settings, must_hand_back)


def run_claimed(
    trial_id: int,
    attempt: int,
    sessions: sessionmaker[Session],
    client: redis.Redis | None,
    settings: Settings,
    must_hand_back: Callable[[], bool],
) -> None:
    """Run an attempt that this process has claimed."""
    logs.about(experiment=experiment_of(sessions, trial_id), trial=trial_id, attempt=attempt)
    log.info("begins")
    writer = Writer(trial_id, attempt, sessions, client, settings)
    try:
        try:
            state, values = run_attempt(writer, must_hand_back)
        except curves.StaleAttempt:
            raise
        except Exception as error:  # what was logged could not be kept: the trial must not go on as if it were
            log.exception("trial %s: attempt %s could not be written", trial_id, attempt)
            state, values = State.FAILED, {"failure": sentence(error)}
        patiently(lambda: end(writer, state, values))
        log.info("ended: %s", state.value, extra={"state": state.value})
    except curves.StaleAttempt as error:
        log.warning("%s; giving it up", error)


def experiment_of(sessions: sessionmaker[Session], trial_id: int) -> int | None:
    """The id of a trial's experiment."""
    with sessions() as session:
        return session.scalar(select(Trial.experiment_id).where(Trial.id == trial_id))


def run_attempt(writer: Writer, must_hand_back: Callable[[], bool]) -> tuple[State, dict[str, Any]]:
    """Train, and say how it ended: (state, values of the trial's row). Raises StaleAttempt."""
    writer.say("state", {"state": State.RUNNING.value, "attempt": writer.attempt, "failure": None, "results": {}})
    writer.start()
    slots.enter(writer.trial_id, writer.attempt)
    state: State = State.COMPLETED
    values: dict[str, Any] = {}
    try:
        spec, seed = job(writer)
        allowance = allowance_of(writer)
        resume = resume_from(writer)
        weights = weights_of(writer, spec.start.trial) if spec.start.trial and resume is None else None
        with closing(train(spec, seed=seed, resume=resume, weights=weights, checkpoint_now=must_hand_back)) as events:
            for event in allowance.heed(events):
                if isinstance(event, Results):
                    values["results"] = dict(event.values)
                writer.put(event)
                heed(writer, event, must_hand_back)
    except Stopped:
        state = State.CANCELLED
    except HandedBack:
        state = State.QUEUED
    except curves.StaleAttempt:
        raise
    except (Exception, SystemExit) as error:  # a part of a package may call sys.exit
        if writer.error is not None:
            raise writer.error from None
        state = State.FAILED
        values["failure"] = sentence(limits.explained(error, writer.settings))
        writer.put(Text(traceback.format_exc(), level="error"))
    finally:
        slots.leave()
        writer.close()
    return state, values


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


def allowance_of(writer: Writer) -> limits.Allowance:
    """What the trial may still take; whoever watches this process is told as well."""
    with writer.sessions() as session:
        allowance = limits.Allowance.of(session, writer.trial_id, writer.settings)
    slots.enter(writer.trial_id, writer.attempt, allowance.spent_s)
    return allowance


def resume_from(writer: Writer) -> Checkpoint | None:
    """The checkpoint that this attempt goes on from, curves and histograms cut back to it; None at the first attempt."""
    if writer.attempt == 1:
        return None
    checkpoint = checkpoints.newest(writer.sessions, writer.settings.var, writer.trial_id)
    after_step = checkpoint.step if checkpoint else -1
    with writer.sessions() as session:
        curves.truncate(session, writer.trial_id, writer.attempt, after_step)
        histograms.truncate(session, writer.trial_id, writer.attempt, after_step)
        session.commit()
    writer.say("restart", {"attempt": writer.attempt, "after_step": after_step})
    return checkpoint


def weights_of(writer: Writer, trial_id: int) -> Mapping[str, Any]:
    """What another trial ended with. Raises TrainingError when nothing was kept."""
    checkpoint = checkpoints.newest(writer.sessions, writer.settings.var, trial_id)
    if checkpoint is None:
        raise TrainingError(
            f"Trial {trial_id}, whose weights this one should start from, has none that were kept: it was deleted, or "
            "ended before its first checkpoint."
        )
    return checkpoint.arrays


def heed(writer: Writer, event: Any, must_hand_back: Callable[[], bool]) -> None:
    """Act on what was asked of the trial. Raises Stopped, HandedBack or what went wrong in the writer."""
    if writer.error is not None:
        raise writer.error
    if writer.stop_requested:
        raise Stopped
    if isinstance(event, Checkpoint) and must_hand_back():
        raise HandedBack


def end(writer: Writer, state: State, values: dict[str, Any]) -> None:
    """Merge the curves and end the attempt in one transaction, then tell those who watch. Raises StaleAttempt."""
    with writer.sessions() as session:
        if state.ended:
            curves.merge(session, writer.trial_id, writer.attempt)
        leases.finish(session, writer.trial_id, writer.attempt, state, **values)
        if not state.ended:
            trial = session.get_one(Trial, writer.trial_id)
            spec = session.get_one(Experiment, trial.experiment_id).spec
            promise(session, RUN_TRIAL, queue_for(spec), [writer.trial_id])
        promise_next(session, writer.trial_id, writer.settings.most_running)
        session.commit()
    message = {
        "state": state.value,
        "attempt": writer.attempt,
        "failure": values.get("failure"),
        "results": values.get("results", {}),
    }
    writer.say("state", message)
    if state.ended:
        checkpoints.keep_only_the_last(writer.sessions, writer.settings.var, writer.trial_id)
