"""The first page: what a newcomer finds, what a tag leaves, and comments as they read."""

from collections.abc import Callable

from sqlalchemy import select

from tests.conftest import Person, Store
from webapp.models import Experiment, OutboxMessage

Submit = Callable[..., Experiment]


def test_a_newcomer_trains_a_recipe_with_one_click(ada: Person, store: Store) -> None:
    assert "Train your first network" in ada.browser.get("/").text
    answer = ada.browser.post("/experiments/new/recipe", data={"recipe": "softmax-digits"})
    made = store.scalars(select(Experiment)).one()
    assert answer.location == f"/experiments/{made.id}"
    assert made.owner.username == "ada"
    assert store.scalars(select(OutboxMessage)).all() or made.trials[0].state == "queued"
    assert "Train your first network" not in ada.browser.get("/").text
    assert ada.browser.post("/experiments/new/recipe", data={"recipe": "nothing"}).status_code == 422


def test_recent_comments_are_rendered(ada: Person, submit: Submit) -> None:
    made = submit(ada)
    ada.api("POST", f"/experiments/{made.id}/comments", json={"body": "A **bold** word\n\n- and a list"})
    page = ada.browser.get("/").text
    assert "A <strong>bold</strong> word" in page
    assert "<li>and a list</li>" in page


def test_the_home_page_shows_what_carries_a_tag(ada: Person, submit: Submit) -> None:
    submit(ada, "With it", tags=["it"])
    submit(ada, "Without")
    page = ada.browser.get("/?tag=it").text
    assert "With it" in page
    assert "Without" not in page
    assert "Nothing of yours here carries" in ada.browser.get("/?tag=other").text


def test_palette_offers_pages_recipes_and_starred(ada: Person, submit: Submit) -> None:
    made = submit(ada, "At hand")
    ada.api("PUT", f"/experiments/{made.id}/star")
    ada.browser.get(f"/experiments/{made.id}")
    found = ada.browser.get("/commands").json["commands"]
    assert [each["group"] for each in found if each["title"] == "At hand"] == [
        "Starred"
    ]  # once, though it is recent, too
    assert {"Go to your account", "New experiment: LeNet-5 on MNIST"} <= {each["title"] for each in found}
