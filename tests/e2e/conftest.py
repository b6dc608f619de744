"""The whole stack, and a real browser on it."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT
from tests.stack import Stack

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
PASSWORD = "correct horse battery"
PATIENCE_MS = 60_000  # a busy machine is no failure


def width_of(page: Page, image: str) -> int:
    """How many pixels wide a picture is, once it has come."""
    width = """selector => { const image = document.querySelector(selector);
        return image?.complete && image.naturalWidth; }"""
    found: int = page.wait_for_function(width, arg=image).json_value()
    return found


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Descent, as ``make run`` brings it up."""
    made = Stack(tmp_path_factory.mktemp("e2e") / "var", DESCENT_PRIVATE_WEBHOOKS="1").start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium: the system's, else Playwright's own."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    expect.set_options(timeout=PATIENCE_MS / 2)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def _free_workers(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test leaves training is stopped, so that a test that fails does not take the workers from all that follow."""
    yield
    if "stack" not in request.fixturenames:
        return
    with sqlite3.connect(request.getfixturevalue("stack").var / "descent.sqlite3", timeout=20) as database:
        database.execute("UPDATE trials SET request = 'stop' WHERE state = 'running'")
        database.execute("UPDATE trials SET state = 'cancelled' WHERE state = 'queued'")
    database.close()


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of a fresh browser; an error in its console, such as a breach of the content-security policy, fails the test."""
    errors: list[str] = []
    context = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    made.on("pageerror", lambda error: errors.append(str(error)))
    made.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield made
    seen = list(errors)  # closing the page breaks off what it still asks for
    context.close()
    # the web server is restarted under the page; a form is refused; a newer preview took the place of one on its way
    expected = ("net::ERR_", "422", "htmx:sendAbort")
    assert not [error for error in seen if not any(word in error for word in expected)]


@pytest.fixture
def person(page: Page) -> str:
    """Registers and logs in with a name that nobody has."""
    name = f"user{os.urandom(4).hex()}"
    page.goto("/register")
    page.fill("#username", name)
    page.fill("#email", f"{name}@example.com")
    page.fill("#password", PASSWORD)
    page.click("#submit")
    page.wait_for_url("**/")
    return name


@pytest.fixture
def screenshot(page: Page) -> Callable[[str], None]:
    """Keeps pictures of the page as it is now: desktop and phone, light and dark."""
    folder = ROOT / "test-artifacts" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        before = page.evaluate("document.documentElement.dataset.bsTheme")
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme in ("light", "dark"):
                page.evaluate(
                    f"document.documentElement.dataset.bsTheme = '{theme}'; document.dispatchEvent(new Event('theme-changed'))"
                )
                page.wait_for_timeout(150)
                page.screenshot(path=Path(folder / f"{name}-{size}-{theme}.png"), full_page=True)
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 1, f"{name} scrolls sideways at {size} width"
        page.evaluate(
            f"document.documentElement.dataset.bsTheme = '{before}'; document.dispatchEvent(new Event('theme-changed'))"
        )
        page.set_viewport_size({"width": 1280, "height": 900})

    return take
