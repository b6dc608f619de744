"""Out and in again: an experiment is exported from its page, and uploaded as a TensorBoard log."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.test_main_job import state_is, submit
from tests.webapp.imports.logs import NAME, loss


def test_a_trial_goes_out_to_tensorboard_and_comes_back(
    page: Page, person: str, tmp_path: Path, screenshot: Callable[[str], None]
) -> None:
    submit(page, "softmax-digits", "Out and in", trials="2")
    state_is(page, "completed")
    page.get_by_role("button", name="Export").click()
    screenshot("export-menu")
    with page.expect_download() as download:
        page.locator(".dropdown-menu.show").get_by_role("link", name="TensorBoard events").first.click()
    file = tmp_path / "logs" / "run" / download.value.suggested_filename
    file.parent.mkdir(parents=True)
    download.value.save_as(file)
    (file.parent / "model.pt").write_bytes(b"not a log")

    page.goto("/experiments/new")
    page.get_by_role("link", name="upload a TensorBoard log").click()
    page.set_input_files("#folder", tmp_path / "logs")
    expect(page.locator("[data-upload=chosen]")).to_contain_text("1 file,")
    screenshot("upload")
    page.fill("#title", "Back again")
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url(re.compile(r"/experiments/\d+$"))
    expect(page.get_by_role("heading", name="Back again")).to_be_visible()
    expect(page.locator("[data-chart='train/loss'] [data-chart-title]")).to_be_visible()
    page.wait_for_timeout(800)
    screenshot("imported-curves")
    page.click("[data-tab=spec]")
    expect(page.get_by_role("heading", name="Imported from TensorBoard")).to_be_visible()
    expect(page.locator("#pane-spec")).to_contain_text("network: {kind: softmax}")
    screenshot("imported-spec")


def test_what_is_wrong_with_an_upload_is_said_on_the_page(page: Page, person: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(loss((1, 1.0), (2, 2.0))[:-8] + b"\0" * 8)
    page.goto("/experiments/import")
    page.fill("#title", "Kept")
    page.set_input_files("#files", tmp_path / NAME)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("is damaged: the record at byte")
    expect(page.locator("#title")).to_have_value("Kept")
    expect(page.get_by_role("button", name="Upload")).to_be_enabled()
