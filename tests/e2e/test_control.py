"""Pausing, resuming, moving and stopping, as a person does it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_main_job import state_is, submit, wait_for_first_point


def press(page: Page, name: str) -> None:
    """A button of the head, after which the page is loaded anew."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_a_person_pauses_resumes_orders_and_stops_with_the_best_weights(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    submit(page, "softmax-digits", "To be paused", epochs="100000")
    wait_for_first_point(page)
    state_is(page, "running")
    press(page, "Pause")
    state_is(page, "paused")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()
    press(page, "Resume")
    state_is(page, "running")

    press(page, "Pause")
    state_is(page, "paused")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Queue and priority").click()
    page.select_option("#queue-priority", "high")
    with page.expect_navigation():
        page.locator("#queue-modal").get_by_role("button", name="Save").click()
    expect(page.locator("[data-head=place]")).to_have_text("queue cpu, high priority")
    screenshot("experiment-paused")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Queue and priority").click()
    expect(page.locator("#queue-modal")).to_have_class("modal fade show")
    screenshot("experiment-queue")
    page.locator("#queue-modal").get_by_role("button", name="Cancel").click()
    expect(page.locator("#queue-modal")).to_be_hidden()

    page.get_by_role("button", name="Other ways to end it").click()
    screenshot("experiment-ways-to-end")
    page.get_by_role("button", name="Stop and keep the best weights").click()
    with page.expect_navigation():
        page.locator("[data-confirm-yes]").click()
    state_is(page, "completed")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Best validation/accuracy").click()
    assert downloaded.value.suggested_filename.endswith(".safetensors")
    screenshot("experiment-weights")
