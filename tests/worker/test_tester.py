"""The test part of a trial that has ended: used once, by whoever was first."""

import io
import json
from datetime import timedelta

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from tests.making import SMALL, make_trial
from webapp.models import Artifact, Experiment, LogLine, State, Trial, now
from webapp.store import artifacts, leases, live, testing
from webapp.store.storage import storage_of
from worker import checkpoints, runner, tester

ON_REQUEST = SMALL | {"test": "on_request"}


@pytest.fixture
def trained(sessions, client, settings) -> int:
    """A trial that has ended and left its test part alone."""
    trial_id = make_trial(sessions, ON_REQUEST)
    runner.run_trial(trial_id, sessions, client, settings, lambda: False)
    assert not testing.is_used(trial_of(sessions, trial_id))
    return trial_id


def trial_of(sessions, trial_id) -> Trial:
    with sessions() as session:
        return session.get_one(Trial, trial_id)


def change(sessions, **values) -> None:
    with sessions() as session:
        session.execute(update(Trial).values(**values))
        session.commit()


def kept(sessions, trial_id) -> dict[str, Artifact]:
    with sessions() as session:
        return {artifact.name: artifact for artifact in artifacts.of_kind(session, trial_id, "errors")}


def lines(sessions) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(LogLine.message).where(LogLine.level == "error")))


def test_at_the_end_report_and_picture_are_kept_side_by_side(sessions, client, settings):
    trial_id = make_trial(sessions)
    runner.run_trial(trial_id, sessions, client, settings, lambda: False)
    found = kept(sessions, trial_id)
    report = json.loads(storage_of(settings).read(found["report"].path))
    assert (found["report"].media_type, found["examples"].media_type) == ("application/json", "image/png")
    assert np.sum(report["confusion"]) == report["examples"] == 179
    sheet = np.asarray(Image.open(io.BytesIO(storage_of(settings).read(found["examples"].path))))
    assert sheet.shape[1] == report["tiles"]["columns"] * report["tiles"]["tile_width"]
    told = [payload for _, kind, payload in live.entries(client, trial_id) if kind == "report"]
    assert [(message["kind"], message["failure"]) for message in told] == [("errors", None)]


def test_on_request_the_results_are_added_and_those_who_watch_are_told(sessions, client, settings, trained):
    before = trial_of(sessions, trained).results
    position = live.last_id(client, trained)
    tester.test_trial(trained, sessions, client, settings)

    trial = trial_of(sessions, trained)
    assert trial.results.items() > before.items()
    assert trial.results.keys() - before.keys() == {"test/loss", "test/accuracy"}
    assert (trial.state, trial.worker, trial.lease_until) == ("completed", None, None)
    assert kept(sessions, trained).keys() == {"report", "examples"}
    messages = {kind: payload for _, kind, payload in live.entries(client, trained, after=position)}
    assert messages["state"]["results"] == trial.results
    assert messages["report"]["failure"] is None


def test_it_is_the_same_as_at_the_end(sessions, client, settings, trained):
    tester.test_trial(trained, sessions, client, settings)
    at_end = make_trial(sessions)
    runner.run_trial(at_end, sessions, client, settings, lambda: False)
    for key in ("test/loss", "test/accuracy"):
        assert trial_of(sessions, trained).results[key] == trial_of(sessions, at_end).results[key]
    digests = [{name: made.sha256 for name, made in kept(sessions, trial).items()} for trial in (trained, at_end)]
    assert digests[0] == digests[1]


def test_a_task_that_is_delivered_twice_tests_once(sessions, client, settings, trained):
    tester.test_trial(trained, sessions, client, settings)
    newest, first = live.last_id(client, trained), kept(sessions, trained)["report"].id
    tester.test_trial(trained, sessions, client, settings)
    assert live.last_id(client, trained) == newest
    assert kept(sessions, trained)["report"].id == first


