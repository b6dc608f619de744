"""Comments at points of curves."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from tests.conftest import Person, Store
from webapp.models import Comment, Experiment
from webapp.store import live

Say = Callable[..., dict[str, Any]]


def test_a_comment_stands_at_a_point_of_a_curve(ada: Person, grace: Person, say: Say, experiment: Experiment) -> None:
    pin = {"trial": experiment.trials[0].id, "key": "train/loss", "step": 1200, "value": 0.25}
    made = say(grace, "A **bump**", pin=pin)
    say(ada, "Nowhere")
    assert made["pin"] == pin
    found = ada.api("GET", f"/pins?experiments={experiment.id}").json
    assert found["counts"] == {str(experiment.id): 2}
    [shown] = found["pins"]
    assert shown == {**pin, "comment": made["id"], "experiment": experiment.id, "author": "grace", "said": "A bump"}
    text = ada.browser.get(f"/comments/{made['id']}").text
    assert "train/loss, step 1,200" in text
    assert f"#pin-{made['id']}" in text


def test_a_pin_is_not_shown_to_who_may_not_read_the_comment(
    ada: Person, grace: Person, person: Callable[..., Person], say: Say, experiment: Experiment
) -> None:
    pin = {"trial": experiment.trials[0].id, "key": "train/loss", "step": 1}
    number, bystander = say(grace, "Words", pin=pin)["id"], person("bystander")

    def seen(who: Person) -> int:
        return len(who.api("GET", f"/pins?experiments={experiment.id}").json["pins"])

    ada.api("POST", f"/comments/{number}/moderation", json={"disabled": True})
    assert (seen(ada), seen(grace), seen(bystander)) == (1, 1, 0)
    grace.api("DELETE", f"/comments/{number}")
    assert (seen(ada), seen(grace), seen(bystander)) == (0, 0, 0)


def test_of_very_many_pins_the_newest_are_shown(ada: Person, experiment: Experiment, store: Store) -> None:
    place = {"pin_trial_id": experiment.trials[0].id, "pin_key": "train/loss", "pin_step": 1}
    said = {"experiment_id": experiment.id, "author_id": ada.id, "body_html": ""}
    store.add_all([Comment(body=f"Word {number}", **said, **place) for number in range(520)])
    store.commit()
    found = ada.api("GET", f"/pins?experiments={experiment.id}").json["pins"]
    assert [one["said"] for one in found] == [f"Word {number}" for number in range(20, 520)]


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"key": ""}, 422, "pin.key"),
        ({"key": "x" * 201}, 422, "pin.key"),
        ({"key": "trian/losss"}, 404, "pin.key"),
        ({"trial": 4242}, 404, "pin.trial"),
        ({"step": -1}, 422, "pin.step"),
        ({"step": 1201}, 422, "pin.step"),
        ({"step": 2**53}, 422, "pin.step"),
    ],
)
def test_a_pin_that_cannot_be_names_what_is_wrong(
    ada: Person, experiment: Experiment, wrong: dict[str, Any], status: int, field: str
) -> None:
    pin = {"trial": experiment.trials[0].id, "key": "train/loss", "step": 1} | wrong
    answer = ada.api("POST", f"/experiments/{experiment.id}/comments", json={"body": "x", "pin": pin})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, field)


def test_a_point_that_is_not_stored_yet_can_be_spoken_of(
    ada: Person, say: Say, experiment: Experiment, client_of_redis: redis.Redis
) -> None:
    trial = experiment.trials[0].id
    live.publish(client_of_redis, trial, "points", {"attempt": 1, "curves": {"gap/loss": ([1300], ["0.5"], [0.0])}})
    assert say(ada, pin={"trial": trial, "key": "gap/loss", "step": 1300})["pin"]["step"] == 1300


def test_the_form_of_the_page_pins_too(ada: Person, experiment: Experiment, store: Store) -> None:
    path = f"/experiments/{experiment.id}/comments"
    place = {"pin_trial": str(experiment.trials[0].id), "pin_key": "lr", "pin_step": "7", "pin_value": "0.1"}
    answer = ada.browser.post(path, data={"body": "Here", "tags": "", **place})
    assert answer.status_code == 200
    assert "comment-made" in answer.headers["HX-Trigger"]
    kept = store.query(Comment).one()
    assert (kept.pin_key, kept.pin_step, kept.pin_value) == ("lr", 7, 0.1)
    for wrong, sentence in (({"pin_step": "x"}, "whole number"), ({"pin_key": ""}, "choose a curve")):
        refused = ada.browser.post(path, data={"body": "Mine is kept", **place, **wrong})
        assert refused.status_code == 422
        assert sentence in refused.text
        assert "Mine is kept" in refused.text


def test_pins_of_at_most_fifty_experiments_are_asked_for(ada: Person) -> None:
    for wrong in ("", "x", "1,abc", "1,,2", ",".join(map(str, range(1, 60)))):
        answer = ada.api("GET", f"/pins?experiments={wrong}")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "experiments")
    assert "“abc” is none" in ada.api("GET", "/pins?experiments=1,abc").text
