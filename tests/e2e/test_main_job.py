"""The main job, as a person does it: register, submit, watch, stop, talk, compare."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.conftest import needs_data
from tests.e2e.conftest import PATIENCE_MS, width_of
from tests.stack import Stack

POINTS = "document.querySelector('[data-chart=loss] .js-plotly-plot')?.data?.[0]?.x?.length ?? 0"


def submit(page: Page, recipe: str, title: str, **fields: str) -> None:
    """Fill in the form from a recipe, with some fields changed, and start."""
    page.goto(f"/experiments/new?recipe={recipe}")
    page.fill("#title", title)
    for name, value in fields.items():
        page.locator(f"[name='{name.replace('__', '.')}']").fill(value)
    expect(page.locator(".layer-table tfoot")).to_be_visible()
    page.click("#start")
    page.wait_for_url("**/experiments/*")


def wait_for_first_point(page: Page) -> None:
    """Until something is drawn."""
    page.wait_for_selector("html[data-first-point]", state="attached")


def state_is(page: Page, state: str) -> None:
    """Until the page itself says so, without being loaded again."""
    expect(page.locator("[data-head=state]")).to_have_text(state, timeout=PATIENCE_MS)


def test_lenet5_on_real_mnist_from_registration_to_comparison(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    needs_data("mnist")
    screenshot("home-empty")
    submit(page, "lenet5-mnist", "LeNet-5 on a part of MNIST", data__train_size="6000", epochs="50")
    wait_for_first_point(page)
    state_is(page, "running")
    step = page.locator("[data-head=step]")
    seen = set()
    for _ in range(6):  # the chart and the numbers move while it trains
        seen.add(step.inner_text())
        page.wait_for_timeout(500)
    assert len(seen) >= 3
    page.click("[data-tab=filters]")
    expect(page.locator("[data-filters=image]")).to_be_visible()
    expect(page.locator("[data-filters=label]")).to_contain_text("step", ignore_case=True)
    assert width_of(page, "[data-filters=image]") > 10
    screenshot("experiment-filters")
    page.click("[data-tab=curves]")
    screenshot("experiment-running")
    page.get_by_role("button", name="Stop").click()
    page.locator(".modal.show .btn-danger, .modal.show [data-confirm-yes]").first.click()
    page.wait_for_load_state()
    state_is(page, "cancelled")
    for tab in ("update-ratios", "activations", "spec", "log"):
        page.click(f"[data-tab={tab}]")
        page.wait_for_timeout(300)
        screenshot(f"experiment-{tab}")
    page.click("[data-tab=comments]")
    page.fill("#new-comment-body", "The **loss** falls; `lr` could be higher.")
    page.fill("#new-comment-tags", "insight")
    page.get_by_role("button", name="Comment", exact=True).click()
    comment = page.locator("article.comment")
    expect(comment.locator("strong", has_text="loss")).to_be_visible()
    expect(comment.get_by_text("#insight")).to_be_visible()
    screenshot("experiment-comments")
    first = page.url.split("/")[-1].split("#")[0].split("?")[0]
    submit(page, "softmax-digits", "Softmax beside it")
    state_is(page, "completed")
    second = page.url.split("/")[-1].split("#")[0].split("?")[0]
    page.goto("/experiments")
    screenshot("experiments")
    for number in (first, second):
        page.locator(f"input[name=ids][value='{number}']").check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare?ids=*")
    wait_for_first_point(page)
    screenshot("compare")
    page.get_by_role("tab", name="Differences").click()
    expect(
        page.get_by_role("cell", name="network.kind").or_(page.get_by_role("rowheader", name="network.kind"))
    ).to_be_visible()
    screenshot("compare-differences")
    page.goto("/")
    screenshot("home")
    page.goto("/account")
    screenshot("account")


def test_the_first_point_is_there_soon_after_submitting(page: Page, person: str) -> None:
    submit(page, "softmax-digits", "Quick")
    wait_for_first_point(page)
    state_is(page, "completed")
    expect(page.locator("[data-stat='test/accuracy'] [data-main]")).to_contain_text("9")


def test_a_run_that_explodes_says_why(page: Page, person: str, screenshot: Callable[[str], None]) -> None:
    submit(page, "learning-rate-too-high", "Too high")
    state_is(page, "failed")
    expect(page.locator("[data-head=failure]")).to_contain_text("learning rate")
    screenshot("experiment-failed")
    page.reload()
    page.click("[data-tab=log]")
    expect(page.locator("#pane-log")).to_contain_text("Traceback")


def test_the_page_goes_on_over_a_restart_of_the_web(page: Page, person: str, stack: Stack) -> None:
    submit(page, "softmax-digits", "Long", epochs="20000")
    wait_for_first_point(page)
    state_is(page, "running")
    stack.kill_child("gunicorn")
    before = page.locator("[data-head=step]").inner_text()
    expect(page.locator("[data-head=step]")).not_to_have_text(before, timeout=20_000)
    page.get_by_role("button", name="Stop").click()
    page.locator(".modal.show .btn-danger, .modal.show [data-confirm-yes]").first.click()
    page.wait_for_load_state()
    state_is(page, "cancelled")


def test_a_yes_given_at_once_counts(page: Page, person: str) -> None:
    submit(page, "softmax-digits", "Stopped in haste", epochs="20000")
    wait_for_first_point(page)
    page.evaluate(
        """() => {
            document.querySelector("button[value=stop]").click();
            document.querySelector("[data-confirm-yes]").click();
        }"""
    )
    state_is(page, "cancelled")


def test_the_form_swaps_sections_and_keeps_the_yaml_in_step(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    page.goto("/experiments/new?recipe=softmax-digits")
    page.select_option("[name='optimizer.kind']", "adam")
    expect(page.locator("[name='optimizer.beta1']")).to_be_visible()
    page.select_option("[name='network.kind']", "lenet5")
    expect(page.locator(".layer-table")).to_contain_text("conv2")
    page.click("#yaml-tab")
    expect(page.locator("#yaml")).to_have_value(re.compile("kind: lenet5"))
    page.locator("#yaml").fill("data: {kind: moons}\nnetwork: {kind: mlp, hidden: [7]}\nepochs: 3\n")
    page.click("#form-tab")
    expect(page.locator("[name='epochs']")).to_have_value("3")
    expect(page.locator("[name='network.hidden']")).to_have_value("7")
    page.select_option("[name='network.kind']", "convnet")
    page.get_by_role("button", name="Add to layers").click()
    screenshot("new-experiment")


def test_a_mistake_in_the_form_is_shown_at_its_field_and_nothing_is_lost(page: Page, person: str) -> None:
    page.goto("/experiments/new?recipe=softmax-digits")
    page.fill("#title", "Kept")
    page.fill("[name='optimizer.lr']", "100")
    page.click("#start")
    expect(page.get_by_text("Learning rate must be between 1e-8 and 10; you entered 100.").first).to_be_visible()
    assert page.locator("#title").input_value() == "Kept"
    assert page.locator("[name='optimizer.lr']").input_value() == "100"
