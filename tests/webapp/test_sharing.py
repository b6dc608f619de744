"""Saying who sees an experiment, by the page and by the API; and what somebody sees who has its link."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import DIGITS, Person, Store
from webapp.models import Experiment, Role, Share, User, db
from webapp.sharing import service

Submit = Callable[..., Experiment]


def visibility_of(store: Store, experiment: Experiment) -> str:
    found: Experiment = store.get_one(Experiment, experiment.id)
    return found.visibility


def test_a_new_experiment_is_open_unless_its_owner_or_the_submission_says_otherwise(ada: Person, grace: Person) -> None:
    def made(**rest: Any) -> str:
        number = ada.api("POST", "/experiments", json={"title": "T", "spec": DIGITS, **rest}).json["id"]
        return str(ada.api("GET", f"/experiments/{number}").json["visibility"])

    assert made() == "open"
    assert made(visibility="private") == "private"
    assert ada.api("PUT", "/account/visibility", json={"visibility": "private"}).json == {"visibility": "private"}
    assert made() == "private"
    assert made(visibility="open") == "open"
    ada.browser.post("/account/visibility", data={"visibility": "open"})
    assert made() == "open"
    refused = ada.api("POST", "/experiments", json={"title": "T", "spec": DIGITS, "visibility": "secret"})
    assert refused.status_code == 422
    assert "private, shared, open or public" in refused.json["detail"]
    for path in ("/account/visibility", "/api/v1/account/visibility"):
        assert ada.browser.open(path, method="POST", data={"visibility": "public"}).status_code in (405, 422)


def test_sharing_by_the_dialog(ada: Person, grace: Person, submit: Submit, store: Store) -> None:
    experiment = submit(ada, visibility="private")
    at = f"/experiments/{experiment.id}/sharing"
    assert grace.browser.get(f"/experiments/{experiment.id}").status_code == 404
    assert '<option value="grace">' in ada.browser.get(f"{at}/names?username=gr").text
    said = ada.browser.post(f"{at}/people", data={"username": "nobody", "access": "view"})
    assert (said.status_code, "There is nobody called" in said.text) == (422, True)
    said = ada.browser.post(f"{at}/people", data={"username": " @Grace ", "access": "view"})
    assert "may view" in said.text
    assert visibility_of(store, experiment) == "shared"
    assert "Share</button>" not in grace.browser.get(f"/experiments/{experiment.id}").text
    assert grace.browser.post(f"/experiments/{experiment.id}/archive").status_code == 403
    ada.browser.post(f"{at}/people", data={"username": "grace", "access": "edit"})
    assert grace.browser.post(f"/experiments/{experiment.id}/archive").status_code == 302
    assert grace.browser.post(f"/experiments/{experiment.id}/delete").status_code == 403
    assert grace.browser.get(at).status_code == 403
    ada.browser.post(f"{at}/people/{grace.id}/remove")
    assert visibility_of(store, experiment) == "private"
    assert grace.browser.get(f"/experiments/{experiment.id}").status_code == 404


def test_sharing_by_the_api(ada: Person, grace: Person, submit: Submit) -> None:
    path = f"/experiments/{submit(ada, visibility='private').id}"
    shared = ada.api("PUT", f"{path}/shares", json={"username": "grace", "access": "edit"}).json
    assert (shared["visibility"], shared["link"]) == ("shared", None)
    assert [(each["username"], each["access"]) for each in shared["shares"]] == [("grace", "edit")]
    assert grace.api("PATCH", path, json={"title": "By Grace"}).json["title"] == "By Grace"
    assert grace.api("PATCH", path, json={"visibility": "open"}).status_code == 403
    assert ada.api("PUT", f"{path}/shares", json={"username": "ada"}).status_code == 409
    assert ada.api("PUT", f"{path}/shares", json={"username": "grace", "access": "own"}).status_code == 422
    assert ada.api("PUT", f"{path}/visibility", json={"visibility": "private"}).json["shares"] == shared["shares"]
    assert grace.api("GET", path).status_code == 404
    assert ada.api("DELETE", f"{path}/shares/{grace.id}").status_code == 204
    assert ada.api("DELETE", f"{path}/shares/{grace.id}").status_code == 404


def test_a_viewer_changes_nothing_even_where_it_is_shared_to_edit(
    person: Callable[..., Person], ada: Person, submit: Submit
) -> None:
    looking = person("looking", Role.VIEWER)
    path = f"/experiments/{submit(ada).id}"
    ada.api("PUT", f"{path}/shares", json={"username": "looking", "access": "edit"})
    assert looking.api("GET", path).status_code == 200
    refused = looking.api("PATCH", path, json={"title": "Theirs"})
    assert (refused.status_code, "looking at things" in refused.json["detail"]) == (403, True)
    page = looking.browser.get(path).text
    assert "Clone" not in page
    assert "More</button>" not in page


def link_of(ada: Person, experiment: Experiment) -> str:
    made = ada.api("POST", f"/experiments/{experiment.id}/link")
    assert made.status_code == 201
    return "/public/" + str(made.json["link"]).rpartition("/")[2]


def test_a_link_shows_the_page_to_read_and_nothing_else(app: Flask, ada: Person, submit: Submit) -> None:
    other, experiment = submit(ada, "The other one"), submit(ada, "The shown one", tags=["one"])
    ada.api("POST", f"/experiments/{experiment.id}/comments", json={"body": "What was said"})
    trial, stranger = experiment.trials[0].id, app.test_client()
    link = link_of(ada, experiment)
    assert stranger.get(f"/live/snapshot?trials={trial}").status_code == 401
    page = stranger.get(link)
    assert "The shown one" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    for absent in ("The other one", "@example.com", "Clone", "Share</button>", "Export", "search=tag", "Log out"):
        assert absent not in page.text, absent
    said = stranger.get(f"/experiments/{experiment.id}/comments").text
    assert "What was said" in said
    assert "<textarea" not in said
    assert stranger.get(f"/live/snapshot?trials={trial}").status_code == 200
    assert stranger.get(f"/live/snapshot?trials={other.trials[0].id}").status_code == 404
    for path in (f"/experiments/{experiment.id}", "/experiments", "/", "/tags", "/compare"):
        assert stranger.get(path).location.startswith("/login"), path
    assert stranger.get(f"/api/v1/experiments/{experiment.id}").status_code == 401
    assert stranger.post(f"/experiments/{experiment.id}/comments", data={"body": "Mine"}).status_code == 302
    assert ada.browser.get(link).location == f"/experiments/{experiment.id}"


def test_a_link_that_is_revoked_or_made_anew_leads_nowhere(
    app: Flask, ada: Person, submit: Submit, store: Store
) -> None:
    experiment, stranger = submit(ada), app.test_client()
    first = link_of(ada, experiment)
    assert stranger.get(first).status_code == 200
    second = link_of(ada, experiment)
    snapshot = f"/live/snapshot?trials={experiment.trials[0].id}"
    assert (stranger.get(first).status_code, stranger.get(snapshot).status_code) == (404, 404)
    assert stranger.get(second).status_code == 200
    assert ada.api("DELETE", f"/experiments/{experiment.id}/link").status_code == 204
    assert (stranger.get(second).status_code, stranger.get(snapshot).status_code) == (404, 404)
    assert visibility_of(store, experiment) == "open"
    ada.api("PUT", f"/experiments/{experiment.id}/visibility", json={"visibility": "public"})
    assert stranger.get(second).status_code == 404


def test_no_spec_starts_from_weights_that_its_owner_does_not_see(ada: Person, grace: Person, submit: Submit) -> None:
    source = submit(ada, visibility="private")
    spec = {**DIGITS, "start": {"trial": source.trials[0].id}}
    assert ada.api("POST", "/experiments", json={"title": "Mine", "spec": spec}).status_code == 201
    refused = grace.api("POST", "/experiments", json={"title": "Hers", "spec": spec})
    assert refused.status_code == 422
    assert "There is no trial" in refused.json["detail"]
    assert grace.browser.get(f"/experiments/new?clone={source.id}").status_code == 404


def test_ticked_rows_that_one_does_not_see_stay(ada: Person, grace: Person, submit: Submit, store: Store) -> None:
    hidden, shared = submit(ada, visibility="private"), submit(ada)
    ada.api("PUT", f"/experiments/{shared.id}/shares", json={"username": "grace", "access": "edit"})
    ids = [hidden.id, shared.id]
    grace.browser.post("/experiments/bulk", data={"action": "delete", "ids": ids})
    assert len(store.scalars(select(Experiment)).all()) == 2
    grace.browser.post("/experiments/bulk", data={"action": "archive", "ids": ids})
    assert [store.get_one(Experiment, number).archived for number in ids] == [False, True]


@pytest.mark.usefixtures("grace")
def test_shares_go_with_the_person_and_with_the_experiment(
    ada: Person, grace: Person, submit: Submit, store: Store
) -> None:
    experiment = submit(ada)
    ada.api("PUT", f"/experiments/{experiment.id}/shares", json={"username": "grace"})
    store.delete(store.get_one(User, grace.id))
    store.commit()
    assert ada.api("GET", f"/experiments/{experiment.id}/sharing").json["shares"] == []


def test_two_who_share_at_the_same_moment_are_told(
    app: Flask, ada: Person, grace: Person, submit: Submit, store: Store
) -> None:
    experiment = submit(ada)
    with app.app_context():
        mine = db.session.get_one(Experiment, experiment.id)
        service.share(db.session(), mine, "grace", "view")
        db.session.expunge(mine.shares[0])  # read as there is none, and written after the other's
        row = mine.shares[0]
        store.add(Share(experiment_id=experiment.id, user_id=grace.id))
        store.commit()
        db.session.add(row)
        with pytest.raises(service.ChangedMeanwhile):
            service.keep(db.session(), None)
    assert len(ada.api("GET", f"/experiments/{experiment.id}/sharing").json["shares"]) == 1
