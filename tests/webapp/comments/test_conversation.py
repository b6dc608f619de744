"""Threads, reactions, edits with their history, deletion with undo, moderation: by the API and on the page."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Person, Store
from webapp import policy
from webapp.comments import reading, service
from webapp.comments.comparing import Patience, TooDifferent, changes
from webapp.comments.history import MOST_COMPARED, MOST_ON_PAGE, difference, words
from webapp.models import Comment, CommentVersion, Experiment, Reaction, User, db, now

Say = Callable[..., dict[str, Any]]
ONE, OTHER = " ".join("a" * 498), " ".join("ab" * 249)  # half of the words differ, and all the others are alike


def listed(who: Person, experiment: Experiment) -> list[dict[str, Any]]:
    """The comments as somebody sees them."""
    found: list[dict[str, Any]] = who.api("GET", f"/experiments/{experiment.id}/comments").json["comments"]
    return found


def page(who: Person, experiment: Experiment) -> str:
    """The comments tab."""
    return str(who.browser.get(f"/experiments/{experiment.id}/comments").text)


def test_a_reply_to_a_reply_joins_the_thread(ada: Person, grace: Person, say: Say, experiment: Experiment) -> None:
    first = say(ada, "First")
    reply = say(grace, "Second", parent=first["id"])
    third = say(ada, "Third", parent=reply["id"])
    assert [one["parent"] for one in listed(ada, experiment)] == [None, first["id"], first["id"]]
    assert third["parent"] == first["id"]
    text = page(grace, experiment)
    replies = text.split("data-replies>")[1].split("data-reply-place")[0]
    assert replies.index("Second") < replies.index("Third")


def test_whoever_is_answered_is_named_while_they_have_an_account(
    ada: Person, grace: Person, say: Say, store: Store
) -> None:
    reply = say(grace, "Second", parent=say(ada, "First")["id"])
    path = f"/comments/{reply['id']}/reply"
    assert ">@grace </textarea>" in ada.browser.get(path).text
    store.get_one(User, grace.id).deactivated_at = now()
    store.commit()
    assert "></textarea>" in ada.browser.get(path).text


def test_one_replies_only_to_what_is_there(
    ada: Person, say: Say, experiment: Experiment, submit: Callable[..., Experiment]
) -> None:
    other, mine = submit(ada), say(ada)
    for place, parent in ((other.id, mine["id"]), (experiment.id, 4242)):
        answer = ada.api("POST", f"/experiments/{place}/comments", json={"body": "x", "parent": parent})
        assert answer.json["errors"][0]["field"] == "parent"
    ada.api("DELETE", f"/comments/{mine['id']}")
    answer = ada.api("POST", f"/experiments/{experiment.id}/comments", json={"body": "x", "parent": mine["id"]})
    assert "cannot be replied to" in answer.json["errors"][0]["detail"]


def test_reactions_count_people_once_and_can_be_taken_back(ada: Person, grace: Person, say: Say, store: Store) -> None:
    path = f"/comments/{say(ada)['id']}/reactions"
    for who in (ada, grace, grace):
        answer = who.api("POST", path, json={"reaction": "heart"})
    assert answer.json["reactions"] == {"heart": ["ada", "grace"]}
    assert store.query(Reaction).count() == 2
    assert grace.api("POST", path, json={"reaction": "heart", "on": False}).json["reactions"] == {"heart": ["ada"]}
    assert grace.api("POST", path, json={"reaction": "<b>"}).json["errors"][0]["field"] == "reaction"


def test_a_reaction_says_on_the_page_who_gave_it(ada: Person, grace: Person, say: Say) -> None:
    number = say(ada)["id"]
    answer = grace.browser.post(f"/comments/{number}/react", data={"reaction": "thumbs_up", "on": "1"})
    assert 'aria-label="Thumbs up: grace"' in answer.text
    assert 'aria-pressed="true"' in answer.text
    assert 'aria-pressed="false"' in ada.browser.get(f"/comments/{number}").text


def test_what_a_comment_said_before_is_for_its_author_and_moderators(
    ada: Person, grace: Person, root: Person, person: Callable[..., Person], say: Say, store: Store
) -> None:
    number, bystander = say(grace, "The loss rises")["id"], person("bystander")
    changed = grace.api("PATCH", f"/comments/{number}", json={"body": "The loss falls"})
    assert changed.json["edited_at"]
    for who in (grace, ada, root):
        versions = who.api("GET", f"/comments/{number}/history").json["versions"]
        assert [one["body"] for one in versions] == ["The loss rises", "The loss falls"]
        assert "<del>rises</del><ins>falls</ins>" in who.browser.get(f"/comments/{number}/history").text
    assert bystander.api("GET", f"/comments/{number}/history").status_code == 403
    assert bystander.browser.get(f"/comments/{number}/history").status_code == 403
    grace.api("PATCH", f"/comments/{number}", json={"tags": ["insight"]})
    assert store.query(CommentVersion).count() == 1


@pytest.mark.parametrize(("before", "after"), [("a b c", "a x c d"), ("", "new"), ("gone", ""), ("a\n\nb ", "a b\n")])
def test_the_pieces_of_a_difference_make_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after, Patience(MOST_ON_PAGE))
    assert pieces is not None
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_versions_that_differ_everywhere_are_compared_no_longer_than_patience_lasts() -> None:
    compared: list[int] = []

    class Word(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            compared.append(1)
            return str.__eq__(self, other)

    old, new = ([Word(word) for word in words(text)] for text in (ONE, OTHER))
    with pytest.raises(TooDifferent):
        changes(old, new, Patience(MOST_COMPARED))
    assert len(compared) <= MOST_COMPARED


def test_a_page_of_versions_that_differ_everywhere_compares_no_more_than_one_page_may() -> None:
    patience = Patience(MOST_ON_PAGE)
    found = [difference(ONE, OTHER, patience) for _ in range(service.MOST_VERSIONS)]
    assert found == [None] * service.MOST_VERSIONS
    assert patience.left == 0
    assert difference("The loss rises", "The loss falls", patience) is None


def test_what_cannot_be_compared_by_words_is_shown_as_a_whole_and_what_is_newer_by_words(
    grace: Person, say: Say
) -> None:
    number = say(grace, "The oldest")["id"]
    for body in ("The older", *([ONE, OTHER] * 4), "The loss rises", "The loss falls"):
        grace.api("PATCH", f"/comments/{number}", json={"body": body})
    page = grace.browser.get(f"/comments/{number}/history").text
    assert "<del>rises</del><ins>falls</ins>" in page
    assert f"<del>{ONE}</del><ins>{OTHER}</ins>" in page
    assert "<del>The oldest</del><ins>The older</ins>" in page  # when the page's patience was at its end
    assert page.count("to compare it word by word takes too long") == 10


def test_a_long_comment_is_shown_word_by_word_where_much_of_it_was_changed() -> None:
    before = [f"word{number}" for number in range(2_000)]
    after = ["other" if number % 20 == 0 else word for number, word in enumerate(before)]
    pieces = difference(" ".join(before), " ".join(after), Patience(MOST_COMPARED))
    assert pieces is not None
    assert [piece.text for piece in pieces if piece.kind == "removed"] == before[::20]


def test_whoever_deleted_a_comment_brings_it_back_and_nobody_reads_it_meanwhile(
    ada: Person, grace: Person, root: Person, say: Say, experiment: Experiment
) -> None:
    number = say(grace, "Regretted", tags=["insight"])["id"]
    assert ada.api("DELETE", f"/comments/{number}").status_code == 403
    assert grace.api("DELETE", f"/comments/{number}").status_code == 204
    for who in (ada, grace, root):
        assert "Regretted" not in page(who, experiment)
        assert "Regretted" not in str(listed(who, experiment))
        assert "Regretted" not in who.browser.get("/").text
        assert "Regretted" not in who.browser.get("/tags/insight").text
        assert who.api("GET", f"/comments/{number}/history").status_code in (403, 404)
    assert "You deleted this comment" in page(grace, experiment)
    assert listed(ada, experiment) == []
    assert ada.api("GET", f"/comments/{number}").status_code == 404
    for who, code in ((ada, 404), (root, 404), (grace, 200)):
        assert who.api("POST", f"/comments/{number}/undelete").status_code == code
    assert listed(ada, experiment)[0]["body"] == "Regretted"


def test_a_comment_that_an_administrator_deleted_is_not_brought_back_by_its_author(
    grace: Person, root: Person, say: Say
) -> None:
    number = say(grace)["id"]
    assert root.browser.post(f"/comments/{number}/delete").status_code == 200
    assert grace.browser.post(f"/comments/{number}/undelete").status_code == 404
    assert root.browser.post(f"/comments/{number}/undelete").status_code == 200


def test_replies_stay_below_a_comment_that_was_deleted(
    ada: Person, grace: Person, say: Say, experiment: Experiment
) -> None:
    first = say(grace, "Regretted")["id"]
    say(ada, "An answer", parent=first)
    grace.api("DELETE", f"/comments/{first}")
    shown = listed(ada, experiment)
    assert [(one["body"], one["deleted"]) for one in shown] == [(None, True), ("An answer", False)]
    assert "This comment was deleted" in page(ada, experiment)


def test_an_edit_does_not_overwrite_another_unseen(ada: Person, say: Say) -> None:
    path = f"/comments/{say(ada, 'First')['id']}/edit"
    for said, status in (("From one tab", 200), ("From the other", 422)):
        answer = ada.browser.post(path, data={"body": said, "tags": "", "seen": ""})
        assert answer.status_code == status
    assert "It says now: “From one tab”" in answer.text
    assert ">From the other</textarea>" in answer.text
    seen = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert seen
    assert ada.browser.post(path, data={"body": "From the other", "tags": "", "seen": seen[1]}).status_code == 200


def test_a_thread_goes_on_whose_first_comment_was_deleted(
    ada: Person, grace: Person, say: Say, experiment: Experiment
) -> None:
    first = say(grace, "Regretted")["id"]
    answer = say(ada, "An answer", parent=first)["id"]
    grace.api("DELETE", f"/comments/{first}")
    form = grace.browser.get(f"/comments/{answer}/reply").text
    parent = re.search(r'name="parent" value="(\d+)"', form)
    assert parent
    made = grace.browser.post(f"/experiments/{experiment.id}/comments", data={"parent": parent[1], "body": "And on"})
    assert made.status_code == 200
    assert [one["body"] for one in listed(ada, experiment)] == [None, "An answer", "And on"]


def test_deleted_comments_are_forgotten_after_a_while(ada: Person, grace: Person, say: Say, store: Store) -> None:
    alone, answered, last = say(grace, "Alone")["id"], say(grace, "Answered")["id"], say(grace, "Last")["id"]
    say(ada, "An answer", parent=answered)
    for number in (alone, answered):
        grace.api("DELETE", f"/comments/{number}")
    for row in store.query(Comment).where(Comment.deleted_at.is_not(None)):
        row.deleted_at = now() - policy.UNDO_FOR - timedelta(minutes=1)
    store.commit()
    assert grace.api("POST", f"/comments/{answered}/undelete").status_code == 403
    grace.api("DELETE", f"/comments/{last}")
    assert store.get(Comment, alone) is None
    assert store.get(Comment, answered).body == ""


def test_a_moderator_gives_a_reason_and_others_read_it_instead_of_the_words(
    ada: Person, grace: Person, person: Callable[..., Person], say: Say, experiment: Experiment
) -> None:
    number, bystander = say(grace, "Off the subject", pin=None)["id"], person("bystander")
    body = {"disabled": True, "reason": "Not about  this run"}
    assert grace.api("POST", f"/comments/{number}/moderation", json=body).status_code == 403
    assert ada.api("POST", f"/comments/{number}/moderation", json=body).json["disabled_reason"] == "Not about this run"
    seen = page(bystander, experiment)
    assert "Not about this run" in seen
    assert "Off the subject" not in seen
    hidden = bystander.api("GET", f"/comments/{number}").json
    assert (hidden["body"], hidden["reactions"], hidden["pin"], hidden["tags"]) == (None, {}, None, [])
    assert bystander.api("POST", f"/comments/{number}/reactions", json={"reaction": "eyes"}).status_code == 403
    assert "Off the subject" in page(grace, experiment)
    long = {"disabled": True, "reason": "x" * 301}
    assert ada.api("POST", f"/comments/{number}/moderation", json=long).json["errors"][0]["field"] == "reason"
    assert ada.api("POST", f"/comments/{number}/moderation", json={"disabled": False}).json["disabled_reason"] is None


def test_a_page_of_many_comments_asks_no_more_questions_than_one_of_few(
    app: Any, ada: Person, grace: Person, say: Say, experiment: Experiment, count_queries: Callable[..., int]
) -> None:
    def talk() -> None:
        first = say(ada, "x", tags=["a"], pin={"trial": experiment.trials[0].id, "key": "train/loss", "step": 3})
        say(grace, "y", parent=first["id"])
        grace.api("POST", f"/comments/{first['id']}/reactions", json={"reaction": "eyes"})

    talk()
    few = count_queries(lambda: page(grace, experiment))
    for _ in range(4):
        talk()
    assert count_queries(lambda: page(grace, experiment)) == few


def test_of_very_many_comments_the_latest_are_shown_with_what_they_reply_to(
    app: Any, ada: Person, say: Say, experiment: Experiment
) -> None:
    first = say(ada, "The first")["id"]
    numbers = [first, *(say(ada)["id"] for _ in range(4)), say(ada, "An answer", parent=first)["id"]]
    with app.app_context():
        found, earlier = reading.of_experiment(db.session(), experiment.id, limit=3)
        assert [comment.id for comment in found] == [first, *numbers[-3:]]
        assert earlier == numbers[-3]
        rest, none = reading.of_experiment(db.session(), experiment.id, before=earlier, limit=3)
        assert [comment.id for comment in rest] == numbers[:3]
        assert none is None


def test_the_oldest_of_very_many_comments_are_reached(ada: Person, experiment: Experiment, store: Store) -> None:
    said = {"experiment_id": experiment.id, "author_id": ada.id, "body_html": ""}
    store.add_all([Comment(body=f"Word {number}.", **said) for number in range(520)])
    store.commit()
    path = f"/experiments/{experiment.id}/comments"
    pages = [ada.api("GET", f"{path}?limit=300").json]
    pages.append(ada.api("GET", f"{path}?limit=300&cursor={pages[0]['next_cursor']}").json)
    found = [one["body"] for part in pages for one in part["comments"]]
    assert found == [f"Word {number}." for number in range(520)]
    assert pages[1]["next_cursor"] is None
    latest = page(ada, experiment)
    earlier = latest.split('data-earlier="')[1].split('"')[0]
    text = ada.browser.get(f"{path}?before={earlier}").text
    assert latest.count("<article") + text.count("<article") == 520
    assert "data-earlier" not in text


def test_a_comment_is_edited_a_hundred_times_at_most(app: Any, grace: Person, say: Say, store: Store) -> None:
    number = say(grace)["id"]
    store.add_all([CommentVersion(comment_id=number, body="x", timestamp=now()) for _ in range(service.MOST_VERSIONS)])
    store.commit()
    answer = grace.api("PATCH", f"/comments/{number}", json={"body": "Once more"})
    assert "100 times" in answer.json["errors"][0]["detail"]


def test_the_form_to_edit_a_comment_holds_all_its_tags(grace: Person, say: Say) -> None:
    tags = [f"{index:02}{'x' * 38}" for index in range(20)]
    number = say(grace, tags=tags)["id"]
    form = grace.browser.get(f"/comments/{number}/edit").text
    assert f'value="{" ".join(tags)}"' in form


@pytest.mark.parametrize(("length", "tags"), [(19_799, "!bad"), (25_000, "")])
def test_a_comment_that_is_refused_comes_back_whole(
    ada: Person, experiment: Experiment, length: int, tags: str
) -> None:
    body = ("\r\n" * 1_800).ljust(length + 1_797, "x") + "end"
    answer = ada.browser.post(f"/experiments/{experiment.id}/comments", data={"body": body, "tags": tags})
    assert answer.status_code == 422
    assert f"{body.replace(chr(13), '')}</textarea>" in answer.text


@pytest.mark.parametrize("body", ["\u200b\u2060", "[a]: https://example.com", "\u3164", "\n> \n"])
def test_a_comment_of_which_nothing_is_seen_is_none(ada: Person, experiment: Experiment, body: str) -> None:
    answer = ada.api("POST", f"/experiments/{experiment.id}/comments", json={"body": body})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "body")
    assert "could be seen" in answer.json["detail"]


@pytest.mark.parametrize("body", ["$x^2$", "![](https://example.com/a.png)", "👍", "`x`"])
def test_signs_formulas_and_pictures_are_seen(ada: Person, say: Say, body: str) -> None:
    assert say(ada, body)["body"] == body


def test_a_preview_marks_only_who_can_be_mentioned(ada: Person, grace: Person, experiment: Experiment) -> None:
    shown = ada.browser.post(f"/comments/preview?experiment={experiment.id}", data={"body": "@grace and @nobody-here"})
    assert '<span class="mention">@grace</span> and @nobody-here' in shown.text


def test_whoever_saves_a_comment_that_was_hidden_meanwhile_is_told_so(ada: Person, grace: Person, say: Say) -> None:
    number = say(grace)["id"]
    ada.api("POST", f"/comments/{number}/moderation", json={"disabled": True})
    answer = grace.browser.post(f"/comments/{number}/edit", data={"body": "Other words"})
    assert answer.status_code == 403
    assert "A moderator has hidden this comment meanwhile" in answer.text


def test_a_tag_is_the_same_however_its_letters_are_put_together(ada: Person, grace: Person, say: Say) -> None:
    assert say(ada, tags=["caf\u00e9"])["tags"] == say(grace, tags=["cafe\u0301"])["tags"] == ["caf\u00e9"]
