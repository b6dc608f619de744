"""The index follows every change, and nobody has to think of it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.making import make_trial, running_trial
from webapp.models import Experiment, ResultFact, SpecFact, State, Trial, WordFact
from webapp.models.indexing import result_facts, spec_facts, words_of
from webapp.store import leases


def results_of(session: Session, experiment_id: int) -> dict[str, float]:
    rows = select(ResultFact.name, ResultFact.number).where(ResultFact.experiment_id == experiment_id)
    return {row.name: row.number for row in session.execute(rows)}


def test_a_value_in_a_list_stands_under_the_lists_name_once() -> None:
    facts = spec_facts(
        "My Title", {"a": {"b": [{"c": "X"}, {"c": "y"}, {"c": "x"}], "d": [2, 2.5]}, "e": None, "f": True}
    )
    assert [(fact["name"], fact["position"], fact["text"], fact["number"]) for fact in facts] == [
        ("title", 0, "my title", None),
        ("a.b.c", 0, "x", None),
        ("a.b.c", 1, "y", None),
        ("a.d", 0, "2", 2.0),
        ("a.d", 1, "2.5", 2.5),
        ("e", 0, "none", None),
        ("f", 0, "true", None),
    ]


def test_results_of_several_trials_are_the_best_and_the_sums() -> None:
    first = {
        "validation/accuracy": {"best": 0.9, "last": 0.7},
        "validation/loss": {"best": 0.3, "last": 0.5},
        "steps": 10,
    }
    second = {"validation/accuracy": {"best": 0.8, "last": 0.8}, "test/accuracy": 0.75, "duration_s": 2.0, "steps": 12}
    assert result_facts([first, second, {}, {"train/loss": float("nan")}]) == {
        "validation/accuracy": 0.9,
        "validation/accuracy.last": 0.8,
        "validation/loss": 0.3,
        "validation/loss.last": 0.5,
        "test/accuracy": 0.75,
        "duration_s": 2.0,
        "steps": 22.0,
    }


def test_names_that_differ_by_case_alone_are_one() -> None:
    facts = spec_facts("T", {"Rate": 1, "rate": 2})
    assert [(fact["name"], fact["position"], fact["number"]) for fact in facts[1:]] == [
        ("rate", 0, 1.0),
        ("rate", 1, 2.0),
    ]
    assert result_facts([{"validation/Accuracy": {"best": 0.8, "last": 0.7}}, {"validation/accuracy": 0.9}]) == {
        "validation/accuracy": 0.9,
        "validation/accuracy.last": 0.7,
    }


def test_words_are_lower_case_and_split_at_every_sign() -> None:
    assert words_of("LeNet-5 on MNIST", "learning_rate, on") == ["lenet", "5", "on", "mnist", "learning", "rate"]
    assert words_of("Größe?") == ["größe"]


def test_results_that_a_worker_writes_are_found(sessions: sessionmaker[Session]) -> None:
    trial_id = running_trial(sessions)
    with sessions() as session:
        experiment_id = session.get_one(Trial, trial_id).experiment_id
        leases.renew(session, trial_id, 1, 60, step=5, results={"validation/loss": {"best": 0.5, "last": 0.6}})
        assert results_of(session, experiment_id) == {"validation/loss": 0.5, "validation/loss.last": 0.6}
        leases.finish(session, trial_id, 1, State.COMPLETED, results={"test/accuracy": 0.9, "steps": 7})
        session.commit()
        assert results_of(session, experiment_id) == {"test/accuracy": 0.9, "steps": 7.0}


def test_results_that_are_refused_leave_the_index_alone(sessions: sessionmaker[Session]) -> None:
    trial_id = running_trial(sessions)
    with sessions() as session:
        with pytest.raises(leases.StaleAttempt):
            leases.renew(session, trial_id, 7, 60, results={"steps": 1})
        session.rollback()
        assert session.scalar(select(func.count()).select_from(ResultFact)) == 0


def test_results_that_did_not_change_are_not_written_again(sessions: sessionmaker[Session]) -> None:
    trial_id = running_trial(sessions)
    statements: list[str] = []
    with sessions() as session:
        leases.renew(session, trial_id, 1, 60, results={"steps": 1})
        event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _u, text, *_: statements.append(text))
        leases.renew(session, trial_id, 1, 60, results={"steps": 1})
    assert not [text for text in statements if "experiment_results" in text]


def test_a_change_of_title_and_spec_is_followed_and_deletion_leaves_nothing(
    session: Session, add: Callable[..., Experiment]
) -> None:
    made, other = add("Before", ({"steps": 3},), description="old words"), add("Other")
    made.title, made.description = "After", "new words"
    session.commit()
    title = select(SpecFact.text).where(SpecFact.name == "title", SpecFact.experiment_id == made.id)
    assert session.scalars(title).all() == ["after"]
    words = select(WordFact.word).where(WordFact.experiment_id == made.id)
    assert sorted(session.scalars(words)) == ["after", "new", "words"]
    made.spec = {**made.spec, "optimizer": {"kind": "lion"}}
    session.commit()
    optimizer = select(SpecFact.name, SpecFact.text).where(
        SpecFact.name.startswith("optimizer."), SpecFact.experiment_id == made.id
    )
    assert session.execute(optimizer).all() == [("optimizer.kind", "lion")]
    session.delete(made)
    session.commit()
    for model in (SpecFact, ResultFact, WordFact):
        assert set(session.scalars(select(model.experiment_id))) <= {other.id}


def test_two_trials_of_one_experiment_that_end_at_once_both_count(sessions: sessionmaker[Session]) -> None:
    """On PostgreSQL the second waits for the first; SQLite has one writer at a time anyway."""
    first = make_trial(sessions, state="running", attempt=1)
    with sessions() as session:
        experiment_id = session.get_one(Trial, first).experiment_id
        second = Trial(experiment_id=experiment_id, number=2, seed=1, state="running", attempt=1)
        session.add(second)
        session.commit()
        ids = [first, second.id]
    both = threading.Barrier(2)

    def end(trial_id: int, results: dict[str, Any]) -> None:
        with sessions() as session:
            both.wait()
            leases.finish(session, trial_id, 1, State.COMPLETED, results=results)
            session.commit()

    for round_number in range(5):
        threads = [
            threading.Thread(target=end, args=(trial_id, {f"{trial_id}": round_number, "steps": 1})) for trial_id in ids
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with sessions() as session:
            assert results_of(session, experiment_id) == {
                **{f"{trial_id}": round_number for trial_id in ids},
                "steps": 2.0,
            }
            for trial_id in ids:
                session.get_one(Trial, trial_id).state = State.RUNNING.value
            session.commit()
