"""Nothing that somebody says in a conversation is lost, and nothing that others do meanwhile is missed."""

import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Dialog, Page, Route, expect

from tests.e2e.talking import Talk, comment, database, mark, pin, said_by_ada, say
from tests.load.scene import Scene
from tests.making import points
from webapp.models import Comment, now
from webapp.store import curves


def failing_once(address: str, page: Page) -> list[str]:
    """The first request of an address fails; those that did."""
    failed: list[str] = []

    def answer(route: Route) -> None:
        if failed:
            return route.fallback()
        failed.append(route.request.url)
        return route.abort()

    page.route(re.compile(address), answer)
    return failed


def test_words_are_sent_by_ctrl_enter_and_not_left_unasked(talk: Talk) -> None:
    grace, asked = talk.grace, []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    grace.on("dialog", stay)
    grace.fill("#new-comment-body", "Half a sentence")
    grace.evaluate("location.reload()")
    grace.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(grace.locator("#new-comment-body")).to_have_value("Half a sentence")
    grace.locator("#new-comment-body").press("Control+Enter")
    expect(comment(talk.ada, "Half a sentence")).to_be_visible()
    expect(grace.locator("#new-comment-body")).to_have_value("")
    grace.reload()
    assert len(asked) == 1


def test_a_comment_that_was_deleted_while_somebody_edited_it_goes_when_they_give_up(
    talk: Talk,
    made: Scene,
) -> None:
    grace = talk.grace
    say(grace, "Soon gone")
    comment(grace, "Soon gone").get_by_role("button", name="Edit").click()
    number = int(grace.locator("[data-editing]").get_attribute("data-comment") or "")
    with database(made) as session:
        written = session.get_one(Comment, number)
        written.deleted_at, written.deleted_by_id = now(), written.experiment.owner_id
    grace.locator("[data-editing]").get_by_role("button", name="Cancel").click()
    expect(grace.locator(f"#thread-{number}")).to_have_count(0)


def test_a_click_is_not_lost_where_news_of_the_comment_come_at_the_same_moment(talk: Talk) -> None:
    ada, grace = talk.ada, talk.grace
    say(grace, "Edited at once")
    mine = comment(grace, "Edited at once")
    expect(mine).to_be_visible()
    number = int(mine.get_attribute("data-comment") or "")

    held: list[Route] = []
    grace.route(re.compile(rf"/comments/{number}$"), lambda route: held.append(route))
    theirs = comment(ada, "Edited at once")
    theirs.get_by_role("button", name="Add a reaction").click()
    theirs.get_by_role("button", name="Heart").click()
    expect(theirs.get_by_role("button", name="Heart: ada")).to_be_visible()
    mine.get_by_role("button", name="Edit").click()
    words = grace.locator(f"#comment-{number} textarea")
    expect(words).to_have_value("Edited at once")
    assert held
    for route in held:
        route.continue_()
    grace.wait_for_timeout(300)
    expect(words).to_be_visible()


def test_what_changes_while_a_reason_is_typed_is_seen_afterwards(talk: Talk) -> None:
    ada, grace = talk.ada, talk.grace
    say(grace, "The first words")
    comment(ada, "The first words").get_by_role("button", name="Hide").click()
    reason = comment(ada, "The first words").get_by_label("Why?")
    reason.fill("Because")
    comment(grace, "The first words").get_by_role("button", name="Edit").click()
    grace.locator("[data-editing] textarea").fill("The second words")
    grace.get_by_role("button", name="Save").click()
    expect(comment(grace, "The second words")).to_be_visible()
    ada.wait_for_timeout(500)
    expect(reason).to_have_value("Because")
    ada.keyboard.press("Escape")
    expect(comment(ada, "The second words")).to_be_visible()


def test_a_deleted_thread_goes_with_its_last_reply(talk: Talk, made: Scene) -> None:
    first = said_by_ada(made, "A beginning")
    reply = said_by_ada(made, "The only answer", parent=first)
    for page in (talk.ada, talk.grace):
        page.goto(f"/experiments/{talk.other}#comments")
    for number in (first, reply):
        talk.ada.locator(f"#comment-{number}").get_by_role("button", name="Delete").click()
    expect(talk.grace.locator(f"#thread-{first}")).to_have_count(0)


def test_a_comment_that_could_not_be_fetched_appears_when_the_server_is_back(talk: Talk) -> None:
    failed = failing_once(r"/comments/\d+/thread$", talk.grace)
    say(talk.ada, "Said during a hiccup")
    expect(comment(talk.grace, "Said during a hiccup")).to_be_visible()
    assert failed


def test_pins_that_could_not_be_fetched_appear_when_the_server_is_back(talk: Talk, made: Scene) -> None:
    number = pin(made, "At a point", 80)
    failed = failing_once("/api/v1/pins", talk.grace)
    talk.grace.goto(f"/experiments/{talk.other}")
    expect(mark(talk.grace, number)).to_be_visible()
    assert failed


def test_a_comment_leads_into_a_folded_group_and_stands_at_its_step_between_two_points(
    talk: Talk,
    made: Scene,
) -> None:
    page, place = talk.grace, {"pin_trial_id": made.trials[1], "pin_key": "extra/few"}
    with database(made) as session:
        curves.append(session, made.trials[1], 1, [points("extra/few", 1, 3, np.array([3.0, 2.0, 1.0]), every=100)])
    numbers = {step: said_by_ada(made, f"At step {step}", **place, pin_step=step) for step in (101, 151, 201)}
    page.goto(f"/experiments/{talk.other}#comments")
    comment(page, "At step 151").locator(".pin-chip").click()
    marks = {step: page.locator(f"[data-pin-mark='{number}']") for step, number in numbers.items()}
    expect(marks[151]).to_be_focused()
    across: Callable[[int], float] = lambda step: (marks[step].bounding_box() or {})["x"]  # noqa: E731
    assert abs(across(151) - (across(101) + across(201)) / 2) < 2


def test_people_are_no_longer_offered_where_the_caret_has_left_the_name(talk: Talk) -> None:
    page = talk.ada
    page.click("#new-comment-body")
    page.keyboard.type("Well, @gr")
    expect(page.get_by_role("option", name="@grace")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name="@grace")).to_have_count(0)
    expect(page.locator("#new-comment-body")).to_have_value("\nWell, @gr")
    page.locator("#new-comment-body").fill("")
