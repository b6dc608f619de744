"""Comparisons that are kept: who sees them, what of them, and what their forms refuse."""

import re

import pytest
from flask import Flask

from tests.conftest import Person, Store
from tests.webapp.compare.making import sweep
from webapp import policy
from webapp.compare.saved import MOST_KEPT, ComparisonProblem, checked_view
from webapp.models import Comparison, Experiment, User, db


@pytest.fixture
def ids(app: Flask, ada: Person) -> str:
    """Three experiments to compare."""
    with app.app_context():
        made = sweep(db.session(), db.session.get_one(User, ada.id), 3)
        return ",".join(str(experiment.id) for experiment in made)


def save(person: Person, ids: str, name: str = "A sweep", **rest: str) -> str:
    """The address of a new comparison."""
    answer = person.browser.post("/compare/saved", data={"name": name, "ids": ids, **rest})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def only(store: Store) -> Comparison:
    (found,) = store.scalars(db.select(Comparison)).all()
    comparison: Comparison = found
    return comparison


def test_a_comparison_is_saved_and_whoever_has_its_address_sees_it(
    ada: Person, grace: Person, ids: str, store: Store
) -> None:
    address = save(ada, ids)
    assert only(store).ids == [1, 2, 3]
    page = grace.browser.get(address).text
    assert '<h1 class="h3 mb-0">A sweep</h1>' in page
    assert "saved by ada" in page
    assert page.count("<tr data-row=") == 3
    assert "A sweep" in ada.browser.get("/compare").text
    assert "A sweep" not in grace.browser.get("/compare").text


def test_it_opens_as_it_looked_when_it_was_saved(ada: Person, ids: str) -> None:
    address = save(ada, ids, view="group=optimizer.kind&logy=1&ids=7#scatter")
    answer = ada.browser.get(address)
    assert answer.status_code == 302
    assert answer.location == f"{address}?group=optimizer.kind&logy=1#scatter"
    assert ada.browser.get(answer.location).status_code == 200


def test_a_view_that_is_only_a_tab_does_not_lead_to_itself_for_ever(ada: Person, ids: str) -> None:
    answer = ada.browser.get(save(ada, ids, view="#filters"))
    assert ada.browser.get(answer.location).status_code == 200


