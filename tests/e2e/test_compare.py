"""Comparing as a person does it: groups, ranges on axes, a scatter, filters at one moment, and a comparison that another one opens."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.conftest import ROOT
from tests.e2e.conftest import PASSWORD
from tests.e2e.test_main_job import wait_for_first_point
from tests.stack import Stack
from tests.webapp.compare.making import sweep
from webapp.models import User
from webapp.modules import bundle
from webapp.settings import Settings
from webapp.store.database import open_sessions
from webapp.store.storage import storage_of


def swept(stack: Stack, username: str, count: int) -> list[int]:
    """The ids of a person's experiments, which are over."""
    settings = Settings(DESCENT_VAR=stack.var)
    with open_sessions(settings.database)() as session:
        owner = session.scalars(select(User).where(User.username == username)).one()
        return [made.id for made in sweep(session, owner, count, 2, storage_of(settings))]


def test_experiments_are_compared_and_the_comparison_is_opened_by_another_person(
    page: Page, person: str, browser: Browser, stack: Stack, screenshot: Callable[[str], None]
) -> None:
    ids = swept(stack, person, 50)
    page.goto(f"/compare?ids={','.join(map(str, ids))}")
    wait_for_first_point(page)
    expect(page.locator("#group-by")).to_have_value("experiment")
    screenshot("compare-50")
    page.goto(f"/compare?ids={ids[0]},{ids[1]}")
    wait_for_first_point(page)
    screenshot("compare-2")
    page.goto(f"/compare?ids={','.join(map(str, ids[:6]))}")
    wait_for_first_point(page)
    page.select_option("#group-by", "optimizer.kind")
    legend = page.locator("[data-chart='train/loss'] .legend-item span")
    expect(legend).to_have_text([f"{kind} (4 trials, 2 experiments)" for kind in ("sgd", "momentum", "adam")])
    screenshot("compare-6-grouped")

    page.get_by_role("tab", name="Differences").click()
    equal = page.locator("[data-equal]").filter(has_text="epochs").first
    expect(equal).to_be_hidden()
    page.check("#show-equal")
    expect(equal).to_be_visible()
    page.locator(f"[data-row='{ids[1]}'] [data-baseline]").click()
    kinds = page.locator("tr", has_text="optimizer.kind").locator("td")
    expect(kinds.nth(1)).not_to_have_class(re.compile("differs"))
    expect(kinds.nth(0)).to_have_text("sgd (differs)")

    page.locator("[data-summary] [data-sort]", has_text="Duration").click()
    choose_by_ranges(page)
    screenshot("compare-parallel")
    page.get_by_label("Colour").first.select_option("One colour")
    page.reload()
    expect(page.locator("#pane-parallel [data-parallel=colour]")).to_have_value("none")
    look_at_a_scatter(page, ids[0])
    move_through_filters(page)
    screenshot("compare-filters")

    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Save under the name").fill("Which optimizer?")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/compare/saved/"))
    expect(page.get_by_role("tab", name="Filters")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#pane-filters [data-filters=label]")).to_have_text("step 50")
    page.get_by_role("tab", name="Notes").click()
    page.get_by_label("What do these experiments show together?").fill("**Adam** is slow here.")
    page.get_by_role("button", name="Save the notes").click()
    expect(page.locator("#pane-notes strong")).to_have_text("Adam")
    screenshot("compare-saved")
    open_as_another(browser, stack, page.url.partition("?")[0])
    page.goto("/compare")
    screenshot("compare-choose")
    page.get_by_role("button", name="Delete Which optimizer?").click()
    page.locator("[data-confirm-yes]").click()
    expect(page.get_by_text("its experiments are still there")).to_be_visible()


def choose_by_ranges(page: Page) -> None:
    """By the keyboard, and by pulling along an axis."""
    page.get_by_role("tab", name="Parallel coordinates").click()
    status, rows = page.locator("[data-parallel=status]"), page.locator("[data-parallel=table] tbody tr")
    lowest = page.get_by_role("slider", name="Best val. accuracy, lowest that is shown")
    for _ in range(6):
        lowest.press("PageUp")
    expect(lowest).to_be_focused()
    expect(lowest).to_have_attribute("aria-valuenow", "60")
    expect(status).to_have_text("3 of 6 experiments are within all ranges.")
    expect(rows).to_have_count(3)
    expect(page.locator(".parallel-out")).to_have_count(3)
    expect(page.get_by_role("link", name="Compare these 3")).to_be_visible()
    lowest.press("Escape")
    expect(status).to_have_text(re.compile("^All 6 experiments"))
    axis = page.locator("[data-axis='optimizer.kind']")
    axis.scroll_into_view_if_needed()
    box = axis.bounding_box()
    assert box
    page.mouse.move(box["x"] + 16, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 16, box["y"] + box["height"] * 0.3, steps=4)
    page.mouse.up()
    expect(status).to_have_text("2 of 6 experiments are within all ranges.")
    expect(page).to_have_url(re.compile("ranges=optimizer.kind"))


def look_at_a_scatter(page: Page, experiment: int) -> None:
    """Colours by a third field; a point says what it is, and opens its page."""
    page.get_by_role("tab", name="Scatter").click()
    page.select_option("#scatter-x", "optimizer.lr")
    page.select_option("#scatter-colour", "duration_s")
    expect(page.locator(".scatter-point")).to_have_count(6)
    expect(page.locator("[data-scatter=stage]")).to_contain_text("optimizer.lr (log)")
    point = page.locator(".scatter-point").first
    point.hover()
    expect(page.locator(".scatter-tip")).to_contain_text("sgd at 0.001, 16 wide")
    point.click()
    page.wait_for_url(f"**/experiments/{experiment}")
    page.go_back()
    page.goto(page.url.replace("scatter-x=optimizer.lr", "scatter-x=nothing.of.the.kind"))
    expect(page.locator(".scatter-point")).to_have_count(6)
    page.go_back()
    expect(page.get_by_role("tab", name="Scatter")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#scatter-colour")).to_have_value("duration_s")


def move_through_filters(page: Page) -> None:
    """The newest picture of each at or before one step."""
    page.get_by_role("tab", name="Filters").click()
    stage, label = page.locator("#pane-filters [data-player=stage]"), page.locator("#pane-filters [data-filters=label]")
    expect(label).to_have_text("step 300")
    stage.press("Home")
    stage.press("ArrowRight")
    expect(label).to_have_text("step 50")
    captions = page.locator("#pane-filters figcaption small")
    expect(captions.nth(0)).to_have_text("step 50 · epoch 0.5")
    expect(captions.nth(1)).to_have_text("step 0 · epoch 0")  # its next picture is of step 75
    expect(page).to_have_url(re.compile("moment=50"))


def open_as_another(browser: Browser, stack: Stack, address: str) -> None:
    """What somebody sees who was sent the address: the same, and nothing to change it with."""
    context = browser.new_context(base_url=stack.url)
    other = context.new_page()
    other.goto("/register")
    for name, value in (("username", "reader"), ("email", "reader@example.com"), ("password", PASSWORD)):
        other.fill(f"#{name}", value)
    other.click("#submit")
    other.wait_for_url("**/")
    other.goto(address)
    expect(other.get_by_role("heading", name="Which optimizer?")).to_be_visible()
    expect(other.locator("#pane-filters figure")).to_have_count(6)
    expect(other.locator("#group-by")).to_have_value("optimizer.kind")
    expect(other.locator("[data-summary] th[aria-sort]")).to_contain_text("Duration")
    expect(other.locator("#show-equal")).to_be_checked()
    other.get_by_role("tab", name="Notes").click()
    expect(other.locator("#pane-notes strong")).to_have_text("Adam")
    expect(other.get_by_role("button", name="Change")).to_have_count(0)
    context.close()


def made_by(browser: Browser, module: str, *others: str) -> Any:
    """What a module, which imports others of ours, leaves as ``made``."""
    sources = {name: (ROOT / "webapp/static/js" / name).read_text() for name in others}
    page = browser.new_page()
    page.set_content(f'<script data-run="page.js">{bundle({**sources, "app.js": "", "page.js": module})}</script>')
    made = page.evaluate("made")
    page.close()
    return made


def test_a_trial_that_ended_early_counts_as_far_as_it_went_and_cuts_no_mean_short(browser: Browser) -> None:
    module = """import { Curve } from "./curve.js";
import { meanCurve } from "./mean.js";
const mean = meanCurve([new Curve([1, 3], [5, 7], [0, 2]), new Curve([1, 2, 3, 4, 5], [1, 1, 1, 1, 9], [0, 1, 2, 3, 4])]);
globalThis.made = { ...mean, deviation: mean.deviation.map((value) => (Number.isNaN(value) ? null : value ** 2)) };
"""
    mean = made_by(browser, module, "curve.js", "mean.js")
    assert mean["steps"] == [1, 2, 3, 4, 5]
    assert mean["values"] == [3, 3.5, 4, 1, 9]
    assert [value and round(value, 9) for value in mean["deviation"]] == [8, 12.5, 18, None, None]


def test_a_mean_is_at_the_hours_and_epochs_of_the_trial_that_goes_furthest(browser: Browser) -> None:
    module = """import { AXES } from "./axes.js";
import { Curve } from "./curve.js";
import { GroupCurves } from "./group-curves.js";
import { Series } from "./series.js";
import { Trials } from "./trials.js";
const trials = new Trials(), group = { label: "a", experiments: [7, 8], trials: [1, 2, 3, 9] };
Object.assign(trials.get(2), { started_at: 0, steps_per_epoch: 2 }).curves.set("a", new Curve([1, 2], [1, 1], [1, 2]));
Object.assign(trials.get(3), { started_at: 3600, steps_per_epoch: 2 }).curves.set("a", new Curve([1, 2, 3], [1, 1, 1], [3601, 3602, 3603]));
const groups = new GroupCurves({ ids: [7, 8], points: 10, keys: () => ["a"], arrived: () => {}, failed: () => {} });
const sent = (trial) => ({ step: [1, 2], mean: [1, 1], deviation: [null, null], count: [1, 1], time: [3601, 3602], trial });
globalThis.fetch = async () => ({ ok: true, json: async () => ({ groups: [group, group], curves: { a: [sent(3), sent(9)] } }) });
groups.set("optimizer.kind");
const at = ({ curve, trial }) => ["time", "epoch"].map((axis) => AXES[axis].at(curve, trial, 1));
globalThis.made = groups.fetch(["a"]).then(() => [
  new Series(trials).mean([1, 2, 3], "a", {}),
  new Series(trials).mean([1, 2], "a", {}),
  ...groups.seriesOf("a", (id, all) => trials.factsOf(id, all)),
].map(at));
"""
    names = ("axes", "curve", "format", "group-curves", "mean", "palette", "series", "trials")
    made = made_by(browser, module, *(f"{name}.js" for name in names))
    not_followed = [1, 1]  # seconds since its own first point
    assert made == [[2, 1], [2, 1], [2, 1], not_followed]


def test_fifty_experiments_look_different_from_one_another(browser: Browser) -> None:
    module = 'import { look } from "./palette.js";\nglobalThis.made = Array.from({ length: 50 }, (_, place) => look(place));\n'
    looks = made_by(browser, module, "palette.js")
    assert len({(one["colour"], one["sign"], one["dash"]) for one in looks}) == 50
