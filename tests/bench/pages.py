"""The first view of an experiment's page in a browser that has never seen Descent, on the real stack."""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.first_point import log_in
from tests.bench.table import Table
from tests.e2e.test_main_job import state_is, submit
from tests.e2e.test_page_weight import bytes_of_visit
from tests.services import FLAGS, browser_binary
from tests.stack import Stack

ROUNDS = 7


def measure() -> Table:
    """Bytes on the wire and seconds until the first chart is drawn, with an empty cache and a full one."""
    table = Table("An experiment's page: softmax on digits, ended", "")
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "var").start()
        try:
            cold, warm = visits(stack)
        finally:
            stack.stop()
    for words, rounds in (("empty cache", cold), ("full cache", warm)):
        table.add(f"{words}: KB over the wire", [size / 1000 for size, _ in rounds])
        table.add(f"{words}: seconds to the first chart", [seconds for _, seconds in rounds])
    return table


def visits(stack: Stack) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """(bytes, seconds) of first and of second visits."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_binary(as_people_have_it=True), args=FLAGS)
        page = browser.new_context(base_url=stack.url).new_page()
        log_in(page)
        submit(page, "softmax-digits", "Page")
        state_is(page, "completed")
        time.sleep(3)
        found = [visit_twice(browser, stack, page) for _ in range(ROUNDS)]
        browser.close()
    return [cold for cold, _ in found], [warm for _, warm in found]


def visit_twice(browser: Browser, stack: Stack, known: Page) -> tuple[tuple[int, float], tuple[int, float]]:
    """With an empty cache, and again."""
    context = browser.new_context(base_url=stack.url, storage_state=known.context.storage_state())
    page = context.new_page()
    taken = [(bytes_of_visit(page, known.url), first_chart(page)) for _ in range(2)]
    context.close()
    return taken[0], taken[1]


def first_chart(page: Page) -> float:
    """Seconds from the start of the navigation, by the browser's own clock."""
    return float(page.evaluate("Number(document.documentElement.dataset.firstPoint)")) / 1000
