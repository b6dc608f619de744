"""Who may see and change what: every route, asked by a stranger, another member, the owner and an administrator."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Person, Store
from webapp.models import Comment, Experiment, Role

OPEN = {
    "auth.login",
    "auth.register",
    "auth.code",
    "auth.invited",
    "auth.forgotten",
    "auth.reset",
    "auth.confirm_address",
    "static",
    "modules",
    "api.openapi",
    "experiments.public",
    "apidocs.index",
    "observation.healthz",
    "observation.readyz",
    "observation.metrics",
}
SAMPLE: dict[str, Any] = {
    "experiment_id": 1,
    "trial_id": 1,
    "comment_id": 1,
    "artifact_id": 1,
    "layout_id": 1,
    "dataset_id": 1,
    "token_id": 1,
    "person_id": 1,
    "key": "a",
    "tag_id": 1,
    "comparison_id": 1,
    "comparison_key": "a",
    "notification_id": 1,
    "webhook_id": 1,
    "delivery_id": 1,
    "user_id": 1,
    "login_id": 1,
    "invitation_id": 1,
    "secret": "a",
    "name": "a",
    "what": "disable",
    "kind": "best",
    "filename": "x",
}
DESTRUCTIVE = ["experiments.act", "experiments.place", "experiments.archive", "experiments.edit", "experiments.delete"]

CHANGE = {"title": "Changed", "description": "", "tags": "", "action": "stop", "queue": "gpu", "priority": "high"}


def test_a_stranger_gets_nothing_but_the_login(app: Flask) -> None:
    stranger = app.test_client()
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **{name: SAMPLE[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = stranger.open(path, method=method)
            asked += 1
            if path.startswith(("/api/", "/live/", "/artifacts/")):
                assert answer.status_code == 401, (method, path)
            else:
                assert answer.status_code == 302, (method, path)
                assert answer.location.startswith("/login"), (method, path)
    assert asked > 35


def post(who: Person, app: Flask, endpoint: str, experiment: int) -> int:
    with app.test_request_context():
        path = app.url_for(endpoint, experiment_id=experiment)
    return who.browser.post(path, data=CHANGE).status_code


@pytest.mark.parametrize("endpoint", DESTRUCTIVE)
def test_another_member_cannot_touch_an_experiment(
    app: Flask, ada: Person, grace: Person, submit: Callable[..., Experiment], endpoint: str, store: Store
) -> None:
    experiment = submit(ada, "Mine")
    assert post(grace, app, endpoint, experiment.id) == 403
    kept = store.get_one(Experiment, experiment.id)
    trial = kept.trials[0]
    assert (kept.title, kept.archived, trial.state, trial.queue, trial.priority) == ("Mine", False, "queued", "cpu", 0)


@pytest.mark.parametrize("endpoint", DESTRUCTIVE)
def test_owner_and_administrator_may(
    app: Flask, ada: Person, root: Person, submit: Callable[..., Experiment], endpoint: str
) -> None:
    for who in (ada, root):
        assert post(who, app, endpoint, submit(ada).id) == 302


def test_a_stranger_cannot_stop_a_trial_by_the_api(
    app: Flask, ada: Person, grace: Person, submit: Callable[..., Experiment]
) -> None:
    trial = submit(ada).trials[0].id
    assert app.test_client().post(f"/api/v1/trials/{trial}/actions", json={"action": "stop"}).status_code == 401
    assert grace.api("POST", f"/trials/{trial}/actions", json={"action": "stop"}).status_code == 403
    assert ada.api("POST", f"/trials/{trial}/actions", json={"action": "stop"}).status_code == 202


def test_another_member_cannot_change_a_trials_queue_or_priority_by_the_api(
    app: Flask, ada: Person, grace: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    path = f"/trials/{submit(ada).trials[0].id}"
    assert app.test_client().patch(f"/api/v1{path}", json={"priority": "high"}).status_code == 401
    assert grace.api("PATCH", path, json={"priority": "high"}).status_code == 403
    for who in (ada, root):
        assert who.api("PATCH", path, json={"priority": "high"}).json["priority"] == "high"


def test_the_owner_and_administrators_may_use_the_test_part(
    app: Flask, ada: Person, grace: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    path = f"/trials/{submit(ada).trials[0].id}/actions"
    assert app.test_client().post(f"/api/v1{path}", json={"action": "test"}).status_code == 401
    assert grace.api("POST", path, json={"action": "test"}).status_code == 403
    for who in (ada, root):
        assert who.api("POST", path, json={"action": "test"}).status_code == 409  # it has not ended yet


def test_the_api_lets_only_owner_and_administrator_change(
    ada: Person, grace: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    path = f"/experiments/{submit(ada).id}"
    assert grace.api("PATCH", path, json={"title": "Hers"}).status_code == 403
    assert grace.api("DELETE", path).status_code == 403
    assert root.api("PATCH", path, json={"title": "Better"}).json["title"] == "Better"
    assert ada.api("DELETE", path).status_code == 204
    assert ada.api("GET", path).status_code == 404


def test_everybody_signed_in_sees_everybodys_experiments(
    ada: Person, grace: Person, submit: Callable[..., Experiment]
) -> None:
    experiment = submit(ada, "To be seen")
    assert "To be seen" in grace.browser.get("/experiments").text
    assert "To be seen" in grace.browser.get(f"/experiments/{experiment.id}").text


def test_whoever_may_see_an_experiment_may_export_it(
    app: Flask, ada: Person, grace: Person, submit: Callable[..., Experiment]
) -> None:
    experiment = submit(ada)
    for path in (f"/trials/{experiment.trials[0].id}/export", f"/experiments/{experiment.id}/export"):
        assert grace.api("GET", path).status_code == 200
        assert app.test_client().get(f"/api/v1{path}").status_code == 401


@pytest.mark.parametrize("path", ["/", "/experiments", "/compare", "/parts", "/datasets"])
def test_a_viewer_is_not_offered_what_members_may(person: Callable[..., Person], ada: Person, path: str) -> None:
    viewer = person("vera", Role.VIEWER)
    assert "experiments/new" in ada.browser.get(path).text or path == "/datasets"
    assert "experiments/new" not in viewer.browser.get(path).text


def test_bulk_deletion_leaves_what_belongs_to_others(
    ada: Person, grace: Person, submit: Callable[..., Experiment], store: Store
) -> None:
    mine, hers = submit(ada).id, submit(grace).id
    answer = ada.browser.post(
        "/experiments/bulk", data={"action": "delete", "ids": [mine, hers]}, follow_redirects=True
    )
    assert "1 experiment deleted" in answer.text
    assert "belongs to somebody else" in answer.text
    assert store.get(Experiment, mine) is None
    assert store.get(Experiment, hers) is not None


def test_layouts_are_for_nobody_but_the_person_who_made_them(ada: Person, grace: Person, root: Person) -> None:
    made = ada.api("POST", "/layouts", json={"name": "Mine", "pins": ["train/loss"]}).json
    path = f"/layouts/{made['id']}"
    for other in (grace, root):
        assert other.api("GET", "/layouts").json["layouts"] == []
        assert other.api("PATCH", path, json={"name": "Hers"}).status_code == 404
        assert other.api("DELETE", path).status_code == 404
    assert ada.api("GET", "/layouts").json["layouts"] == [made]


@pytest.fixture
def comment(ada: Person, grace: Person, submit: Callable[..., Experiment], store: Store) -> Comment:
    """Grace's comment on Ada's experiment."""
    experiment = submit(ada)
    answer = grace.api("POST", f"/experiments/{experiment.id}/comments", json={"body": "A word"})
    return store.get_one(Comment, answer.json["id"])


def test_only_its_author_edits_a_comment(
    ada: Person, grace: Person, root: Person, store: Store, comment: Comment
) -> None:
    path = f"/comments/{comment.id}/edit"
    for other in (ada, root):
        assert other.browser.post(path, data={"body": "Put into her mouth", "tags": ""}).status_code == 403
    assert grace.browser.post(path, data={"body": "Another word", "tags": ""}).status_code == 200
    changed = store.get_one(Comment, comment.id)
    assert changed.body == "Another word"
    assert changed.edited_at is not None


def test_author_and_administrator_delete_a_comment(
    ada: Person, grace: Person, root: Person, comment: Comment, store: Store
) -> None:
    assert ada.browser.post(f"/comments/{comment.id}/delete").status_code == 403
    assert root.browser.post(f"/comments/{comment.id}/delete").status_code == 200
    assert store.get_one(Comment, comment.id).deleted_by_id == root.id


def test_owner_and_administrator_moderate_and_others_do_not(
    person: Callable[..., Person], ada: Person, grace: Person, comment: Comment
) -> None:
    bystander = person("bystander")
    path = f"/comments/{comment.id}/disable"
    assert bystander.browser.post(path).status_code == 403
    assert grace.browser.post(path).status_code == 403
    assert ada.browser.post(path).status_code == 200
    listing = f"/experiments/{comment.experiment_id}/comments"
    assert "A word" not in bystander.browser.get(listing).text
    assert "A word" in ada.browser.get(listing).text
    assert bystander.api("GET", listing).json["comments"][0]["body"] is None
    assert ada.browser.post(f"/comments/{comment.id}/restore").status_code == 200
    assert "A word" in bystander.browser.get(listing).text