def test_two_workers_never_have_it_at_once(sessions, trained):
    with sessions() as session:
        assert testing.claim(session, trained, "one")
        assert not testing.claim(session, trained, "another")
        with pytest.raises(testing.StaleAttempt):
            testing.finish(session, trained, 1, "another", {"test/accuracy": 1.0})
        session.rollback()
        testing.finish(session, trained, 1, "one", {"test/accuracy": 0.5})
        session.commit()
        assert not testing.claim(session, trained, "another")
    assert trial_of(sessions, trained).results["test/accuracy"] == 0.5


@pytest.mark.parametrize("holder", ["asked", "lapsed", "of a process that is no more"])
def test_it_can_be_claimed_from_nobody(sessions, trained, holder):
    values = {
        "asked": {"worker": testing.ASKED, "lease_until": now() + timedelta(seconds=60)},
        "lapsed": {"worker": "one", "lease_until": now() - timedelta(seconds=1)},
        "of a process that is no more": {
            "worker": leases.worker_name().rpartition(":")[0] + ":4194305",
            "lease_until": now() + timedelta(seconds=60),
        },
    }
    change(sessions, **values[holder])
    with sessions() as session:
        assert testing.claim(session, trained, "another")


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.FAILED])
def test_a_trial_that_has_not_ended_well_is_not_tested(sessions, client, settings, trained, state):
    change(sessions, state=state.value)
    tester.test_trial(trained, sessions, client, settings)
    assert kept(sessions, trained) == {}


def test_a_failure_is_a_sentence_in_the_log_and_it_may_be_asked_again(sessions, client, settings, trained):
    with sessions() as session:
        good = session.scalars(select(Experiment.spec)).one()
        split = good["data"]["split"] | {"test": 0.0}
        session.execute(update(Experiment).values(spec=good | {"data": good["data"] | {"split": split}}))
        session.commit()
    tester.test_trial(trained, sessions, client, settings)
    said = lines(sessions)
    assert len(said) == 1
    assert said[0].startswith("The test part could not be used. There is no test part")
    trial = trial_of(sessions, trained)
    assert (testing.is_used(trial), trial.worker, trial.lease_until) == (False, None, None)
    _, kind, payload = live.entries(client, trained)[-1]
    assert (kind, payload["failure"]) == ("report", said[0])

    with sessions() as session:
        session.execute(update(Experiment).values(spec=good))
        session.commit()
    tester.test_trial(trained, sessions, client, settings)
    assert testing.is_used(trial_of(sessions, trained))


def test_a_checkpoint_that_cannot_be_read_is_told(sessions, client, settings, trained):
    with sessions() as session:
        (artifact,) = artifacts.of_kind(session, trained, checkpoints.KIND)
    storage_of(settings).put(artifact.path, b"torn")
    tester.test_trial(trained, sessions, client, settings)
    assert "No checkpoint of this trial can be read" in lines(sessions)[0]


def test_an_error_of_the_program_is_told_too(sessions, client, settings, trained, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("by 0")

    monkeypatch.setattr(tester, "use_test_part", broken)
    tester.test_trial(trained, sessions, client, settings)
    assert lines(sessions) == [
        "The test part could not be used because of an error in the program: ZeroDivisionError: by 0"
    ]


def test_without_redis_it_is_kept_all_the_same(sessions, settings, trained):
    tester.test_trial(trained, sessions, None, settings)
    assert testing.is_used(trial_of(sessions, trained))


def test_a_trial_that_is_deleted_meanwhile_leaves_no_files(sessions, client, settings, trained, monkeypatch):
    real = tester.use_test_part

    def deleting(*arguments):
        with sessions() as session:
            session.delete(session.scalars(select(Experiment)).one())
            session.commit()
        artifacts.delete_trial_files(storage_of(settings), trained)
        yield from real(*arguments)

    monkeypatch.setattr(tester, "use_test_part", deleting)
    tester.test_trial(trained, sessions, client, settings)
    assert list((settings.var / "artifacts").iterdir()) == []
