"""Submitting, changing and ending experiments; the pages, the API and the commands all call these."""

import logging
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dlcore.errors import SpecError
from dlcore.spec import Spec
from webapp import logs, policy
from webapp.fields import FieldProblem
from webapp.job_limits import check_job
from webapp.models import Experiment, State, Trial, User, Visibility, now
from webapp.queue import RUN_TRIAL, deliver, promise, queue_for
from webapp.sharing.service import SharingProblem, read_visibility, set_visibility
from webapp.store import live as live_streams
from webapp.store import testing
from webapp.store.access import tell_watchers
from webapp.store.artifacts import delete_trial_files
from webapp.tags.service import TagProblem, find_or_make, parse_tags

log = logging.getLogger(__name__)
TITLE_LONGEST, DESCRIPTION_LONGEST = 200, 20_000
TEST_TRIAL = "worker.test_trial"
DELETE_FILES = "worker.delete_files"


class ExperimentProblem(FieldProblem):
    """Why an experiment cannot be so; ``field`` names where."""


class CannotTest(Exception):
    """Why the test part of a trial cannot be used, as a sentence."""


def create_experiment(
    session: Session,
    owner: User,
    title: str,
    description: str,
    tags: str | list[str],
    spec: Spec,
    enqueue: bool = True,
    visibility: str | None = None,
) -> Experiment:
    """An experiment, its trials and the promise to run them, in one transaction; its visibility is the owner's usual one where
    none is given. Raises ExperimentProblem.
    """
    title, description, names = checked(title, description, tags)
    seen = checked_visibility(visibility, owner)
    check_runnable(session, spec, owner)
    experiment = Experiment(owner=owner, title=title, description=description, spec=spec.model_dump(mode="json"))
    set_visibility(experiment, seen)
    queue = queue_for(experiment.spec)
    experiment.trials = [Trial(number=index + 1, seed=spec.seed + index, queue=queue) for index in range(spec.trials)]
    session.add(experiment)
    experiment.tags = find_or_make(session, names)
    session.flush()
    if enqueue:
        for trial in experiment.trials:
            promise(session, RUN_TRIAL, queue, [trial.id])
    session.commit()
    logs.add(experiment=experiment.id)
    log.info("submitted, %s trials", spec.trials, extra={"trials": [trial.id for trial in experiment.trials]})
    return experiment


def check_runnable(session: Session, spec: Spec, owner: User) -> None:
    """Whether the owner sees the trial to start from, and the job is within what one may take here. Raises ExperimentProblem."""
    try:
        check_job(spec, current_app.config["SETTINGS"])
    except SpecError as error:
        raise ExperimentProblem(error.path, str(error)) from error
    if spec.start.trial is not None and not policy.trials_seen_by(session, owner, [spec.start.trial]):
        raise ExperimentProblem("start.trial", f"There is no trial {spec.start.trial} to start from.", "missing")


def enqueue_promised() -> None:
    """Send what was promised to the broker now; if that fails, the worker's keeper does it."""
    redis_url = current_app.config["SETTINGS"].redis_url
    if redis_url:
        from webapp.models import db

        deliver(db.session(), redis_url)


def change(session: Session, experiment: Experiment, title: str, description: str, tags: str | list[str]) -> None:
    """Another title, description and tags, committed. Raises ExperimentProblem."""
    experiment.title, experiment.description, names = checked(title, description, tags)
    experiment.tags = find_or_make(session, names)
    session.commit()


def retag(session: Session, experiment: Experiment, tags: str | list[str]) -> None:
    """Other tags, committed. Raises ExperimentProblem."""
    try:
        experiment.tags = find_or_make(session, parse_tags(tags))
    except TagProblem as problem:
        raise ExperimentProblem("tags", str(problem)) from problem
    session.commit()


def ask_for_test(session: Session, trial: Trial) -> None:
    """Promise that a worker uses the trial's test part, once; committed. Raises CannotTest."""
    spec = trial.experiment.spec
    reason = testing.why_not(session, trial, spec)
    if reason is None and not testing.ask(session, trial):
        session.rollback()
        session.refresh(trial)
        reason = testing.why_not(session, trial, spec) or "Somebody else asked at the same moment."
    if reason is not None:
        raise CannotTest(reason)
    promise(session, TEST_TRIAL, trial.queue, [trial.id])
    session.commit()


def delete(session: Session, experiment: Experiment) -> None:
    """Take an experiment away with all that its trials made. What runs is ended first, so that nothing is written any more."""
    trials = [trial.id for trial in experiment.trials]
    live = (Trial.id.in_(trials), Trial.state.not_in([state.value for state in State if state.ended]))
    session.execute(update(Trial).where(*live).values(state=State.CANCELLED.value, request=None, ended_at=now()))
    session.commit()
    storage = current_app.extensions["storage"]
    session.delete(experiment)
    if storage.is_remote:  # it may be away, or slow: a worker does it, and tries until it is done
        for trial_id in trials:
            promise(session, DELETE_FILES, "cpu", [trial_id])
    session.commit()
    tell_watchers(current_app.extensions["redis"])
    live_streams.forget(current_app.extensions["redis"], trials)
    if not storage.is_remote:
        for trial_id in trials:
            delete_trial_files(storage, trial_id)


def find(session: Session, experiment_id: int) -> Experiment | None:
    """The experiment of this id."""
    return session.scalar(select(Experiment).where(Experiment.id == experiment_id))


def checked_visibility(word: str | None, owner: User) -> Visibility:
    """The visibility that a word names, the owner's usual one where there is none. Raises ExperimentProblem."""
    try:
        return read_visibility(owner.default_visibility if word is None else word)
    except SharingProblem as problem:
        raise ExperimentProblem(problem.field, problem.message) from problem


def checked(title: Any, description: Any, tags: Any) -> tuple[str, str, list[str]]:
    """The words as they are kept; raises ExperimentProblem, the first of all."""
    return checked_title(title), checked_description(description), checked_tags(tags)


def wrong_words(title: Any, description: Any, tags: Any) -> list[ExperimentProblem]:
    """What is wrong with the words, each field's problem."""
    found = []
    for check, words in ((checked_title, title), (checked_description, description), (checked_tags, tags)):
        try:
            check(words)
        except ExperimentProblem as problem:
            found.append(problem)
    return found


def checked_title(words: Any) -> str:
    """A title as it is kept; raises ExperimentProblem."""
    title = " ".join(str(words).split())
    if "\x00" in title:
        raise ExperimentProblem("title", "The title cannot hold the character NUL.")
    if not title:
        raise ExperimentProblem("title", "Please give the experiment a title.")
    if len(title) > TITLE_LONGEST:
        sentence = f"A title has at most {TITLE_LONGEST} characters; this one has {len(title):,}."
        raise ExperimentProblem("title", sentence)
    return title


def checked_description(words: Any) -> str:
    """A description as it is kept; raises ExperimentProblem."""
    description = str(words).replace("\r\n", "\n").strip()
    if "\x00" in description:
        raise ExperimentProblem("description", "The description cannot hold the character NUL.")
    if len(description) > DESCRIPTION_LONGEST:
        sentence = f"A description has at most {DESCRIPTION_LONGEST:,} characters; this one has {len(description):,}."
        raise ExperimentProblem("description", sentence)
    return description


def checked_tags(words: Any) -> list[str]:
    """Tags as they are kept; raises ExperimentProblem."""
    try:
        return parse_tags(words)
    except TagProblem as problem:
        raise ExperimentProblem("tags", str(problem)) from problem
