"""Tags renamed, merged, recoloured and deleted: what is shown before, what becomes of it, and who may."""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, select

from tests.conftest import Person, Store
from webapp import policy
from webapp.models import Comment, Experiment, Tag, User, db

Submit = Callable[..., Experiment]


def names(store: Store, experiment: Experiment) -> list[str]:
    return [tag.name for tag in store.get_one(Experiment, experiment.id).tags]


def test_a_tag_is_renamed_and_recoloured_wherever_it_is(ada: Person, submit: Submit, store: Store) -> None:
    made = submit(ada, tags=["baseline", "slow"])
    answer = ada.browser.post("/tags/slow/edit", data={"name": "#Fast", "colour": "red"})
    assert answer.location == "/tags/fast"
    assert names(store, made) == ["baseline", "fast"]
    page = ada.browser.get(f"/experiments/{made.id}").text
    assert 'class="tag tag-red"' in page
    assert ada.browser.get("/tags/slow").status_code == 404


def test_renaming_into_another_tag_offers_to_merge_and_shows_what_it_touches(
    ada: Person, submit: Submit, store: Store
) -> None:
    one, both = submit(ada, "Only one", tags=["lr"]), submit(ada, "With both", tags=["lr", "lr-sweep"])
    ada.api("POST", f"/experiments/{one.id}/comments", json={"body": "Words", "tags": ["lr"]})
    form = {"name": "lr-sweep", "colour": "teal"}
    offered = ada.browser.post("/tags/lr/edit", data=form, follow_redirects=True)
    assert offered.request.path == "/tags/lr/merge"
    for words in ("2 experiments and 1 comment carry “lr”", "1 of them carries both", "Only one", "With both"):
        assert words in offered.text
    assert names(store, one) == ["lr"]  # nothing is done before it is asked for
    assert ada.browser.post("/tags/lr/merge", data={"into": "lr-sweep"}).location == "/tags/lr-sweep"
    assert names(store, one) == names(store, both) == ["lr-sweep"]
    assert [tag.name for tag in store.scalars(select(Comment)).one().tags] == ["lr-sweep"]
    assert [tag.name for tag in store.scalars(select(Tag))] == ["lr-sweep"]


def test_deleting_a_tag_leaves_what_carried_it(ada: Person, submit: Submit, store: Store) -> None:
    made = submit(ada, "Kept", tags=["gone", "stays"])
    before = ada.browser.get("/tags/gone/edit").text
    assert "1 experiment and 0 comments carry it" in before
    assert "Kept" in before
    assert ada.browser.post("/tags/gone/delete").location == "/tags"
    assert names(store, made) == ["stays"]


@pytest.mark.parametrize(
    "form", [{"name": ""}, {"name": "two words"}, {"name": "x" * 41}, {"name": "a", "colour": "x"}]
)
def test_a_name_or_colour_that_cannot_be_is_said_at_the_form(
    ada: Person, submit: Submit, store: Store, form: dict[str, str]
) -> None:
    made = submit(ada, tags=["kept"])
    answer = ada.browser.post("/tags/kept/edit", data=form)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text
    assert names(store, made) == ["kept"]


def test_members_change_tags_that_they_alone_use_and_administrators_all(
    ada: Person, grace: Person, root: Person, submit: Submit, store: Store
) -> None:
    submit(ada, tags=["shared", "hers"])
    theirs = submit(grace, tags=["shared"])
    for who in (ada, grace):
        for path in ("edit", "merge", "delete"):
            form = {"name": "x", "colour": "red", "into": "hers"}
            assert who.browser.post(f"/tags/shared/{path}", data=form).status_code == 403
        assert "Rename, recolour" not in who.browser.get("/tags/shared").text
    assert grace.browser.post("/tags/hers/delete").status_code == 403
    assert "Rename, recolour" in ada.browser.get("/tags/hers").text
    assert root.browser.post("/tags/shared/edit", data={"name": "everybodys", "colour": "red"}).status_code == 302
    assert names(store, theirs) == ["everybodys"]


def test_a_comment_of_another_person_counts_as_use(ada: Person, grace: Person, submit: Submit) -> None:
    made = submit(ada, tags=["mine"])
    grace.api("POST", f"/experiments/{made.id}/comments", json={"body": "Too", "tags": ["mine"]})
    assert ada.browser.post("/tags/mine/delete").status_code == 403


