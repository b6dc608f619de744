"""The reference of parts, as a person uses it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_part_is_found_read_and_used(page: Page, person: str, screenshot: Callable[[str], None]) -> None:
    page.goto("/")
    page.get_by_role("link", name="Reference of parts").click()
    article = page.locator("#optimizer-adam")
    expect(article.locator("pre")).to_contain_text("t counts from 1")
    page.fill("[data-parts-filter]", "adam corr")
    expect(page.locator("#optimizer-adam_uncorrected")).to_be_visible()
    expect(page.locator("#optimizer-sgd")).to_be_hidden()
    expect(page.locator("#network")).to_be_hidden()
    screenshot("parts-filtered")
    page.fill("[data-parts-filter]", "nothing like this")
    expect(page.get_by_text("No part has all of these words.")).to_be_visible()
    page.evaluate("location.hash = 'optimizer-adam'")  # a link to what is hidden shows it
    expect(article).to_be_in_viewport()
    article.get_by_role("link", name="Use it").click()
    page.wait_for_url("**/experiments/new?part=optimizer-adam")
    expect(page.locator("[name='optimizer.beta1']")).to_have_value("0.9")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Reference of optimizer").click()
    expect(opened.value.locator("#optimizer-adam")).to_be_in_viewport()
