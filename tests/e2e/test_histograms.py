"""Histograms on the page: chosen, drawn in both ways while it trains, and what is said where there are none."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_main_job import state_is, submit
from tests.waiting import wait_until

STEPS = "document.querySelector('[data-histogram=canvas]')?.data?.[0]?.x?.length ?? 0"
RIDGES = "document.querySelector('[data-histogram=canvas]').data.length"
ROOT = "[data-histograms]"


def test_histograms_are_drawn_and_grow_while_it_trains(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    submit(page, "spirals", "Histograms", epochs="600")
    page.click("[data-tab=activations]")
    page.locator(ROOT).scroll_into_view_if_needed()
    wait_until(lambda: page.evaluate(STEPS) > 2, "some columns")
    before = page.evaluate(STEPS)
    wait_until(lambda: page.evaluate(STEPS) > before, "more columns")
    keys = page.locator("[data-histogram=key] option")
    assert keys.evaluate_all("options => new Set(options.map(({ value }) => value.split('/')[0])).size") == 3
    page.select_option("[data-histogram=key]", keys.last.get_attribute("value"))
    expect(page.locator("[data-histogram=note]")).to_contain_text("steps, from 1 to")
    state_is(page, "completed")
    page.wait_for_timeout(1500)
    screenshot("experiment-histograms")
    page.get_by_text("Ridgelines", exact=True).click()
    wait_until(lambda: page.evaluate(RIDGES) == 24, "the ridges")
    screenshot("experiment-ridgelines")


def test_a_trial_without_histograms_says_how_to_have_them(page: Page, person: str) -> None:
    submit(page, "softmax-digits", "No histograms", monitor__histograms_every_epochs="0")
    state_is(page, "completed")
    page.click("[data-tab=activations]")
    page.locator(ROOT).scroll_into_view_if_needed()
    expect(page.locator("[data-histogram=empty]")).to_contain_text("Histograms every")
    expect(page.locator("[data-histogram=controls]")).to_be_hidden()
