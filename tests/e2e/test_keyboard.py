"""The main job by the keyboard alone, and what people see who ask for less movement or for colours of their own."""

import os
import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.keyboard import IS_HERE, Keyboard
from tests.e2e.test_main_job import state_is, wait_for_first_point

HOME = re.compile(r":\d+/(#main)?$")
HELD = "document.activeElement.matches('body, #confirm-modal, #confirm-modal *')"  # after the last comes the browser itself
SOFTMAX = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 1}


def register(page: Page, keys: Keyboard) -> str:
    """As somebody new."""
    name = f"keys{os.urandom(3).hex()}"
    page.goto("/register")
    keys.skip()
    keys.write(page.locator("#username"), name)
    keys.write(page.locator("#email"), f"{name}@example.com")
    keys.write(page.locator("#password"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    return name


def log_out(page: Page, keys: Keyboard) -> None:
    """By the menu under one's name, with arrows."""
    keys.press(page.locator(".site-nav .dropdown-toggle"))
    item = page.get_by_role("button", name="Log out")
    for _ in range(10):
        page.keyboard.press("ArrowDown")
        if item.evaluate(IS_HERE):
            break
    keys.press(item)
    page.wait_for_url("**/login*")


def start(page: Page, keys: Keyboard) -> int:
    """A recipe, with more epochs than anybody will wait for; the experiment's number."""
    keys.press(page.locator(".site-nav").get_by_role("link", name="New experiment"))
    page.wait_for_url("**/experiments/new")
    keys.skip()
    keys.press(page.locator("a[href*='recipe=softmax-digits']"))
    page.wait_for_url("**recipe=softmax-digits")
    keys.skip()
    keys.write(page.locator("#title"), "By keyboard")
    keys.go(page.locator("[name='optimizer.kind']"))
    page.keyboard.press("m")  # Momentum; the section is another then, and the focus still in its list
    expect(page.locator("[name='optimizer.momentum']")).to_be_visible()
    expect(page.locator("[name='optimizer.kind']")).to_be_focused()
    keys.write(page.locator("[name='epochs']"), "20000")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/experiments/\d+$"))
    return int(page.url.split("/")[-1])


def read_a_chart(page: Page, keys: Keyboard) -> None:
    """Points are read aloud, and the table opens and gives the focus back."""
    plot = page.locator("[data-chart=loss] [data-plot]")
    keys.go(plot)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-chart-said]")).to_contain_text("step")
    expect(page.locator("[data-chart-said]")).to_contain_text("train/loss")
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Loss")
    expect(dialog.locator("#chart-table-note")).to_contain_text("as logged")
    keys.press(dialog.get_by_role("button", name="Step"))
    steps = [int(words.replace(",", "")) for words in dialog.locator("tbody:last-child th").all_inner_texts()]
    assert len(steps) > 3
    assert steps == sorted(steps, reverse=True)
    expect(dialog.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("Escape")
    expect(plot).to_be_focused()


def stop(page: Page, keys: Keyboard) -> None:
    """First thought better of, then meant."""
    button = page.get_by_role("button", name="Stop", exact=True)
    keys.back(button)
    page.keyboard.press("Enter")
    yes = page.locator("[data-confirm-yes]")
    expect(yes).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate(HELD), "behind a dialog nothing can be reached"
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    state_is(page, "running")
    page.keyboard.press("Enter")
    expect(yes).to_be_focused()
    page.keyboard.press("Enter")
    state_is(page, "cancelled")


def think_better_of_editing(page: Page, keys: Keyboard) -> None:
    """A dialog that was opened from a menu gives the focus back to the menu's button."""
    more = page.get_by_role("button", name="More", exact=True)
    keys.press(more)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-modal")).to_be_visible()
    keys.go(page.locator("#edit-name"))
    page.keyboard.press("Escape")
    expect(page.locator("#edit-modal")).to_be_hidden()
    expect(more).to_be_focused()


def comment(page: Page, keys: Keyboard) -> None:
    """Tabs by arrows; a comment with a tag, looked at again and left as it is."""
    keys.skip()
    keys.go(page.locator("[role=tab][aria-selected=true]"))
    while page.locator("[data-tab=comments]").get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowLeft")
        keys.here()
    expect(page.locator("[data-tab=comments]")).to_be_focused()
    keys.write(page.locator("#new-comment-body"), "By keys alone.")
    keys.write(page.locator("#new-comment-tags"), "keyboard")
    send = page.get_by_role("button", name="Comment", exact=True)
    keys.press(send)
    expect(page.locator("article.comment")).to_contain_text("By keys alone.")
    expect(send).to_be_focused()
    edit = page.get_by_role("button", name="Edit", exact=True)
    keys.back(edit)
    page.keyboard.press("Enter")
    expect(page.locator("article.comment textarea")).to_be_focused()
    keys.press(page.get_by_role("button", name="Cancel").first)
    expect(edit).to_be_focused()


def test_the_main_job_by_keyboard_alone(page: Page) -> None:
    keys = Keyboard(page)
    name = register(page, keys)
    log_out(page, keys)
    keys.write(page.locator("#login"), name)
    keys.write(page.locator("#password"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(HOME)
    number = start(page, keys)
    wait_for_first_point(page)
    state_is(page, "running")
    keys.skip()
    read_a_chart(page, keys)
    stop(page, keys)
    think_better_of_editing(page, keys)
    comment(page, keys)
    keys.press(page.get_by_role("link", name="#keyboard"))
    expect(page.get_by_role("heading", name="#keyboard")).to_be_visible()

    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    made = page.request.post(
        "/api/v1/experiments", data={"title": "Beside it", "spec": SOFTMAX}, headers={"X-CSRFToken": token}
    )
    keys.press(page.locator(".site-nav").get_by_role("link", name="Experiments", exact=True))
    page.wait_for_url("**/experiments")
    keys.skip()
    for experiment in (made.json()["id"], number):
        keys.press(page.locator(f"input[name=ids][value='{experiment}']"), "Space")
    keys.back(page.get_by_role("button", name="Compare"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?ids=*")
    keys.skip()
    baseline = page.locator("[data-baseline]").first
    keys.press(baseline)
    expect(baseline).to_have_attribute("aria-pressed", "true")
    log_out(page, keys)
    assert not keys.faults, "\n".join(keys.faults)


def test_a_page_is_passed_through_in_its_order_and_left_again(page: Page, person: str) -> None:
    page.goto("/experiments/new?recipe=lenet5-mnist")
    expect(page.locator(".layer-table tfoot")).to_be_visible()
    page.evaluate("globalThis.passed = []; addEventListener('focusin', ({ target }) => passed.push(target))")
    for _ in range(250):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    backwards = "(a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_PRECEDING"
    jumps = f"passed.slice(1).filter((next, i) => ({backwards})(passed[i], next)).map(({{ outerHTML }}) => outerHTML.slice(0, 90))"
    assert page.evaluate(jumps) == []
    last = "[...document.querySelectorAll('footer a')].at(-1) === passed.at(-1)"
    assert page.evaluate(last), "the end of the page is reached"


def test_less_movement_and_colours_of_the_system_are_respected(page: Page, person: str) -> None:
    keys = Keyboard(page)
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    page.goto("/")
    still = """() => {
        const made = '<span class="state state-running">running</span><div class="meter"><div></div></div>';
        document.body.insertAdjacentHTML("beforeend", made);
        const dot = getComputedStyle(document.querySelector(".state-running"), "::before"), bar = document.querySelector(".meter > div");
        return {
            animation: dot.animationName,
            dot: dot.backgroundColor,
            page: getComputedStyle(document.body).backgroundColor,
            transition: parseFloat(getComputedStyle(bar).transitionDuration),
            bar: getComputedStyle(bar).backgroundColor,
            rail: getComputedStyle(bar.parentElement).backgroundColor,
        };
    }"""
    seen = page.evaluate(still)
    assert (seen["animation"], seen["transition"]) == ("none", 0)
    assert seen["dot"] != seen["page"]
    assert seen["bar"] != seen["rail"]
    page.goto("/account")
    keys.go(page.locator("#email"))
    assert not keys.faults, "\n".join(keys.faults)
