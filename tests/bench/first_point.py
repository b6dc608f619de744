"""From pressing “Start training” to the first point on the chart, in a real browser on the real stack."""

import os
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.table import Table
from tests.e2e.conftest import FLAGS, PASSWORD
from tests.services import browser_binary
from tests.stack import Stack

ROUNDS = 8


def measure() -> Table:
    """Softmax on digits, submitted again and again."""
    table = Table("From submit to the first point on the chart (digits)", "s")
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "var").start()
        try:
            taken = submit_and_wait(stack)
        finally:
            stack.stop()
    table.add("the first time, the browser's cache empty but for the form's page", taken[:1])
    table.add("after that", taken[1:])
    return table


def submit_and_wait(stack: Stack) -> list[float]:
    """Seconds of each round, by the browser's own clock."""
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_binary(as_people_have_it=True), args=FLAGS)
        page = browser.new_context(base_url=stack.url).new_page()
        log_in(page)
        time.sleep(5)  # the worker's children warm up after the address answers
        for _ in range(ROUNDS):
            page.goto("/experiments/new?recipe=softmax-digits")
            page.wait_for_timeout(1500)
            start = page.evaluate("performance.timeOrigin + performance.now()")
            page.click("#start")
            page.wait_for_selector("html[data-first-point]", state="attached")
            end = page.evaluate("performance.timeOrigin + Number(document.documentElement.dataset.firstPoint)")
            taken.append((end - start) / 1000)
            page.wait_for_timeout(800)
        browser.close()
    return taken


def log_in(page: Page) -> None:
    """As somebody new."""
    name = f"user{os.urandom(4).hex()}"
    page.goto("/register")
    for field, value in (("username", name), ("email", f"{name}@example.com"), ("password", PASSWORD)):
        page.fill(f"#{field}", value)
    page.click("#submit")
    page.wait_for_url("**/")
