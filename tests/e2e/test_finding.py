"""Found, starred, tagged and renamed by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_search import SUBMIT

COMMENT = """([id, body]) => fetch(`/api/v1/experiments/${id}/comments`, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrf-token]").content },
  body: JSON.stringify({ body, tags: ["insight"] }),
}).then((answer) => answer.status)"""

# Ctrl-K of somebody whose keyboard has Cyrillic letters.
CYRILLIC = """document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "л", code: "KeyK", ctrlKey: true, bubbles: true, cancelable: true }))"""


@pytest.fixture
def word(person: str) -> str:
    """A word that nobody else's things have."""
    return f"w{person[4:]}"


@pytest.fixture
def at_home(page: Page, word: str) -> Page:
    """The home page of a person with three experiments; nothing is clicked from here on."""
    tags = ((f"{word}-lr", "insight"), (f"{word}-sweep",), (f"{word}-lr",))
    for title, carried in zip(("Needle", "Hay", "Straw"), tags, strict=True):
        optimizer = {"kind": "adam", "lr": 1e-3}
        assert page.evaluate(SUBMIT, [f"{title} {word}", optimizer, list(carried)]) == 201
    page.goto("/experiments?search=owner:me")
    experiment = page.locator(".experiment-cell .fw-semibold").last.get_attribute("href")
    assert experiment
    assert page.evaluate(COMMENT, [experiment.rpartition("/")[2], f"Look at **{word}**:\n\n- it learns"]) == 201
    page.goto("/")
    return page


def test_one_flow_by_keyboard_alone(at_home: Page, word: str, screenshot: Callable[[str], None]) -> None:
    page, keys = at_home, at_home.keyboard
    finder, box = page.locator("[data-finder]"), page.locator("#finder-input")

    keys.press("/")
    expect(box).to_be_focused()
    keys.type(f"needle {word}")
    expect(finder.get_by_role("option").first).to_contain_text(f"Needle {word}")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    screenshot("finder")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/experiments/\d+$"))

    star = page.locator("h1 + .star")
    keys.press("Control+k")
    expect(box).to_be_focused()
    keys.type("star this")
    expect(finder.get_by_role("option").first).to_contain_text("Star this experiment")
    keys.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    keys.press("Control+k")
    expect(finder.get_by_role("option", name=f"Needle {word}")).to_be_visible()  # it is at hand now
    screenshot("commands")
    keys.press("Escape")
    expect(finder).to_be_hidden()

    keys.press("?")
    help_dialog = page.locator("[data-keys-help]")
    expect(help_dialog).to_contain_text("Clone this experiment")
    screenshot("keys")
    keys.press("Control+k")
    expect(finder).to_be_hidden()  # a dialog is open
    keys.press("Escape")
    page.evaluate(CYRILLIC)
    expect(box).to_be_focused()
    keys.press("Escape")
    expect(finder).to_be_hidden()
    keys.press("]")
    expect(page.get_by_role("tab", name="Update ratios")).to_have_attribute("aria-selected", "true")
    keys.press("[")

    keys.press("t")
    field = page.get_by_label("Tags of this experiment")
    expect(field).to_be_focused()
    keys.type(f"{word}-n?")  # a key that opens the help elsewhere is a letter here
    expect(help_dialog).to_be_hidden()
    keys.press("Backspace")
    keys.type("ew")
    expect(page.get_by_role("option", name=f"Create “{word}-new”")).to_be_visible()
    screenshot("tag-field")
    keys.press("Enter")
    expect(page.get_by_role("button", name=f"Remove the tag {word}-new")).to_be_visible()
    keys.type(f"{word}-sw")
    expect(page.get_by_role("option", name=f"#{word}-sweep")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Backspace")  # to the last chip
    keys.press("Backspace")  # and away with it
    expect(page.get_by_role("button", name=f"Remove the tag {word}-sweep")).to_have_count(0)
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(field).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#experiment-tags a")).to_have_text(["#insight", f"#{word}-lr", f"#{word}-new"])
    expect(page.locator("#tags-edit")).to_be_focused()

    keys.press("/")
    keys.type(f"{word}-lr")
    option = finder.get_by_role("option", name=f"#{word}-lr", exact=True)
    expect(option).to_be_visible()
    while option.get_attribute("aria-selected") != "true":
        keys.press("ArrowDown")
    keys.press("Enter")
    page.wait_for_url(f"**/tags/{word}-lr")
    keys.press("e")
    page.wait_for_url("**/edit")
    expect(page.locator(".uses li")).to_have_text([f"Straw {word}", f"Needle {word}"])
    screenshot("tag-edit")
    page.get_by_label("Name").focus()
    keys.press("Control+a")
    keys.type(f"{word}-sweep")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merge")
    expect(page.get_by_text("2 experiments and 0 comments carry")).to_be_visible()
    screenshot("tag-merge")
    page.get_by_role("button", name=f"Merge into “{word}-sweep”").press("Enter")
    page.wait_for_url(f"**/tags/{word}-sweep")
    expect(page.locator("[data-row]")).to_have_count(3)
    screenshot("tag")
    keys.press("j")
    keys.press("j")
    expect(page.get_by_role("link", name=f"Hay {word}")).to_be_focused()
    keys.press("g")
    keys.press("h")
    page.wait_for_url("**/")
    expect(page.locator(".brief").first).to_contain_text(f"Needle {word}")
    expect(page.locator(".comment-brief strong").first).to_be_visible()
    screenshot("home")


def test_ticked_rows_are_tagged_and_pages_of_search_and_tags_look_right(
    at_home: Page, word: str, screenshot: Callable[[str], None]
) -> None:
    page, keys = at_home, at_home.keyboard
    page.goto(f"/experiments?search={word}")
    keys.press("j")
    keys.press("x")
    keys.press("s")
    expect(page.locator("[data-star][aria-pressed=true]")).to_have_count(1)
    keys.press("t")
    expect(page.get_by_label("Tags for the ticked experiments")).to_be_focused()
    keys.type(f"{word}-bulk")
    expect(page.get_by_role("option", name=f"Create “{word}-bulk”")).to_be_visible()
    screenshot("bulk-tags")
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("1 experiment tagged.")).to_be_visible()
    expect(page.get_by_role("link", name=f"#{word}-bulk")).to_have_count(1)
    page.goto(f"/search?q={word}")
    expect(page.get_by_role("heading", name="Comments")).to_be_visible()
    screenshot("search-page")
    page.goto("/tags")
    screenshot("tags")
    page.goto("/search?q=nothingwhatsoever")
    screenshot("search-page-empty")


def test_a_newcomers_home_says_what_to_do(page: Page, person: str, screenshot: Callable[[str], None]) -> None:
    screenshot("home-newcomer")
    page.get_by_role("button", name=re.compile("^Train Softmax")).press("Enter")
    page.wait_for_url(re.compile(r"/experiments/\d+$"))
