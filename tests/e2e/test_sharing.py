"""Two people and a stranger, each in a browser of their own: sharing, and losing access while the page is open."""

import os
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD
from tests.e2e.test_main_job import submit, wait_for_first_point
from tests.stack import Stack


def another(browser: Browser, stack: Stack, name: str = "") -> Page:
    """A browser of its own; somebody who registers, where a name is given."""
    page = browser.new_context(base_url=stack.url).new_page()
    page.set_default_timeout(20_000)
    if name:
        page.goto("/register")
        page.fill("#username", name)
        page.fill("#email", f"{name}@example.com")
        page.fill("#password", PASSWORD)
        page.click("#submit")
        page.wait_for_url("**/")
    return page


def confirm(page: Page) -> None:
    page.locator("[data-confirm-yes]").click()


def is_gone(page: Page) -> None:
    """The page says so, within seconds, and shows nothing of it any more."""
    expect(page.get_by_role("heading", name="No longer to be seen")).to_be_visible(timeout=5_000)
    expect(page.locator(".chart")).to_have_count(0)


def test_two_people_share_and_one_loses_access_while_the_page_is_open(
    page: Page, person: str, browser: Browser, stack: Stack, screenshot: Callable[[str], None]
) -> None:
    grace, friend = another(browser, stack, name := f"grace{os.urandom(3).hex()}"), another(browser, stack)
    submit(page, "softmax-digits", "Between us", epochs="100000")
    wait_for_first_point(page)
    address, dialog = page.url.split("#")[0], page.locator("#share-modal")

    page.get_by_role("button", name="Share", exact=True).click()
    dialog.get_by_label("Private").check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#visibility-badge")).to_have_text("private")
    assert grace.goto(address).status == 404  # type: ignore[union-attr]

    dialog.get_by_label("Username").press_sequentially(name[:7])
    expect(dialog.locator(f"#share-names option[value={name}]")).to_have_count(1)
    dialog.get_by_label("Username").fill(name)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.locator("li").get_by_text("may view", exact=True)).to_be_visible()
    expect(page.locator("#visibility-badge")).to_have_text("shared")
    screenshot("sharing-people")
    grace.goto("/experiments?search=shared:me")
    grace.get_by_role("link", name="Between us").click()
    wait_for_first_point(grace)
    expect(grace.get_by_role("button", name="Share", exact=True)).to_have_count(0)
    dialog.get_by_role("button", name=f"Remove {name}").click()
    confirm(page)
    is_gone(grace)
    assert grace.goto(address).status == 404  # type: ignore[union-attr]

    dialog.get_by_label("Public").check()
    dialog.get_by_role("button", name="Save").click()
    link = dialog.get_by_label("The public link").input_value()
    screenshot("sharing-link")
    friend.goto(link)
    wait_for_first_point(friend)
    expect(friend.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    friend.get_by_role("tab", name="Comments").click()
    expect(friend.get_by_text("To take part, log in.")).to_be_visible()
    dialog.get_by_role("button", name="Revoke").click()
    confirm(page)
    is_gone(friend)
    assert friend.goto(link).status == 404  # type: ignore[union-attr]
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    with page.expect_navigation():
        confirm(page)
    for other in (grace, friend):
        other.context.close()