def test_who_may_not_see_some_of_the_experiments_is_told_how_many(
    app: Flask, ada: Person, grace: Person, ids: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the policy has it: here what is not one's own cannot be seen, but for the second and the third."""
    address = save(ada, ids)
    monkeypatch.setattr(policy, "seen_by", lambda user: (Experiment.owner_id == user.id) | (Experiment.id > 1))
    page = grace.browser.get(address).text
    assert "1 of the 3 experiments of this comparison is not shown" in page
    assert page.count("<tr data-row=") == 2
    assert "not shown" not in ada.browser.get(address).text
    monkeypatch.setattr(policy, "seen_by", lambda user: Experiment.owner_id == user.id)
    page = grace.browser.get(address).text
    assert "3 of the 3 experiments of this comparison are not shown" in page
    assert "at 0.001" not in page
    assert grace.browser.get(f"/compare?ids={ids}").status_code == 422
    assert grace.api("GET", f"/compare?ids={ids}").status_code == 404
    assert grace.browser.get("/experiments/1/trials").status_code == 404


def test_what_was_deleted_leaves_the_comparison(ada: Person, ids: str, store: Store) -> None:
    address = save(ada, ids)
    assert ada.api("DELETE", "/experiments/2").status_code == 204
    page = ada.browser.get(address).text
    assert page.count("<tr data-row=") == 2
    assert "not shown" not in page
    ada.api("DELETE", "/experiments/1")
    assert "nothing to compare" in ada.browser.get(address).text


def test_only_its_owner_and_administrators_change_it_and_others_do_not_learn_that_it_is_there(
    ada: Person, grace: Person, root: Person, ids: str, store: Store
) -> None:
    save(ada, ids)
    number = only(store).id
    for what, form in (("edit", {"name": "Hers"}), ("notes", {"notes": "Hers"}), ("delete", {})):
        assert grace.browser.post(f"/compare/saved/{number}/{what}", data=form).status_code == 404
    assert grace.api("GET", f"/comparisons/{number}").status_code == 404
    assert grace.api("PATCH", f"/comparisons/{number}", json={"name": "Hers"}).status_code == 404
    assert (only(store).name, only(store).notes) == ("A sweep", "")
    assert root.browser.post(f"/compare/saved/{number}/edit", data={"name": "Theirs"}).status_code == 302
    assert only(store).name == "Theirs"


def test_it_is_renamed_and_a_name_that_is_taken_is_refused(ada: Person, ids: str, store: Store) -> None:
    save(ada, ids, "First")
    save(ada, ids, "Second")
    answer = ada.browser.post("/compare/saved/2/edit", data={"name": " First "}, follow_redirects=True)
    assert "There is already a comparison called “First”." in answer.text
    ada.browser.post("/compare/saved/2/edit", data={"name": "Third"})
    assert store.get_one(Comparison, 2).name == "Third"


def test_a_name_that_is_taken_loses_neither_the_view_nor_what_was_typed(ada: Person, ids: str, store: Store) -> None:
    save(ada, ids, "First & best")
    address = save(ada, ids, "First & best", view="group=optimizer.kind&smoothing=0.6#scatter")
    page = ada.browser.get(address).text
    assert "There is already a comparison called “First &amp; best”." in page
    assert 'id="new-comparison-name" name="name" value="First &amp; best"' in page
    assert address.endswith("&group=optimizer.kind&smoothing=0.6#scatter")
    ada.browser.post("/compare/saved", data={"name": "Second", "ids": ids, "view": address.partition("?")[2]})
    assert store.get_one(Comparison, 2).view == "group=optimizer.kind&smoothing=0.6#scatter"


def test_a_rename_to_a_name_that_is_taken_loses_neither_the_view_nor_what_was_typed(ada: Person, ids: str) -> None:
    save(ada, ids, "First")
    save(ada, ids, "Second")
    answer = ada.browser.post("/compare/saved/2/edit", data={"name": "First", "view": "group=optimizer.kind#scatter"})
    assert answer.location.endswith("?named=First&group=optimizer.kind#scatter")
    page = ada.browser.get(answer.location).text
    assert 'id="comparison-name" name="name" value="First"' in page
    assert 'id="new-comparison-name" name="name" value=""' in page


def test_it_can_be_set_back_to_a_page_with_nothing_chosen(ada: Person, ids: str, store: Store) -> None:
    address = save(ada, ids, view="group=optimizer.kind")
    ada.browser.post("/compare/saved/1/edit", data={"name": "A sweep", "view": ""})
    assert only(store).view == ""
    assert ada.browser.get(address).status_code == 200


def test_a_form_that_says_nothing_of_the_view_leaves_it(ada: Person, ids: str, store: Store) -> None:
    save(ada, ids, view="group=optimizer.kind")
    ada.browser.post("/compare/saved/1/edit", data={"name": "Renamed"})
    assert (only(store).name, only(store).view) == ("Renamed", "group=optimizer.kind")


def test_other_experiments_go_into_it_and_its_notes_and_address_stay(ada: Person, ids: str, store: Store) -> None:
    address = save(ada, ids)
    ada.api("PATCH", "/comparisons/1", json={"notes": "So far"})
    unsaved = ada.browser.get("/compare?ids=3,1").text
    assert 'formaction="/compare/saved/1/edit"' in unsaved
    answer = ada.browser.post("/compare/saved/1/edit", data={"ids": "3,1"}, follow_redirects=True)
    assert "“A sweep” compares these 2 experiments from now on." in answer.text
    kept = only(store)
    assert (kept.ids, kept.name, kept.notes, address.endswith(kept.key)) == ([3, 1], "A sweep", "So far", True)
    assert ada.api("PATCH", "/comparisons/1", json={"ids": [2, 3, 1]}).json["ids"] == [2, 3, 1]


@pytest.mark.parametrize(("ids_", "status"), [([1], 422), ([1, 99], 404), (list(range(1, 53)), 422)])
def test_experiments_that_cannot_be_compared_do_not_go_into_it(
    ada: Person, ids: str, store: Store, ids_: list[int], status: int
) -> None:
    save(ada, ids)
    answer = ada.api("PATCH", "/comparisons/1", json={"ids": ids_, "name": "Another"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, "ids")
    text = ",".join(map(str, ids_))
    assert "/compare/saved/" in ada.browser.post("/compare/saved/1/edit", data={"ids": text}).location
    assert (only(store).ids, only(store).name) == ([1, 2, 3], "A sweep")


def test_notes_are_markdown_that_can_do_no_harm(ada: Person, grace: Person, ids: str) -> None:
    address = save(ada, ids)
    ada.browser.post("/compare/saved/1/notes", data={"notes": "**Adam** wins <script>alert(1)</script>"})
    page = grace.browser.get(address).text
    assert "<strong>Adam</strong> wins" in page
    assert "<script>alert" not in page
    assert 'name="notes"' not in page


def test_notes_that_somebody_else_changed_meanwhile_are_not_overwritten(ada: Person, ids: str, store: Store) -> None:
    address = save(ada, ids)
    opened = mark_in(ada.browser.get(address).text)
    ada.browser.post("/compare/saved/1/notes", data={"notes": "Of **another** one.", "before": opened})
    answer = ada.browser.post("/compare/saved/1/notes", data={"notes": "My own <words>.", "before": opened})
    assert answer.status_code == 409
    assert only(store).notes == "Of **another** one."
    assert "Somebody changed these notes while you wrote." in answer.text
    assert "Of <strong>another</strong> one." in answer.text
    assert ">My own &lt;words&gt;.</textarea>" in answer.text
    sure = {"notes": "Both together.", "before": mark_in(answer.text)}
    assert ada.browser.post("/compare/saved/1/notes", data=sure).status_code == 302
    store.expire_all()
    assert only(store).notes == "Both together."


def mark_in(page: str) -> str:
    """By which the form of a page knows the notes that it was opened with."""
    found = re.search('name="before" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def test_notes_that_cannot_be_kept_stay_to_be_mended(ada: Person, ids: str, store: Store) -> None:
    save(ada, ids)
    answer = ada.browser.post("/compare/saved/1/notes", data={"notes": "x" * 20_001})
    assert answer.status_code == 422
    assert "Notes have at most 20,000 characters; these have 20,001." in answer.text
    assert "x" * 20_001 in answer.text
    assert only(store).notes == ""


def test_it_is_deleted_and_its_experiments_stay(ada: Person, ids: str, store: Store) -> None:
    address = save(ada, ids)
    answer = ada.browser.post("/compare/saved/1/delete", follow_redirects=True)
    assert "its experiments are still there" in answer.text
    assert ada.browser.get(address).status_code == 404
    assert ada.browser.get(f"/compare?ids={ids}").status_code == 200


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "  "}, "Please give the comparison a name."),
        ({"name": "x" * 121}, "A name has at most 120 characters; this one has 121."),
        ({"ids": "1"}, "A comparison needs 2 experiments or more; you chose 1."),
        ({"ids": "1,99"}, "There is no experiment 99."),
        ({"ids": "one"}, "“one” is not the number of an experiment."),
        ({"view": "a" * 2001}, "A view has at most 2,000 characters"),
    ],
)
def test_what_cannot_be_saved_gets_a_sentence(
    ada: Person, ids: str, form: dict[str, str], sentence: str, store: Store
) -> None:
    answer = ada.browser.post("/compare/saved", data={"name": "A", "ids": ids, **form}, follow_redirects=True)
    assert sentence in answer.text
    assert store.scalars(db.select(Comparison)).all() == []


def test_nobody_keeps_more_than_the_limit(app: Flask, ada: Person, ids: str) -> None:
    with app.app_context():
        db.session.add_all(Comparison(owner_id=ada.id, name=f"Number {n}") for n in range(MOST_KEPT))
        db.session.commit()
    answer = ada.browser.post("/compare/saved", data={"name": "One more", "ids": ids}, follow_redirects=True)
    assert f"At most {MOST_KEPT} comparisons can be kept." in answer.text


def test_a_view_is_a_query_and_nothing_else() -> None:
    assert checked_view("?a=1&b=x%0d%0ay#curves") == "a=1&b=x%0D%0Ay#curves"
    assert checked_view("#<b>") == ""
    with pytest.raises(ComparisonProblem):
        checked_view("&".join(f"a{n}=1" for n in range(101)))
