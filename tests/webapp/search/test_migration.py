"""The migrations of the index fill it with what is there, on both databases, and can be taken back."""

import json

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, inspect, text

from tests.setup.test_migrations import config_for
from tests.setup.test_migrations import url as url_of_an_empty_database

url = url_of_an_empty_database
BEFORE, AFTER = "0002", "0005"


@pytest.fixture
def engine(url: str) -> Engine:
    """A database of before, with two experiments in it; one has two trials."""
    command.upgrade(config_for(url), BEFORE)
    made = create_engine(url)
    with made.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (id, username, email, name, about, role, session_key, created_at) "
                "VALUES (1, 'ada', 'a@example.com', '', '', 'member', 'k', '2026-01-01 00:00:00')"
            )
        )
        for number, title in ((1, "Deep Net"), (2, "Plain")):
            connection.execute(
                text(
                    "INSERT INTO experiments (id, owner_id, title, description, spec, archived, created_at, updated_at) "
                    "VALUES (:id, 1, :title, 'some words', :spec, false, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
                ),
                {
                    "id": number,
                    "title": title,
                    "spec": json.dumps({"optimizer": {"lr": 0.1, "kind": "adam"}, "l": [1, 2]}),
                },
            )
        for number, loss in ((1, 0.5), (2, 0.4)):
            connection.execute(
                text(
                    "INSERT INTO trials (id, experiment_id, number, seed, state, attempt, stop_requested, step, epoch, results, "
                    "created_at) VALUES (:id, 1, :id, 0, 'completed', 1, false, 0, 0, :results, '2026-01-01 00:00:00')"
                ),
                {"id": number, "results": json.dumps({"validation/loss": {"best": loss, "last": 0.6}, "steps": 5})},
            )
    return made


def test_what_is_there_is_found_afterwards(url: str, engine: Engine) -> None:
    command.upgrade(config_for(url), AFTER)
    with engine.connect() as connection:
        facts = connection.execute(
            text("SELECT name, position, text, number FROM experiment_facts WHERE experiment_id = 1")
        )
        assert sorted(tuple(row) for row in facts) == [
            ("l", 0, "1", 1.0),
            ("l", 1, "2", 2.0),
            ("optimizer.kind", 0, "adam", None),
            ("optimizer.lr", 0, "0.1", 0.1),
            ("title", 0, "deep net", None),
        ]
        results = connection.execute(text("SELECT experiment_id, name, number FROM experiment_results ORDER BY name"))
        assert [tuple(row) for row in results] == [
            (1, "steps", 10.0),
            (1, "validation/loss", 0.4),
            (1, "validation/loss.last", 0.6),
        ]
        words = connection.execute(text("SELECT word FROM experiment_words WHERE experiment_id = 2 ORDER BY word"))
        assert [row.word for row in words] == ["plain", "some", "words"]


def test_it_is_taken_back_and_made_again_with_data_in_it(url: str, engine: Engine) -> None:
    command.upgrade(config_for(url), AFTER)
    command.downgrade(config_for(url), BEFORE)
    assert not {"experiment_facts", "experiment_results", "experiment_words"} & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM experiments")).scalar() == 2
    command.upgrade(config_for(url), AFTER)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM experiment_results")).scalar() == 3


def test_names_with_capitals_are_found_afterwards_and_those_that_meet_are_one(url: str, engine: Engine) -> None:
    command.upgrade(config_for(url), "0030")
    spec, results = {"Rate": 2, "rate": 3}, {"validation/Loss": {"best": 0.2, "last": 0.3}, "validation/loss": 0.4}
    with engine.begin() as connection:
        connection.execute(text("UPDATE experiments SET spec = :spec WHERE id = 1"), {"spec": json.dumps(spec)})
        connection.execute(text("UPDATE trials SET results = :all WHERE id = 1"), {"all": json.dumps(results)})
        facts = [{"name": name, "number": number} for name, number in (("Rate", 2), ("rate", 3))]
        insert = "INSERT INTO experiment_facts VALUES (1, :name, 0, '', :number)"
        connection.execute(text(insert), facts)
        connection.execute(text("INSERT INTO experiment_results VALUES (1, 'validation/Loss', 0.2)"))
    for _ in range(2):
        command.upgrade(config_for(url), "0031")
        with engine.connect() as connection:
            rates = connection.execute(text("SELECT position, number FROM experiment_facts WHERE name = 'rate'"))
            assert sorted(tuple(row) for row in rates) == [(0, 2.0), (1, 3.0)]
            losses = connection.execute(text("SELECT name, number FROM experiment_results WHERE experiment_id = 1"))
            assert {row.name: row.number for row in losses} == {
                "steps": 5.0,
                "validation/loss": 0.2,
                "validation/loss.last": 0.3,
            }
            assert connection.scalar(text("SELECT count(*) FROM experiment_facts WHERE experiment_id = 2")) > 0
        command.downgrade(config_for(url), "0030")
