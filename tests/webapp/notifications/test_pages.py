"""The bell, the list, and what one chooses."""

from collections.abc import Callable

import pytest
import redis

from tests.conftest import Person
from tests.webapp.notifications.conftest import say, told
from webapp.models import Experiment
from webapp.notifying import inbox
from webapp.store.live import entries

Submit = Callable[..., Experiment]
Rounds = Callable[[], None]


def ids(who: Person, query: str = "") -> list[int]:
    return [one["id"] for one in who.api("GET", f"/notifications?{query}").json["notifications"]]


def test_the_bell_counts_what_is_unread_on_every_page(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, client_of_redis: redis.Redis
) -> None:
    experiment = submit(ada, "LeNet").id
    for word in ("one", "two", "three"):
        say(grace, experiment, word)
    rounds()
    assert ">3</span>" in ada.browser.get("/experiments").text
    first = ids(ada)[0]
    line = ada.browser.post(f"/notifications/{first}/read", headers={"HX-Request": "true"}).text
    assert "Mark as unread" in line
    assert "<html" not in line
    assert ids(ada, "unread=1") == ids(ada)[1:]
    assert ada.browser.post(f"/notifications/{first}/unread").status_code == 204
    assert len(ids(ada, "unread=1")) == 3
    assert ada.browser.post("/notifications/read").status_code == 302
    assert ids(ada, "unread=1") == []
    assert "Nothing unread" in ada.browser.get("/notifications?unread=1").text
    told_live = [payload["unread"] for _, _, payload in entries(client_of_redis, f"person:{ada.id}")]
    assert told_live == [3, 2, 3, 0]


def test_the_bell_no_longer_counts_what_was_deleted_or_hidden(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, client_of_redis: redis.Redis
) -> None:
    path = f"/comments/{say(grace, submit(ada).id, 'Of your run')}"
    rounds()
    grace.api("DELETE", path)
    grace.api("POST", f"{path}/undelete")
    ada.api("POST", f"{path}/moderation", json={"disabled": True})
    assert [payload["unread"] for _, _, payload in entries(client_of_redis, f"person:{ada.id}")] == [1, 0, 1, 0]


def test_long_lists_come_in_pages(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)
    experiment = submit(ada).id
    for number in range(5):
        say(grace, experiment, f"Word {number}")
    rounds()
    first = ada.browser.get("/notifications").text
    assert "Word 4" in first
    assert "Word 2" not in first
    everything = ids(ada, "limit=100")
    assert f"before={everything[1]}" in first
    assert "Word 0" in ada.browser.get(f"/notifications?before={everything[3]}").text
    answer = ada.api("GET", "/notifications?limit=2").json
    found = ids(ada, "limit=2")
    while answer["next_cursor"]:
        answer = ada.api("GET", f"/notifications?limit=2&cursor={answer['next_cursor']}").json
        found += [one["id"] for one in answer["notifications"]]
    assert found == everything


def test_nobody_marks_what_is_anothers(ada: Person, grace: Person, submit: Submit, rounds: Rounds) -> None:
    say(grace, submit(ada).id, "A word")
    rounds()
    (number,) = ids(ada)
    assert grace.browser.post(f"/notifications/{number}/read").status_code == 404
    assert grace.browser.post(f"/notifications/{number}/unread").status_code == 404
    assert grace.api("POST", "/notifications/read", json={"ids": [number]}).status_code == 204
    assert ids(ada, "unread=1") == [number]


def test_a_matrix_says_what_comes_by_which_way(ada: Person, grace: Person, submit: Submit, rounds: Rounds) -> None:
    form = {"mention": ["page", "mail"], "ended": ["webhook"], "rhythm": "hourly", "hour": "23"}
    assert ada.browser.post("/account/notifications", data=form).status_code == 302
    assert ada.api("GET", "/notifications/preferences").json == {
        "channels": {
            "mention": ["page", "mail"], "comment": [], "ended": ["webhook"], "failed": [], "diverged": [],
        },
        "rhythm": "hourly",
        "hour": 23,
    }  # fmt: skip
    experiment = submit(ada).id
    say(grace, experiment, "Not told")
    say(grace, experiment, "@ada")
    rounds()
    assert [kind for kind, _ in told(ada)] == ["mention"]
    page = ada.browser.get("/account/notifications").text
    assert page.count(" checked") == 3
    changed = ada.api("PATCH", "/notifications/preferences", json={"channels": {"comment": ["page"]}}).json
    assert (changed["channels"]["comment"], changed["channels"]["mention"]) == (["page"], ["page", "mail"])
    assert changed["hour"] == 23


def test_what_cannot_be_chosen_is_refused_with_its_field(ada: Person) -> None:
    for body, field in (
        ({"channels": {"dinner": ["page"]}}, "channels"),
        ({"channels": {"mention": ["pigeon"]}}, "channels.mention"),
        ({"rhythm": "weekly"}, "rhythm"),
        ({"hour": 24}, "hour"),
        ({"hour": -1}, "hour"),
    ):
        answer = ada.api("PATCH", "/notifications/preferences", json=body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_a_form_that_makes_no_sense_is_refused(ada: Person) -> None:
    for form in (
        {"rhythm": "daily"},
        {"hour": "7"},
        {"rhythm": "weekly", "hour": "7"},
        {"rhythm": "daily", "hour": "24"},
        {"rhythm": "daily", "hour": "x"},
        {"rhythm": "daily", "hour": "7", "mention": "pigeon"},
    ):
        assert ada.browser.post("/account/notifications", data=form).status_code == 422, form


def test_an_experiment_that_is_not_there_cannot_be_watched(ada: Person, submit: Submit) -> None:
    assert ada.browser.post("/experiments/99/watching", data={"watching": "watch"}).status_code == 404
    assert ada.browser.post(f"/experiments/{submit(ada).id}/watching", data={"watching": "closely"}).status_code == 422


def test_a_page_without_a_notification_says_when_there_will_be_one(ada: Person) -> None:
    assert "Nothing yet" in ada.browser.get("/notifications").text
    assert "data-bell-count hidden" in ada.browser.get("/").text
