"""Permission changes and deletions are in the audit log, whatever route makes them."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Person
from webapp.models import Experiment


def entries(root: Person, subject: str) -> list[tuple[str, str, dict[str, Any]]]:
    found = root.api("GET", "/audit", query_string={"subject": subject}).json["entries"]
    return [(entry["action"], entry["actor"], entry["details"]) for entry in reversed(found)]


def test_who_sees_an_experiment_is_entered(
    ada: Person, grace: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    number = submit(ada, "Mine").id
    ada.api("PUT", f"/experiments/{number}/visibility", json={"visibility": "private"})
    ada.browser.post(f"/experiments/{number}/sharing/people", data={"username": "grace", "access": "view"})
    ada.api("PUT", f"/experiments/{number}/shares", json={"username": "grace", "access": "edit"})
    ada.api("DELETE", f"/experiments/{number}/shares/{grace.id}")
    link = ada.api("POST", f"/experiments/{number}/link").json["link"]
    ada.api("DELETE", f"/experiments/{number}/link")
    found = entries(root, f"experiment {number}")
    assert {actor for _, actor, _ in found} == {"ada"}
    told = [(action, details) for action, _, details in found]
    assert ("experiment.visibility", {"from": "open", "to": "private"}) in told
    assert ("experiment.shared", {"with": "grace", "access": "view"}) in told
    assert ("experiment.shared", {"with": "grace", "from": "view", "to": "edit"}) in told
    assert ("experiment.unshared", {"with": "grace"}) in told
    assert [action for action, _ in told if "link" in action] == ["experiment.link-made", "experiment.link-revoked"]
    assert link.rsplit("/", 1)[1] not in str(found)


def test_an_experiment_that_is_public_from_the_beginning_is_entered(
    ada: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    open_to_all, public = submit(ada, "Open", visibility="open"), submit(ada, "Public", visibility="public")
    assert entries(root, f"experiment {open_to_all.id}") == []
    assert entries(root, f"experiment {public.id}") == [
        ("experiment.visibility", "ada", {"to": "public"}),
        ("experiment.link-made", "ada", {}),
    ]


def test_a_comparison_that_is_deleted_is_entered(ada: Person, root: Person, submit: Callable[..., Experiment]) -> None:
    ids = [submit(ada, title).id for title in ("one", "two")]
    number = ada.api("POST", "/comparisons", json={"name": "Paper", "ids": ids}).json["id"]
    assert root.api("DELETE", f"/comparisons/{number}").status_code == 204
    assert entries(root, f"comparison {number}") == [("comparison.deleted", "root", {"name": "Paper", "owner": "ada"})]


def test_what_is_deleted_is_entered_with_its_name_and_by_whom(
    ada: Person, root: Person, submit: Callable[..., Experiment]
) -> None:
    number = submit(ada, "Gone soon", tags=["short-lived"]).id
    comment = ada.api("POST", f"/experiments/{number}/comments", json={"body": "Hm."}).json["id"]
    root.api("DELETE", f"/comments/{comment}")
    tag = next(each for each in root.api("GET", "/tags").json["tags"] if each["name"] == "short-lived")["id"]
    root.api("DELETE", f"/tags/{tag}")
    root.api("DELETE", f"/experiments/{number}")
    assert entries(root, f"comment {comment}") == [("comment.deleted", "root", {"author": "ada", "experiment": number})]
    assert entries(root, f"tag {tag}") == [("tag.deleted", "root", {"name": "short-lived"})]
    assert entries(root, f"experiment {number}") == [
        ("experiment.deleted", "root", {"title": "Gone soon", "owner": "ada"})
    ]


def test_what_fails_is_not_entered(ada: Person, root: Person, submit: Callable[..., Experiment]) -> None:
    number = submit(ada, "Mine").id
    assert ada.api("PUT", f"/experiments/{number}/visibility", json={"visibility": "everywhere"}).status_code == 422
    assert entries(root, f"experiment {number}") == []
