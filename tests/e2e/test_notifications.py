"""Two people at once: what one does rings the other's bell."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PASSWORD
from tests.stack import Stack

pytestmark = pytest.mark.e2e


@pytest.fixture
def other(browser: Browser, stack: Stack) -> Iterator[Page]:
    """Somebody else, in a browser of their own."""
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    name = f"other{os.urandom(3).hex()}"
    page.goto("/register")
    for field, value in (("username", name), ("email", f"{name}@example.com"), ("password", PASSWORD)):
        page.fill(f"#{field}", value)
    page.click("#submit")
    page.wait_for_url("**/")
    yield page
    context.close()


@pytest.fixture
def received() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Where a program listens, and what it got."""
    got: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Thank you")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got
    server.shutdown()
    server.server_close()


def ask(page: Page, method: str, path: str, body: object) -> dict[str, object]:
    """A request to the API by the page's session."""
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = page.request.fetch(f"/api/v1{path}", method=method, data=body, headers={"X-CSRFToken": token})
    assert answer.ok, answer.text()
    made: dict[str, object] = answer.json()
    return made


def test_a_bell_rings_on_anothers_page_and_leads_to_the_place(
    page: Page,
    person: str,
    other: Page,
    received: tuple[str, list[dict[str, object]]],
    screenshot: Callable[[str], None],
) -> None:
    spec = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 1}
    mine = ask(page, "POST", "/experiments", {"title": "Digits", "spec": spec})
    bell = page.locator("[data-bell-count]")
    expect(bell).to_have_text("1")  # its trial is completed
    ask(other, "POST", f"/experiments/{mine['id']}/comments", {"body": f"How did you do that, @{person}?"})
    expect(bell).to_have_text("2")
    expect(page.locator("[data-bell-words]")).to_have_text("2 unread")

    page.locator("[data-bell]").click()
    lines = page.locator("#notifications li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("mentioned you in “Digits”")
    ask(other, "POST", f"/experiments/{mine['id']}/comments", {"body": "I see now."})
    expect(lines).to_have_count(3)  # the list is live as well
    expect(lines.first).to_contain_text("commented on “Digits”")
    screenshot("notifications")
    lines.last.get_by_role("button").press("Enter")
    expect(lines.last.get_by_role("button")).to_have_text("Mark as unread")
    expect(bell).to_have_text("2")
    lines.nth(1).get_by_role("link").click()
    page.wait_for_url(re.compile(r"/experiments/\d+#comment-\d+"))
    expect(bell).to_have_text("1")
    page.goto("/notifications")
    page.get_by_role("button", name="Mark all as read").click()
    expect(bell).to_be_hidden()
    page.get_by_role("link", name="Unread", exact=True).click()
    expect(page.locator("#notifications")).to_contain_text("Nothing unread")

    page.get_by_role("link", name="Choose what you get").click()
    box = page.get_by_label("A comment on my experiment, or in a thread that I wrote in: page")
    box.uncheck()
    page.select_option("#rhythm", "daily")
    page.select_option("#hour", "18")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. This is how you are told")).to_be_visible()
    expect(box).not_to_be_checked()
    expect(page.locator("#hour")).to_have_value("18")

    url, got = received
    page.fill("#url", url)
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator("#new-secret")).to_contain_text("whsec_")
    page.get_by_role("button", name="Send test").click()
    row = page.locator("#deliveries li")
    expect(row.first).to_contain_text("delivered")  # by itself
    assert [message["kind"] for message in got] == ["test"]
    row.first.get_by_role("button", name="Redeliver").click()
    expect(row.first).to_contain_text("delivered")
    row.first.locator("summary").click()
    screenshot("webhook")
    page.goto("/account/notifications")
    screenshot("notification-settings")

    page.goto(f"/experiments/{mine['id']}")
    page.get_by_role("button", name="Watch", exact=True).click()
    page.get_by_role("button", name="Notify: nothing").click()
    expect(page.get_by_role("button", name="Muted")).to_be_visible()
