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
    press_a_mistake(page)
    expect(page.locator("[data-errors=pair]")).not_to_have_value("")
    page.reload()
    expect(tiles).to_have_count(every)
    expect(page.get_by_role("button", name="Use the test part")).to_have_count(0)


def press_a_mistake(page: Page) -> None:
    """Click the cell of the most confident mistake in the confusion matrix."""
    page.select_option("[data-errors=pair]", index=0)
    address = page.locator("[data-report]").get_attribute("data-report") or ""
    worst = page.request.get(address).json()["worst"][0]
    page.locator("[data-errors=plot]").scroll_into_view_if_needed()
    box = page.locator("[data-errors=plot] .heatmaplayer").bounding_box()
    assert box is not None
    x = box["x"] + box["width"] * (worst["said"] + 0.5) / 10
    y = box["y"] + box["height"] * (worst["truly"] + 0.5) / 10
    page.mouse.move(x - 3, y)
    page.mouse.click(x, y)
