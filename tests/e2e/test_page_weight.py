"""What a first view of an experiment costs: bytes on the wire, and whether anything jumps."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.test_main_job import state_is, submit
from tests.stack import Stack

MOST_BYTES = 700_000
MOST_AGAIN = 60_000
OBSERVED = """
globalThis.shifts = [];
new PerformanceObserver((list) => globalThis.shifts.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def newcomer(page: Page, person: str, browser: Browser, stack: Stack) -> Iterator[Page]:
    """A browser that has never seen Descent, logged in, and the address of an experiment that has ended."""
    submit(page, "softmax-digits", "Weight of a page")
    state_is(page, "completed")
    context = browser.new_context(base_url=stack.url, storage_state=page.context.storage_state())
    context.add_init_script(OBSERVED)
    made = context.new_page()
    yield made
    context.close()


def bytes_of_visit(page: Page, address: str) -> int:
    """Everything that comes over the wire until the first chart is drawn, headers included; and a second longer."""
    session, counted = page.context.new_cdp_session(page), list[int]()
    session.on("Network.loadingFinished", lambda event: counted.append(event["encodedDataLength"]))
    session.send("Network.enable")
    page.goto(address)
    page.wait_for_selector("html[data-first-point]", state="attached")
    page.wait_for_timeout(1000)
    session.detach()
    return sum(counted)


def test_a_first_view_is_light_and_later_ones_come_from_the_cache(page: Page, newcomer: Page) -> None:
    first = bytes_of_visit(newcomer, page.url)
    again = bytes_of_visit(newcomer, page.url)
    assert 100_000 < first <= MOST_BYTES
    assert again <= MOST_AGAIN


def test_nothing_jumps_when_the_charts_fill(page: Page, newcomer: Page) -> None:
    newcomer.goto(page.url)
    newcomer.wait_for_selector("html[data-first-point]", state="attached")
    newcomer.wait_for_timeout(1000)
    shift = newcomer.evaluate("globalThis.shifts.reduce((sum, { value }) => sum + value, 0)")
    assert shift < 0.01