def test_what_one_may_not_see_is_counted_and_not_named(
    root: Person, grace: Person, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(root, "In the open", tags=["common"])
    submit(grace, "A secret", tags=["common", "secret"])

    def only_mine(user: User) -> ColumnElement[bool]:
        return Experiment.owner_id == user.id

    monkeypatch.setattr(policy, "seen_by", only_mine)
    page = root.browser.get("/tags/common/edit").text
    assert "2 experiments" in page
    assert "In the open" in page
    assert "and 1 that you may not see" in page
    assert "A secret" not in page
    tags = {each["name"]: each["experiments"] for each in root.api("GET", "/tags").json["tags"]}
    assert tags == {"common": 1}
    assert root.browser.get("/tags/secret").status_code == 404


def completed(who: Person, begun: str) -> list[str]:
    """The tags that the search completes."""
    answer = who.browser.get(f"/experiments/completions?text=tag:{begun}")
    return [each["text"] for each in answer.json["items"]]


def test_tags_of_comments_that_were_hidden_or_deleted_are_completed_for_nobody_else(
    ada: Person, grace: Person, person: Callable[..., Person], submit: Submit
) -> None:
    made, bystander = submit(ada), person("bystander")
    body = {"body": "Words", "tags": ["slander"]}
    comment = grace.api("POST", f"/experiments/{made.id}/comments", json=body).json["id"]
    assert [completed(who, "sl") for who in (ada, grace, bystander)] == [["slander"]] * 3
    ada.api("POST", f"/comments/{comment}/moderation", json={"disabled": True})
    assert [completed(who, "sl") for who in (ada, grace, bystander)] == [["slander"], ["slander"], []]
    grace.api("DELETE", f"/comments/{comment}")
    assert [completed(who, "sl") for who in (ada, grace, bystander)] == [[], [], []]


@pytest.fixture
def hidden_tag(ada: Person, grace: Person, submit: Submit) -> str:
    """One that only Ada's private experiment carries, while another of Grace's is her own."""
    submit(ada, "A secret", tags=["secret-project"], visibility="private")
    submit(grace, "In the open", tags=["mine"])
    return "secret-project"


def test_a_tag_that_one_may_not_know_of_is_none_to_merge_into(
    grace: Person, hidden_tag: str, submit: Submit, store: Store
) -> None:
    assert grace.browser.get(f"/tags/mine/merge?into={hidden_tag}").location == "/tags/mine/edit"
    assert grace.browser.post("/tags/mine/merge", data={"into": hidden_tag}).status_code == 422
    (tag,) = grace.api("GET", "/tags").json["tags"]
    for into in (hidden_tag, "nothing"):
        answer = grace.api("POST", f"/tags/{tag['id']}/merge", json={"into": into})
        assert answer.json["errors"][0]["detail"] == f"There is no tag “{into}”."
    assert {each.name for each in store.scalars(select(Tag))} == {"mine", hidden_tag}


def test_a_name_that_one_may_not_know_of_is_not_free_and_no_more_is_said(grace: Person, hidden_tag: str) -> None:
    answer = grace.browser.post("/tags/mine/edit", data={"name": hidden_tag, "colour": "red"})
    assert answer.status_code == 422
    assert f"The name “{hidden_tag}” is not free" in answer.text
    (tag,) = grace.api("GET", "/tags").json["tags"]
    renamed = grace.api("PATCH", f"/tags/{tag['id']}", json={"name": hidden_tag})
    assert (renamed.status_code, "Merge" in renamed.json["detail"]) == (409, False)


def test_the_page_of_a_merge_counts_of_the_other_tag_what_one_sees(ada: Person, grace: Person, submit: Submit) -> None:
    submit(ada, tags=["common"])
    submit(ada, tags=["common"], visibility="private")
    submit(grace, tags=["mine"])
    page = grace.browser.get("/tags/mine/merge?into=common").text
    assert "already, on 1 experiment and 0 comments that you may see" in page


@pytest.fixture
def deleted(grace: Person, submit: Submit) -> int:
    """The id of a comment of Grace's that alone carried a tag, `ghost`, and was deleted."""
    path = f"/experiments/{submit(grace).id}/comments"
    comment: int = grace.api("POST", path, json={"body": "Words", "tags": ["ghost"]}).json["id"]
    grace.api("DELETE", f"/comments/{comment}")
    return comment


@pytest.mark.usefixtures("deleted")
def test_a_tag_of_a_deleted_comment_is_there_as_one_that_nothing_carries(ada: Person, root: Person) -> None:
    for who in (ada, root):
        assert [(each["name"], each["comments"]) for each in who.api("GET", "/tags").json["tags"]] == [("ghost", 0)]
        assert "0 experiments · 0 comments" in who.browser.get("/tags/ghost").text
    assert "0 experiments and 0 comments carry it" in ada.browser.get("/tags/ghost/edit").text
    assert ada.browser.post("/tags/ghost/delete").location == "/tags"


def test_a_deleted_comment_comes_back_with_the_tag_that_another_was_merged_into(
    ada: Person, grace: Person, deleted: int, submit: Submit
) -> None:
    submit(ada, tags=["kept"])
    page = ada.browser.get("/tags/ghost/merge?into=kept").text
    assert "0 experiments and 0 comments carry “ghost”" in page
    ada.browser.post("/tags/ghost/merge", data={"into": "kept"})
    assert grace.api("POST", f"/comments/{deleted}/undelete").json["tags"] == ["kept"]


def test_the_api_does_what_the_pages_do(ada: Person, grace: Person, submit: Submit, store: Store) -> None:
    made = submit(ada, tags=["one", "two"])
    new = ada.api("POST", "/tags", json={"name": "unused", "colour": "pink"})
    assert (new.status_code, new.json["colour"]) == (201, "pink")
    assert ada.api("POST", "/tags", json={"name": "one"}).status_code == 409
    assert ada.api("POST", "/tags", json={"name": "a b"}).json["errors"][0]["field"] == "name"
    ids = {each["name"]: each["id"] for each in ada.api("GET", "/tags").json["tags"]}
    assert [each["name"] for each in ada.api("GET", "/tags?q=w").json["tags"]] == ["two"]
    path = f"/tags/{ids['one']}"
    assert ada.api("GET", path).json["first_experiments"] == [{"id": made.id, "title": made.title}]
    assert grace.api("PATCH", path, json={"name": "x"}).status_code == 403
    assert grace.api("DELETE", path).status_code == 403
    assert ada.api("PATCH", path, json={"name": "two"}).status_code == 409
    assert ada.api("PATCH", path, json={"colour": "mauve"}).json["errors"][0]["field"] == "colour"
    assert ada.api("PATCH", path, json={"name": "three", "colour": "blue"}).json["name"] == "three"
    assert ada.api("POST", f"{path}/merge", json={"into": "nothing"}).status_code == 404
    assert ada.api("POST", f"{path}/merge", json={"into": "three"}).status_code == 422  # into itself
    assert ada.api("POST", f"{path}/merge", json={"into": "two"}).json["name"] == "two"
    assert names(store, made) == ["two"]
    assert ada.api("DELETE", f"/tags/{ids['two']}").status_code == 204
    assert names(store, made) == []


def test_many_experiments_are_tagged_at_once(ada: Person, grace: Person, submit: Submit, store: Store) -> None:
    one, two, hers = submit(ada, tags=["old"]), submit(ada), submit(grace)
    ids = [one.id, two.id, hers.id]
    page = ada.browser.post(
        "/experiments/bulk", data={"action": "tag", "ids": ids, "tags": "new, newer"}, follow_redirects=True
    ).text
    assert "2 experiments tagged" in page
    assert "belongs to somebody else" in page
    assert (names(store, one), names(store, hers)) == (["new", "newer", "old"], [])
    ada.browser.post("/experiments/bulk", data={"action": "untag", "ids": ids, "tags": "old newer"})
    assert names(store, one) == names(store, two) == ["new"]
    empty = ada.browser.post("/experiments/bulk", data={"action": "tag", "ids": ids}, follow_redirects=True)
    assert "Write one or more tags first" in empty.text
    refused = ada.api("POST", "/experiments/tags", json={"experiments": ids, "add": ["x"]})
    assert refused.status_code == 403
    assert names(store, one) == ["new"]
    body = {"experiments": ids[:2], "add": ["x"], "remove": ["new"]}
    assert ada.api("POST", "/experiments/tags", json=body).status_code == 200
    assert names(store, two) == ["x"]
    body["add"] = [f"t{number}" for number in range(20)]
    assert ada.api("POST", "/experiments/tags", json={**body, "remove": []}).status_code == 422


def test_tags_are_changed_where_the_experiment_shows_them(
    ada: Person, grace: Person, submit: Submit, store: Store
) -> None:
    made = submit(ada, tags=["old"])
    path = f"/experiments/{made.id}/tags"
    assert grace.browser.post(path, data={"tags": "hers"}).status_code == 403
    assert "#fresh" in ada.browser.post(path, data={"tags": "fresh"}).text
    refused = ada.browser.post(path, data={"tags": "-no-"})
    assert refused.status_code == 422
    assert "A tag is one word" in refused.text
    assert names(store, made) == ["fresh"]


def test_every_colour_has_a_look_in_both_themes() -> None:
    from tests.conftest import ROOT
    from webapp.models import COLOURS

    css = (ROOT / "webapp" / "static" / "css" / "descent.css").read_text()
    for colour in COLOURS[1:]:
        assert css.count(f".tag-{colour} {{") == 2
    assert db.metadata.tables["tags"].c.colour.type.length >= max(map(len, COLOURS))  # type: ignore[attr-defined]
