"""The search box and the table's columns, as a person uses them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

ROWS, TITLES = ".experiments-table tbody tr", ".experiments-table tbody .fw-semibold"
SUBMIT = """([title, optimizer, tags]) => fetch("/api/v1/experiments", {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrf-token]").content },
  body: JSON.stringify({ title, tags, spec: { data: { kind: "digits" }, network: { kind: "softmax" }, epochs: 1, optimizer } }),
}).then((answer) => answer.status)"""


@pytest.fixture
def table(page: Page, person: str) -> Page:
    """The table with three experiments of this person."""
    for title, kind, lr, tags in (
        ("Careful", "adam", 1e-3, ["slow"]),
        ("Bold", "adam", 1e-1, ["fast"]),
        ("Plain", "sgd", 1e-2, []),
    ):
        assert page.evaluate(SUBMIT, [title, {"kind": kind, "lr": lr}, tags]) == 201
    page.goto("/experiments?search=owner:me")
    return page


def test_a_search_is_completed_by_keyboard_alone(table: Page, screenshot: Callable[[str], None]) -> None:
    box, offers = table.get_by_role("combobox", name="Search"), table.locator("#search-offers [role=option]")
    box.fill("owner:me and ")
    box.press_sequentially("optimizer.k")
    expect(offers.first).to_contain_text("optimizer.kind")
    screenshot("search-offers")
    box.press("Tab")
    expect(offers.first).to_contain_text("=")
    box.press("ArrowDown")
    box.press("Enter")
    expect(offers.first).to_contain_text("adadelta")
    box.press_sequentially("ada")
    expect(offers).to_have_count(5)
    for _ in range(3):
        box.press("ArrowDown")
    chosen = box.get_attribute("aria-activedescendant")
    assert table.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    box.press("Enter")
    expect(box).to_have_value("owner:me and optimizer.kind = adam ")
    expect(table.locator(ROWS)).to_have_count(2)
    assert "optimizer.kind" in table.url
    box.press("Escape")
    expect(offers.first).to_be_hidden()


def test_a_mistake_is_shown_beside_the_box_and_the_table_stays(table: Page, screenshot: Callable[[str], None]) -> None:
    rows = table.locator(ROWS)
    expect(rows).to_have_count(3)
    box = table.get_by_role("combobox", name="Search")
    box.fill("optimiser.kind = adam")
    expect(table.locator("#search-problem")).to_contain_text("Did you mean optimizer.kind?")
    expect(table.locator("#search-problem mark")).to_have_text("optimiser.kind")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(rows).to_have_count(3)
    screenshot("search-problem")
    box.fill("optimizer.kind = sgd owner:me")
    expect(rows).to_have_count(1)
    expect(table.locator("#search-problem")).to_be_empty()


def test_columns_are_chosen_and_sorted_by(table: Page, screenshot: Callable[[str], None]) -> None:
    table.get_by_role("button", name="Columns").click()
    table.get_by_placeholder("Find a column").fill("optimizer.l")
    table.get_by_label("optimizer.lr").check()
    table.keyboard.press("Escape")
    table.get_by_role("link", name="optimizer.lr").click()
    expect(table.locator(TITLES)).to_have_text(["Careful", "Plain", "Bold"])
    table.get_by_role("link", name="optimizer.lr").click()
    expect(table.locator(TITLES)).to_have_text(["Bold", "Plain", "Careful"])
    screenshot("columns")
    table.fill("#search", "owner:me not tag:fast")
    expect(table.locator(TITLES)).to_have_text(["Plain", "Careful"])  # what was chosen stays


def test_what_does_not_match_is_said_with_a_way_back(table: Page, screenshot: Callable[[str], None]) -> None:
    table.goto("/experiments?search=optimizer.lr+>+5+and+owner:me")
    expect(table.get_by_text("Nothing matches")).to_be_visible()
    expect(table.locator("#experiments-table code")).to_have_text("optimizer.lr > 5 and owner:me")
    screenshot("search-nothing")
    table.get_by_role("link", name="Clear the search").click()
    expect(table.locator(ROWS).first).to_be_visible()


def test_the_language_is_explained_on_the_page(table: Page, screenshot: Callable[[str], None]) -> None:
    table.get_by_role("button", name="How to search").click()
    expect(table.get_by_role("dialog")).to_contain_text("val/ is short for validation/")
    screenshot("search-help")
    table.keyboard.press("Escape")
    expect(table.get_by_role("dialog")).to_be_hidden()
