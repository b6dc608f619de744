"""Pinned charts and saved layouts, final values beside a baseline, and pictures over time, as a person uses them."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_main_job import state_is, wait_for_first_point
from tests.waiting import wait_until

DIGITS: dict[str, Any] = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 3}
PINNED = "[data-pinned-charts] [data-chart-title]"
CATCH_COPIES = """() => {
    window.copied = [];
    navigator.clipboard.writeText = (text) => { window.copied.push(text); return Promise.resolve(); };
}"""


def start(page: Page, title: str, **spec: Any) -> str:
    """Submit by the API, as the person who is logged in; the address of the experiment's page."""
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    answer = page.request.post(
        "/api/v1/experiments", data={"title": title, "spec": {**DIGITS, **spec}}, headers={"X-CSRFToken": token}
    )
    assert answer.status == 201, answer.text()
    return str(answer.json()["url"])


def number_of(url: str) -> str:
    return url.rsplit("/", 1)[1]


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop").click()
    page.locator("[data-confirm-yes]").click()
    state_is(page, "cancelled")


def toggle(page: Page, box: str) -> None:
    """Tick a box of the toolbar, or take its tick away, wherever it stands."""
    page.locator(box).dispatch_event("click")


def pin(page: Page, chart: str) -> Locator:
    return page.locator(f"[data-chart='{chart}'] [data-pin]")


def in_menu(page: Page, what: str) -> None:
    page.locator("[data-layouts] .dropdown-toggle").click()
    page.locator("[data-layouts] .dropdown-menu").get_by_role("button", name=what).click()


def name_it(page: Page, name: str) -> None:
    page.locator("#layout-new-name").fill(name)
    page.keyboard.press("Enter")


def layout_name(page: Page) -> Locator:
    return page.locator("[data-layout=name]")


def saved(page: Page) -> list[dict[str, Any]]:
    return list(page.request.get("/api/v1/layouts").json()["layouts"])


