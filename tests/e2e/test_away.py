"""What an open page says of a database that its trial's worker cannot reach."""

import time

import redis
from playwright.sync_api import Page, expect

from tests.stack import Stack
from webapp.settings import Settings
from webapp.store.live import publish
from webapp.supervisor.commands import socket_folder

LONG = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 100_000}


def test_an_open_page_says_that_the_database_is_away_and_when_it_is_back(page: Page, person: str, stack: Stack) -> None:
    page.goto("/experiments/new")
    headers = {"X-CSRFToken": page.locator("meta[name=csrf-token]").get_attribute("content") or ""}
    made = page.request.post("/api/v1/experiments", data={"title": "Long", "spec": LONG}, headers=headers).json()
    trial_id = made["trials"][0]["id"]
    page.goto(made["url"])
    expect(page.locator("[data-head=state]")).to_have_text("running", timeout=30_000)
    hint = page.locator("[data-live-hint]")
    with redis.Redis(unix_socket_path=str(socket_folder(Settings(DESCENT_VAR=stack.var)) / "redis.sock")) as client:
        facts = {"since": time.time(), "spooled_bytes": 3 * 2**20, "waits": False}
        publish(client, trial_id, "store", {"away": "database", **facts})
        expect(hint).to_contain_text("training goes on, and the curves catch up (3.0 MiB are spooled)")
        publish(client, trial_id, "store", {"away": None})
        expect(hint).to_be_hidden()
    page.request.post(f"/api/v1/trials/{trial_id}/actions", data={"action": "stop"}, headers=headers)
