"""A log becomes a completed experiment, whole or not at all; on SQLite and PostgreSQL."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.making import same_bits
from tests.webapp.exports.full_trial import CURVES, contents, make_full_trial
from tests.webapp.imports.logs import NAME, log, loss, scalar, upload, zip_of
from webapp.exports.event_file import event_pieces
from webapp.imports.budget import UploadProblem
from webapp.imports.service import import_log
from webapp.models import CurveChunk, Experiment, Trial, User
from webapp.store import curves

Sessions = sessionmaker[Session]


@pytest.fixture
def owner(sessions: Sessions) -> int:
    """Somebody's id."""
    with sessions() as session:
        user = User(username="ada", email="ada@example.com")
        session.add(user)
        session.commit()
        return user.id


def import_of(session: Session, owner: int, content: bytes, name: str = "runs.zip", **words: str) -> Experiment:
    return import_log(session, session.get_one(User, owner), [upload(content, name)], **words)


def test_a_trial_comes_back_from_tensorboard_bit_for_bit(
    sessions: Sessions,
    owner: int,
    tmp_path: Path,
) -> None:
    with sessions() as session:
        exported = b"".join(event_pieces(session, contents(session, make_full_trial(sessions, tmp_path), tmp_path)))
        experiment = import_of(session, owner, zip_of({f"trial/{NAME}": exported}))
        (trial,) = experiment.trials
        told = {key: data for key, data in CURVES.items() if "," not in key}
        assert curves.keys(session, trial.id) == sorted(told)
        for key, data in told.items():
            (back,) = curves.read(session, trial.id, [key], points=100_000).values()
            assert back.steps.tolist() == data.steps.tolist()
            assert same_bits(back.values, data.values)
            assert same_bits(back.times, data.times)
        assert "network: {kind: softmax}" in experiment.imported["runs"][0]["texts"]["spec"]  # type: ignore[index]


def test_an_imported_experiment_is_completed_and_owned(sessions: Sessions, owner: int) -> None:
    content = zip_of({f"runs/{run}/{NAME}": loss((1, 0.5), (7, 0.25)) for run in "ab"})
    with sessions() as session:
        made = import_of(session, owner, content, title="From afar", tags="old, lr").id
    with sessions() as session:
        experiment = session.get_one(Experiment, made)
        assert (experiment.title, experiment.owner.username, experiment.state) == ("From afar", "ada", "completed")
        assert [tag.name for tag in experiment.tags] == ["lr", "old"]
        assert [(trial.number, trial.step, trial.steps) for trial in experiment.trials] == [(1, 7, 7), (2, 7, 7)]
        assert [run["name"] for run in experiment.imported["runs"]] == ["a", "b"]  # type: ignore[index]
        assert (experiment.is_imported, experiment.spec) == (True, {})


def test_without_a_title_it_is_called_after_the_archive(sessions: Sessions, owner: int) -> None:
    with sessions() as session:
        assert (
            import_of(session, owner, zip_of({NAME: loss((1, 1.0))}), "my-runs.tar.gz").title
            == "TensorBoard log my-runs"
        )


def test_results_are_the_last_and_the_best_of_what_was_evaluated(sessions: Sessions, owner: int) -> None:
    numbers = {"validation/Loss": [3.0, 1.0, 2.0], "validation/accuracy": [0.1, 0.5, float("nan")], "test/loss": [4.0]}
    events = [
        scalar(key, step, value, 1_700_000_000 + step) for key, row in numbers.items() for step, value in enumerate(row)
    ]
    with sessions() as session:
        (trial,) = import_of(session, owner, zip_of({NAME: log(*events)})).trials
        assert trial.results == {
            "validation/Loss": {"last": 2.0, "best": 1.0, "best_step": 1},
            "validation/accuracy": {"last": 0.5, "best": 0.5, "best_step": 1},
            "test/loss": 4.0,
            "duration_s": 2.0,
        }


def test_values_that_are_not_finite_and_strange_moments_are_kept_or_mended(sessions: Sessions, owner: int) -> None:
    events = [scalar("loss", -3, float("inf"), float("nan")), scalar("loss", 0, float("nan"), 1e300)]
    with sessions() as session:
        (trial,) = import_of(session, owner, zip_of({NAME: log(*events)})).trials
        data = curves.read(session, trial.id, ["loss"])["loss"]
        assert (data.steps.tolist(), data.times.tolist()) == ([-3, 0], [0.0, 0.0])
        assert same_bits(data.values, [np.inf, np.nan])


@pytest.mark.parametrize("bad", [loss((1, 1.0))[:-9] + b"nonsense!", b"not a log at all", loss((2**60, 1.0))])
def test_what_fails_leaves_nothing(sessions: Sessions, owner: int, bad: bytes) -> None:
    with sessions() as session:
        with pytest.raises(UploadProblem):
            import_of(session, owner, zip_of({f"a/{NAME}": loss((1, 1.0)), f"b/{NAME}": bad}))
        session.rollback()
        for table in (Experiment, Trial, CurveChunk):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_no_file_is_a_sentence(sessions: Sessions, owner: int) -> None:
    with sessions() as session, pytest.raises(UploadProblem, match="choose a log"):
        import_log(session, session.get_one(User, owner), [upload(b"", "")])
