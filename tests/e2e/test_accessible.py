"""Every page can be used by everybody: axe-core finds nothing, and nothing is lost where a window is narrow."""

import csv
import os
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from werkzeug.exceptions import HTTPException

from tests.conftest import ROOT
from tests.e2e import axe, pictures
from tests.e2e.places import NO_PAGES, PLACES, Place
from tests.e2e.world import Browsing, World, furnish
from tests.stack import Stack
from webapp.store.database import open_sessions

# Both widths and both themes with two looks; with all four where ACCESS=long says so.
LOOKS = [("desktop", "light"), ("phone", "dark")]
if os.environ.get("ACCESS") == "long":
    LOOKS = [(size, theme) for size in pictures.SIZES for theme in pictures.THEMES]
NARROWEST = 320  # a window of 1280 pixels at 400%
WIDER = """() => {
    const clipped = (element) => element && (getComputedStyle(element).overflowX !== "visible" || clipped(element.parentElement));
    return [...document.querySelectorAll("main *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !clipped(element.parentElement))
        .slice(0, 3).map(({ outerHTML }) => outerHTML.slice(0, 120));
}"""
SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture(autouse=True)
def _free_workers() -> None:
    """What trains is for all of the tests here, not for one."""


@pytest.fixture(scope="module")
def people(browser: Browser, stack: Stack) -> Iterator[dict[str, Browsing]]:
    """Somebody of each kind, by the words of ``Place.who``."""
    made = {
        "administrator": Browsing(browser, stack.url, "keeper"),
        "newcomer": Browsing(browser, stack.url, "newcomer"),
        "stranger": Browsing(browser, stack.url),
    }
    yield made
    for person in made.values():
        person.context.close()


@pytest.fixture(scope="module")
def world(people: dict[str, Browsing], stack: Stack) -> World:
    """What there is to see."""
    return furnish(people["administrator"], open_sessions(f"sqlite:///{stack.var / 'descent.sqlite3'}"))


def endpoint_of(app: Flask, path: str) -> str:
    """Of an address that may name numbers; empty where no route answers."""
    plain = path.split("?")[0].split("#")[0]
    for name in World.__dataclass_fields__:
        plain = plain.replace("{" + name + "}", "1")
    try:
        return str(app.url_map.bind("").match(plain)[0])
    except HTTPException:
        return ""


def test_every_page_is_looked_at_or_excused(app: Flask) -> None:
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    looked_at = {endpoint_of(app, place.path) for place in PLACES} - {""}
    excused = {name for name in shown if name in NO_PAGES or name.split(".")[0] in NO_PAGES}
    assert sorted(shown - looked_at - excused) == [], "enter these in tests/e2e/places.py"
    known = shown | {name.split(".")[0] for name in shown}
    assert sorted(set(NO_PAGES) - known) == [], "no such route any more"


def look(page: Page, place: Place) -> list[str]:
    """What is wrong with it as it is now: all rules, then those that another width or theme may break."""
    found = []
    for size, theme in LOOKS:
        width, height = pictures.SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(pictures.THEMED, theme)
        page.evaluate(SETTLED)
        if place.within:
            page.locator(place.within).first.evaluate("part => part.scrollIntoView()")
        if pictures.WANTED:
            path = ROOT / "test-artifacts" / "accessible" / f"{place.name}-{size}-{theme}.jpg"
            page.screenshot(path=path, type="jpeg", quality=70)
        rules = None if (size, theme) == LOOKS[0] else axe.OF_WIDTHS_AND_COLOURS
        found += [f"{size}, {theme}: {line}" for line in axe.complaints(page, place.within, rules)]
    page.set_viewport_size({"width": NARROWEST, "height": 600})
    if not pictures.fits(page):
        wider = page.evaluate(pictures.TOO_WIDE)
        found.append(f"{wider} pixels wider than a window of {NARROWEST}: {page.evaluate(WIDER)}")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
def test_axe_finds_nothing(people: dict[str, Browsing], world: World, place: Place) -> None:
    page = people[place.who].page
    page.set_viewport_size({"width": 1280, "height": 900})  # whatever became of the one before
    page.goto("about:blank")  # an address that differs by its hash alone would not be loaded
    page.goto(world.address(place.path))
    place.reach(page)
    assert look(page, place) == []


def open_table(page: Page, figure: Locator) -> list[list[str]]:
    """The table behind a chart: opened by keyboard, read, and closed, so that the focus is where it was."""
    button = figure.locator("[data-as-table]")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#chart-table[open]")
    expect(dialog.locator("#chart-table-note")).to_contain_text("row")
    rows: list[list[str]] = dialog.locator("table").evaluate(
        "({rows}) => [...rows].map(({cells}) => [...cells].map((cell) => cell.textContent))"
    )
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    return rows


def test_each_chart_has_a_table_behind_it_and_says_in_words_what_is_seen(
    people: dict[str, Browsing], world: World
) -> None:
    page = people["administrator"].page
    counted = 0
    for tab in ("curves", "update-ratios", "activations", "errors"):
        page.goto("about:blank")
        page.goto(world.address(f"/experiments/{{ended}}#{tab}"))
        page.locator(f"#pane-{tab} .main-svg").first.wait_for()
        for figure in page.locator(f"#pane-{tab} figure:visible").all():
            figure.scroll_into_view_if_needed()
            picture = figure.locator("[role=img]").first
            if figure.locator("[data-empty]:visible").count():
                continue
            expect(picture).to_have_attribute("aria-label", re.compile("(steps|right|of) "))
            assert len(open_table(page, figure)) > 1, picture.get_attribute("aria-label")
            counted += 1
    assert counted > 8


def test_the_table_of_a_chart_has_the_points_that_were_logged(people: dict[str, Browsing], world: World) -> None:
    page = people["administrator"].page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(world.address("/experiments/{ended}"))
    figure = page.locator("[data-chart=loss]")
    figure.locator(".main-svg").first.wait_for()
    head, lowest, _, last, *rows = open_table(page, figure)
    assert head[:4] == ["Step", "Epoch", "train/loss", "validation/loss"]
    text = page.request.get(f"/api/v1/trials/{world.trial}/curves?format=csv&keys=train/loss").text()
    logged = {row["step"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}
    shown = {row[0].replace(",", ""): float(row[2]) for row in rows if row[2]}
    assert shown == {step: pytest.approx(value, rel=1e-3) for step, value in logged.items()}
    least = min(logged, key=lambda step: logged[step])
    assert lowest[2].endswith(f"at step {int(least):,}")
    assert last[2].endswith(f"at step {int(list(logged)[-1]):,}")
    words = re.compile(re.escape(f"train/loss: last {last[2].split(' ')[0]}, lowest {lowest[2]}"))
    expect(figure.locator("[role=img]")).to_have_attribute("aria-label", words)
