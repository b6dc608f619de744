"""The whole stack, and a real browser on it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e import pictures
from tests.e2e.talking import talk, two_trials  # noqa: F401 - fixtures of those who talk
from tests.services import FLAGS, browser_binary
from tests.stack import Stack

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
    expect.set_options(timeout=PATIENCE_MS / 2)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser_binary(), args=FLAGS)
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
    # the web server is restarted under the page; a form is refused; a newer preview took the place of one on its way, which is
    # told twice (what else goes wrong with a request is told by another name besides)
    expected = ("net::ERR_", "409", "422", "htmx:sendAbort", "htmx:afterRequest")
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
    """Looks at the page as it is now, at both widths; keeps pictures where they are asked for."""
    return partial(pictures.look, page)
