"""Numbers that are not finite, in JSON: kept and read by name, the same on both databases."""

import math

import numpy as np
import pytest
import redis
import torch
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Report
from tests.making import make_trial, running_trial
from webapp.compare.summary import cell_of, result
from webapp.models import Artifact, ResultFact, Trial
from webapp.settings import Settings
from webapp.store import artifacts, curves, leases
from webapp.store.storage import Folder
from worker import runner

DIVERGED = {
    "train/loss": math.nan,
    "validation/loss": {"best": 0.5, "last": math.inf},
    "validation/accuracy": {"best": -math.inf, "last": 0.25},
}
BY_NAME = {
    "train/loss": "NaN",
    "validation/loss": {"best": 0.5, "last": "Infinity"},
    "validation/accuracy": {"best": "-Infinity", "last": 0.25},
}


def results_of(sessions: sessionmaker[Session], trial_id: int) -> object:
    with sessions() as session:
        return session.get_one(Trial, trial_id).results


def test_results_that_are_not_finite_are_kept_by_name(sessions: sessionmaker[Session]) -> None:
    trial_id = running_trial(sessions)
    with sessions() as session:
        leases.renew(session, trial_id, 1, 60, step=3, results=DIVERGED)
    assert results_of(sessions, trial_id) == BY_NAME


def test_a_trial_whose_loss_is_no_number_any_more_says_so_and_loses_no_point(
    sessions: sessionmaker[Session], client_of_redis: redis.Redis, settings: Settings
) -> None:
    settings.var.mkdir()
    torch.set_num_threads(1)
    steep = {"optimizer": {"kind": "sgd", "lr": 10}, "batch_size": 4000, "monitor": {"every_steps": 1}}
    network = {"kind": "mlp", "hidden": [300] * 10}
    trial_id = make_trial(sessions, {"data": {"kind": "digits"}, "network": network, "epochs": 20, **steep})
    runner.run_trial(trial_id, sessions, client_of_redis, settings, lambda: False)
    with sessions() as session:
        failure = session.get_one(Trial, trial_id).failure
        found = curves.read(session, trial_id, ["train/loss"], points=100)["train/loss"]
    assert failure is not None
    assert failure.startswith(f"The loss became nan at step {found.steps[-1]}")
    assert found.steps.tolist() == [1, 2, 3]
    assert np.isfinite(found.values).tolist() == [True, True, False]


def test_what_is_kept_of_a_file_is_too(sessions: sessionmaker[Session], tmp_path) -> None:
    trial_id = running_trial(sessions)
    with sessions() as session:
        made = artifacts.add_report(session, Folder(tmp_path), trial_id, 1, Report("errors", 3, 0.1, {"worst": []}))
        session.flush()
        session.scalars(select(Artifact)).one().details = {"errors": [1.5, [math.nan]]}
        session.commit()
    assert made is not None
    with sessions() as session:
        assert session.scalars(select(Artifact.details)).one() == {"errors": [1.5, ["NaN"]]}


def test_they_are_no_numbers_to_search_and_sort_by(sessions: sessionmaker[Session]) -> None:
    trial_id = running_trial(sessions)
    with sessions() as session:
        leases.keep_results(session, trial_id, DIVERGED)
        session.commit()
        found = dict(session.execute(select(ResultFact.name, ResultFact.number)).all())
    assert found == {"validation/loss": 0.5, "validation/accuracy.last": 0.25}


def test_they_are_no_numbers_to_take_the_mean_of() -> None:
    values = [result(BY_NAME, "validation/loss", which) for which in ("best", "last")]
    assert values == [0.5, None]
    assert cell_of("validation/loss", values).value == 0.5


@pytest.mark.parametrize("sessions", ["sqlite"], indirect=True)
def test_older_rows_that_have_them_as_they_are_are_read_by_name(sessions: sessionmaker[Session]) -> None:
    trial_id = running_trial(sessions)
    with sessions() as session:
        session.execute(text('UPDATE trials SET results = \'{"train/loss": NaN, "test/loss": -Infinity}\''))
        session.commit()
    assert results_of(sessions, trial_id) == {"train/loss": "NaN", "test/loss": "-Infinity"}