def test_charts_are_pinned_by_keyboard_and_stand_first_on_every_experiment(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    first, second = start(page, "First"), start(page, "Second")
    page.goto(first)
    expect(page.locator("[data-pinned]")).to_be_hidden()
    pin(page, "lr").press("Enter")
    expect(pin(page, "lr")).to_be_focused()
    expect(pin(page, "lr")).to_have_attribute("aria-pressed", "true")
    page.click("[data-tab=update-ratios]")
    with page.expect_response("**/api/v1/layouts/*"):
        pin(page, "update-ratios").press("Space")
    page.goto(second)
    expect(page.locator(PINNED)).to_have_text(["Learning rate", re.compile("Update ratio")])
    expect(page.locator("[data-pinned] .js-plotly-plot")).to_have_count(2)
    screenshot("experiment-pinned")

    with page.expect_response("**/api/v1/layouts/*"):
        page.get_by_role("button", name="Move Learning rate later").press("Enter")
    page.reload()
    expect(page.locator(PINNED)).to_have_text([re.compile("Update ratio"), "Learning rate"])
    with page.expect_response("**/api/v1/layouts/*"):
        pin(page, "update-ratios").click()
    expect(page.locator("#pane-update-ratios [data-chart=update-ratios]")).to_have_count(1)
    page.reload()
    expect(page.locator(PINNED)).to_have_text(["Learning rate"])


def test_what_is_pinned_in_a_comparison_is_pinned_on_the_pages_of_experiments(page: Page, person: str) -> None:
    first, second = start(page, "First"), start(page, "Second")
    page.goto(f"/compare?ids={number_of(first)},{number_of(second)}")
    with page.expect_response("**/api/v1/layouts"):
        pin(page, "validation/loss").click()
    with page.expect_response("**/api/v1/layouts/*"):
        pin(page, "train/loss").click()
    expect(page.locator(PINNED)).to_have_text(["Validation loss", "Training loss"])
    page.goto(first)
    expect(page.locator(PINNED)).to_have_text(["Loss"])  # validation/loss has no chart of its own here


def test_charts_that_are_pinned_quickly_one_after_the_other_are_all_kept(page: Page, person: str) -> None:
    page.goto(start(page, "Quick"))
    page.evaluate(
        "for (const name of ['lr', 'gap', 'loss']) document.querySelector(`[data-chart=${name}] [data-pin]`).click()"
    )
    wanted = ["lr", "gap/loss", "train/loss"]
    wait_until(lambda: [layout["pins"] for layout in saved(page)] == [wanted], "all three pins")


def test_a_pin_that_the_server_refuses_is_taken_back_and_says_why(page: Page, person: str) -> None:
    page.goto(start(page, "Too many"))
    token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
    full = {"name": "Full", "pins": [f"key{number}" for number in range(50)]}
    page.request.post("/api/v1/layouts", data=full, headers={"X-CSRFToken": token})
    page.reload()
    pin(page, "loss").click()
    expect(page.locator("[data-layout=hint]")).to_have_text("At most 50 charts can be pinned; these are 51.")
    expect(pin(page, "loss")).to_have_attribute("aria-pressed", "false")


def test_nothing_jumps_when_a_page_opens_with_pinned_charts(page: Page, person: str) -> None:
    page.goto(start(page, "Quiet"))
    state_is(page, "completed")
    for chart in ("gap", "lr"):
        with page.expect_response(re.compile("/api/v1/layouts")):
            pin(page, chart).click()
    page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
            .observe({ type: "layout-shift", buffered: true });"""
    )
    page.reload()
    expect(page.locator(PINNED)).to_have_count(2)
    wait_for_first_point(page)
    assert page.evaluate("window.shifts.reduce((sum, shift) => sum + shift, 0)") < 0.1


def test_a_layout_is_saved_chosen_renamed_and_deleted_and_deletion_is_undone(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    page.goto(start(page, "Layouts"))
    pin(page, "loss").click()
    expect(layout_name(page)).to_have_text(": My layout")
    page.locator("#x-axis").select_option("epoch")
    toggle(page, "#log-y")
    page.locator("[data-layouts] .dropdown-toggle").click()
    page.locator("label[for=layout-columns-1]").click()
    screenshot("layout-menu")
    page.keyboard.press("Escape")
    in_menu(page, "Save as a new layout")
    name_it(page, "My layout")
    expect(page.locator("[data-layout=problem]")).to_have_text("You already have a layout called “My layout”.")
    name_it(page, "Overfitting")
    expect(layout_name(page)).to_have_text(": Overfitting")
    with page.expect_response("**/api/v1/layouts/*"):
        pin(page, "gap").click()

    in_menu(page, "My layout")
    expect(page.locator(PINNED)).to_have_text(["Loss"])
    page.locator("#x-axis").select_option("step")
    toggle(page, "#log-y")
    in_menu(page, "Overfitting")
    expect(page.locator(PINNED)).to_have_text(["Loss", "Train/validation gap"])
    expect(page.locator("#x-axis")).to_have_value("epoch")
    expect(page.locator("#log-y")).to_be_checked()

    in_menu(page, "Rename")
    name_it(page, "Gaps")
    expect(layout_name(page)).to_have_text(": Gaps")
    in_menu(page, "Delete")
    expect(page.locator("[data-layout=hint]")).to_have_text("“Gaps” is deleted.")
    expect(layout_name(page)).to_have_text(": My layout")
    assert [layout["name"] for layout in saved(page)] == ["My layout"]
    page.locator("[data-layout=undo]").click()
    expect(layout_name(page)).to_have_text(": Gaps")
    (_, again) = saved(page)
    assert (again["pins"], again["columns"], again["toolbar"]["x"]) == (["train/loss", "gap/loss"], 1, "epoch")


def test_a_new_tab_opens_with_the_default_layout(page: Page, person: str) -> None:
    url = start(page, "Default")
    page.goto(url)
    pin(page, "loss").click()
    page.locator("#x-axis").select_option("epoch")
    in_menu(page, "Save as a new layout")
    name_it(page, "By epoch")
    expect(layout_name(page)).to_have_text(": By epoch")
    in_menu(page, "Open pages with it")
    expect(page.locator("[data-layout=hint]")).to_have_text("Pages open with “By epoch”.")
    page.locator("#x-axis").select_option("step")
    tab = page.context.new_page()
    tab.goto(url)
    expect(layout_name(tab)).to_have_text(": By epoch")
    expect(tab.locator("#x-axis")).to_have_value("epoch")
    expect(tab.locator(PINNED)).to_have_text(["Loss"])
    tab.reload()
    expect(tab.locator("#x-axis")).to_have_value("epoch")
    tab.locator("#x-axis").select_option("time")
    tab.reload()
    expect(tab.locator("#x-axis")).to_have_value("time")


def test_final_values_differ_from_a_baseline_that_a_link_keeps(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    good = start(page, "Good", trials=2)
    poor = start(page, "Poor", optimizer={"kind": "sgd", "lr": 1e-5})
    for url in (f"{good}?trial=2", poor):
        page.goto(url)
        state_is(page, "completed")
    ids = f"{number_of(good)},{number_of(poor)}"
    page.goto(f"/compare?ids={ids}")
    wait_for_first_point(page)
    row = page.locator(f"[data-row='{number_of(poor)}']")
    expect(page.locator(".delta")).to_have_count(0)
    page.locator(f"[data-row='{number_of(good)}'] [data-baseline]").click()
    expect(page).to_have_url(re.compile(f"baseline={number_of(good)}"))
    accuracy, loss = row.locator("td").nth(0).locator(".delta"), row.locator("td").nth(2).locator(".delta")
    expect(accuracy).to_have_text(re.compile(r"^▼ −[\d.]+ pts, −[\d.]+% worse$"))
    expect(loss).to_have_text(re.compile(r"^▲ \+[\d.]+, \+[\d.]+% worse$"))
    duration = row.locator("td[data-delta]").nth(-2).locator(".delta")
    expect(duration).to_have_text(re.compile(r"^[▲▼] [+−][\d.]+ (s|min), [+−][\d.]+% $"))
    expect(page.locator(f"[data-row='{number_of(good)}'] .deviation").first).to_contain_text("±")
    toggle(page, "#log-x")  # other settings of the address leave the baseline in it
    page.reload()
    expect(accuracy).to_be_visible()
    screenshot("compare-baseline")

    page.get_by_role("button", name="Best val. loss").click()
    expect(page.locator("[data-summary] tbody tr [data-name]")).to_have_text(["Good", "Poor"])
    page.get_by_role("button", name="Best val. loss").click()
    expect(page.locator("[data-summary] tbody tr [data-name]")).to_have_text(["Poor", "Good"])
    page.evaluate(CATCH_COPIES)
    page.get_by_role("button", name="Copy CSV").click()
    page.get_by_role("button", name="Copy Markdown").click()
    as_csv, as_markdown = page.evaluate("window.copied")
    poor_row, good_row = list(csv.DictReader(io.StringIO(as_csv)))
    difference = float(poor_row["Last val. accuracy"]) - float(good_row["Last val. accuracy"])
    assert float(poor_row["Last val. accuracy (difference)"]) == difference
    assert as_markdown.splitlines()[2].startswith("| Poor |")
    assert len({line.count("|") for line in as_markdown.splitlines()}) == 1


def test_final_values_and_their_differences_follow_an_experiment_that_trains(page: Page, person: str) -> None:
    ended = start(page, "Ended")
    page.goto(ended)
    state_is(page, "completed")
    running = start(page, "Running", epochs=20_000, trials=1)
    page.goto(f"/compare?ids={number_of(ended)},{number_of(running)}&baseline={number_of(ended)}")
    row = page.locator(f"[data-row='{number_of(running)}']")
    expect(row.locator("[data-state-badge]")).to_have_text("running")
    loss = row.locator("td").nth(3)
    expect(loss.locator(".delta-better")).to_contain_text("▼ −")
    before = loss.locator("[data-shown]").inner_text()
    expect(loss.locator("[data-shown]")).not_to_have_text(before)
    page.goto(running)
    stop(page)


def test_the_trials_of_an_experiment_stand_side_by_side_with_their_mean(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    url = start(page, "Three seeds", trials=3)
    page.goto(f"{url}?trial=3")
    state_is(page, "completed")
    page.click("[data-tab=trials]")
    expect(page.locator("#pane-trials tbody tr")).to_have_count(3)
    expect(page.locator("#pane-trials tfoot .deviation").first).to_contain_text("±")
    page.locator("#pane-trials [data-baseline='2']").press("Enter")
    expect(page.locator("#pane-trials [data-row='1'] .delta").first).to_be_visible()
    page.reload()
    expect(page.locator("#pane-trials [data-row='2']")).to_have_class(re.compile("baseline"))
    expect(page.locator("#pane-trials [data-row='3'] .delta").first).to_be_visible()
    screenshot("experiment-trials")


def test_pictures_are_played_and_moved_through_by_keys(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    page.goto(start(page, "Pictures", monitor={"pictures_every_epochs": 1}, epochs=5))
    state_is(page, "completed")
    page.click("[data-tab=filters]")
    count, stage = page.locator("[data-filters=count]"), page.locator("[data-player=stage]")
    expect(count).to_have_text("6 of 6")
    expect(page.locator("[data-filters=label]")).to_contain_text("epoch 5")
    stage.press("Home")
    expect(count).to_have_text("1 of 6")
    expect(page.locator("[data-filters=label]")).to_contain_text("epoch 0")
    stage.press("ArrowRight")
    expect(count).to_have_text("2 of 6")
    page.locator("[data-player=slider]").press("ArrowRight")
    expect(count).to_have_text("3 of 6")
    expect(page.locator("[data-player=latest]")).to_have_attribute("aria-pressed", "false")
    screenshot("pictures-over-time")

    page.select_option("[data-player=speed]", "20")
    stage.press("Space")
    expect(count).to_have_text("6 of 6")
    expect(page.locator("[data-player=play]")).to_have_text("Play")
    page.locator("[data-player=loop]").check()
    page.locator("[data-player=play]").click()
    expect(count).to_have_text("2 of 6")
    expect(page.locator("[data-player=play]")).to_have_text("Pause")
    page.locator("[data-player=play]").click()
    page.locator("[data-player=latest]").click()
    expect(count).to_have_text("6 of 6")


def test_the_latest_picture_is_followed_until_an_earlier_one_is_looked_at(page: Page, person: str) -> None:
    page.goto(start(page, "Growing", monitor={"pictures_every_epochs": 20}, epochs=20_000))
    wait_for_first_point(page)
    page.click("[data-tab=filters]")
    count, stage = page.locator("[data-filters=count]"), page.locator("[data-player=stage]")
    expect(count).to_have_text(re.compile(r"^([3-9]|\d\d+) of \1$"))
    stage.press("Home")
    expect(count).to_have_text(re.compile(r"^1 of "))
    seen = count.inner_text()
    expect(count).not_to_have_text(seen)
    expect(count).to_have_text(re.compile(r"^1 of "))
    stage.press("End")
    expect(count).to_have_text(re.compile(r"^(\d+) of \1$"))
    stop(page)
