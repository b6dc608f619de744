"""The errors tab, as a person uses it: the test part is kept until it is asked for, and then tells what was wrong."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_the_test_part_is_used_once_on_request(page: Page, person: str, screenshot: Callable[[str], None]) -> None:
    page.goto("/experiments/new")
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    spec = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 3, "test": "on_request"}
    answer = page.request.post(
        "/api/v1/experiments", data={"title": "Digits", "spec": spec}, headers={"X-CSRFToken": token}
    )
    page.goto(answer.json()["url"])
    expect(page.locator("[data-head=state]")).to_have_text("completed", timeout=60_000)
    page.click("[data-tab=errors]")
    button = page.get_by_role("button", name="Use the test part")
    expect(button).to_be_visible()
    screenshot("errors-on-request")
    button.click()
    expect(page.locator("#confirm-text")).to_contain_text("only once")
    page.locator("[data-confirm-yes]").click()

    expect(page.locator("[data-errors=summary]")).to_contain_text("179 examples", timeout=30_000)
    expect(page.locator("[data-stat='test/accuracy'] [data-main]")).to_contain_text("%")
    expect(page.locator("[data-errors=table] tbody tr")).to_have_count(10)
    tiles = page.locator(".mistakes li")
    expect(tiles.first).to_contain_text(re.compile(r"said \d \(.*%\), is \d"))
    expect(page.locator("[data-errors=plot] .heatmaplayer")).to_be_visible()
    screenshot("errors-classification")

    every = tiles.count()
    page.select_option("[data-errors=pair]", index=1)
    assert 0 < tiles.count() < every
    page.reload()
    expect(tiles).to_have_count(every)
    expect(page.get_by_role("button", name="Use the test part")).to_have_count(0)
