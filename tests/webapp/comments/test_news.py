"""Who hears of what was said: pages that are open, and people who were mentioned."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
import redis

from tests.conftest import Person
from webapp.models import Experiment
from webapp.store import live, news

Say = Callable[..., dict[str, Any]]


@pytest.fixture
def told(client_of_redis: redis.Redis) -> Callable[[str], list[dict[str, Any]]]:
    """What was told of a topic so far."""

    def read(topic: str) -> list[dict[str, Any]]:
        found = live.raw_entries(client_of_redis, topic, "0-0", 100)
        return [orjson.loads(fields[b"data"]) for _, fields in found]

    return read


def test_pages_hear_of_every_change_and_of_no_word(
    ada: Person, grace: Person, say: Say, experiment: Experiment, told: Callable[[str], list[dict[str, Any]]]
) -> None:
    first = say(grace, "secret words")["id"]
    reply = say(ada, "secret reply", parent=first)["id"]
    path = f"/comments/{first}"
    grace.api("PATCH", path, json={"body": "other secret words"})
    ada.api("POST", f"{path}/reactions", json={"reaction": "eyes"})
    ada.api("POST", f"{path}/moderation", json={"disabled": True, "reason": "secret reason"})
    ada.api("POST", f"{path}/moderation", json={"disabled": False})
    grace.api("DELETE", path)
    grace.api("POST", f"{path}/undelete")
    heard = told(news.experiment_topic(experiment.id))
    changes = ["new", "new", "edited", "reactions", "disabled", "restored", "deleted", "undeleted"]
    assert [one["what"] for one in heard] == changes
    assert {(one["id"], one["thread"]) for one in heard} == {(first, first), (reply, first)}
    assert "secret" not in str(heard)


def test_whoever_is_mentioned_hears_of_it_once(
    ada: Person, grace: Person, say: Say, told: Callable[[str], list[dict[str, Any]]]
) -> None:
    made = say(ada, "What do you think, @Grace? And @ada, and `@root`, and @nobody.")
    assert made["body_html"].count('class="mention"') == 2
    topic = news.person_topic(grace.id)
    assert [(one["kind"], one["id"], one["by"]) for one in told(topic)] == [("mention", made["id"], ada.id)]
    ada.api("PATCH", f"/comments/{made['id']}", json={"body": "@grace, what do you think?"})
    assert len(told(topic)) == 1
    assert told(news.person_topic(ada.id)) == []


def test_people_are_found_by_the_beginning_of_their_names(
    app: Any, ada: Person, grace: Person, person: Callable[..., Person], experiment: Experiment
) -> None:
    grace.browser.post("/account/profile", data={"name": "Grace B. Élan", "email": "grace@example.com", "about": ""})
    person("g_race")
    path = f"/experiments/{experiment.id}/people"

    def found(beginning: str) -> list[str]:
        return [one["username"] for one in ada.api("GET", f"{path}?q={beginning}").json["people"]]

    assert found("gr") == ["grace"]
    assert found("ÉL") == found("él") == ["grace"]
    assert found("g_") == ["g_race"]
    assert found("%25") == []
    assert "ada" in found("")
    assert ada.api("GET", "/experiments/999/people").status_code == 404
