"""The table, the home page and the experiment's page, as people find them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from tests.conftest import Person, Store
from webapp.models import Experiment, Trial, db


def test_an_empty_instance_says_what_to_do_next(ada: Person) -> None:
    assert "Train your first network" in ada.browser.get("/").text
    assert "No experiments yet" in ada.browser.get("/experiments").text
    assert (
        "Nothing to compare" in ada.browser.get("/compare").text or "New experiment" in ada.browser.get("/compare").text
    )
    assert "No tags yet" in ada.browser.get("/tags").text


def test_archived_experiments_are_put_away_and_found_again(ada: Person, submit: Callable[..., Experiment]) -> None:
    made = submit(ada, "Put away")
    ada.browser.post(f"/experiments/{made.id}/archive", data={"archived": "1"})
    assert "Put away" not in ada.browser.get("/experiments").text
    assert "Put away" in ada.browser.get("/experiments?archived=1").text
    ada.browser.post("/experiments/bulk", data={"action": "restore", "ids": [made.id]})
    assert "Put away" in ada.browser.get("/experiments").text


def test_editing_keeps_what_is_wrong_out(ada: Person, store: Store, submit: Callable[..., Experiment]) -> None:
    made = submit(ada, "Before")
    path = f"/experiments/{made.id}/edit"
    refused = ada.browser.post(path, data={"title": "", "description": "", "tags": ""})
    assert refused.status_code == 422
    assert "give the experiment a title" in refused.text
    ada.browser.post(path, data={"title": "After", "description": "*words*", "tags": "x y"})
    changed = store.get_one(Experiment, made.id)
    assert (changed.title, [tag.name for tag in changed.tags]) == ("After", ["x", "y"])
    assert "<em>words</em>" in ada.browser.get(f"/experiments/{made.id}").text


def test_a_mistake_in_an_edit_takes_no_word_away(ada: Person, submit: Callable[..., Experiment]) -> None:
    made = submit(ada, "Before", description="Old words")
    said = {"title": "After", "description": "New <words>", "tags": "good, !bad"}
    page = ada.browser.post(f"/experiments/{made.id}/edit", data=said).text
    form = page.split('id="edit-modal"')[1].split("</form>")[0]
    assert 'value="After"' in form
    assert "New &lt;words&gt;</textarea>" in form
    assert 'value="good, !bad"' in form
    assert "“!bad” is not" in form.split('id="edit-tags-error">')[1]
    assert f'data-open-at="/experiments/{made.id}"' in form
    assert '<h1 class="h3 mb-1">Before</h1>' in page


def test_the_cause_of_a_failure_is_on_the_page(ada: Person, store: Store, submit: Callable[..., Experiment]) -> None:
    made = submit(ada)
    trial = store.get_one(Trial, made.trials[0].id)
    trial.state, trial.failure = "failed", "The loss became nan at step 5."
    store.commit()
    assert "The loss became nan at step 5." in ada.browser.get(f"/experiments/{made.id}").text


@pytest.mark.parametrize(
    "query", ["search=state:nothing", "sort=nothing", "cursor=nothing", "search=tag:", "columns=nothing"]
)
def test_a_search_that_means_nothing_says_so(ada: Person, query: str) -> None:
    answer = ada.browser.get(f"/experiments?{query}")
    assert answer.status_code == 422
    assert "text-danger" in answer.text


@pytest.mark.parametrize(
    "word", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "javascript:alert(1)"]
)
def test_words_of_people_do_no_harm_anywhere(ada: Person, submit: Callable[..., Experiment], word: str) -> None:
    made = submit(ada, word, description=word)
    ada.api("POST", f"/experiments/{made.id}/comments", json={"body": word})
    ada.browser.post("/account/profile", data={"name": word, "email": "ada@example.com", "about": word})
    other = submit(ada, word)
    for path in ("/", "/experiments", f"/experiments/{made.id}", f"/experiments/{made.id}/comments", "/account",
                 f"/compare?ids={made.id},{other.id}", f"/experiments?search={word}", f"/experiments/new?clone={made.id}"):  # fmt: skip
        page = ada.browser.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert ">49<" not in page, path


def test_the_number_of_queries_does_not_grow_with_the_rows(
    app: Flask, ada: Person, submit: Callable[..., Experiment]
) -> None:
    """Explicit loading: more rows cost no more queries, but for each row's sparkline."""

    counted: list[int] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: counted.append(1))

    def queries(path: str) -> int:
        counted.clear()
        ada.browser.get(path)
        return len(counted)

    for _ in range(2):
        submit(ada, tags=["a"])
    few = queries("/experiments")
    for _ in range(6):
        submit(ada, tags=["a"])
    assert queries("/experiments") <= few + 6
