"""Data of one's own, as a person brings them: uploaded, looked at, trained on, deleted."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import width_of
from tests.e2e.test_main_job import state_is
from tests.webapp.datasets.files import PETS, giant_png, picture, zipped


def choose(page: Page, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    page.set_input_files("#files", file)
    page.get_by_role("button", name="Upload").click()


def test_pictures_are_uploaded_and_trained_on(
    page: Page, person: str, tmp_path: Path, screenshot: Callable[[str], None]
) -> None:
    page.get_by_role("link", name="Data sets").click()
    page.wait_for_url("**/datasets")
    screenshot("datasets-empty")
    choose(page, tmp_path / "pets.zip", zipped({**PETS, "pets/dogs/9.png": giant_png()}))
    expect(page.get_by_role("alert")).to_contain_text("“pets/dogs/9.png” has more than 50,000,000 pixels")
    screenshot("datasets-refused")
    many = {
        f"pets/{kind}/{n}.png": picture(shade + n) for kind, shade in (("cats", 0), ("dogs", 200)) for n in range(40)
    }
    choose(page, tmp_path / "pets.zip", zipped(many))
    page.wait_for_url(re.compile(r"/datasets/\d+$"))
    expect(page.get_by_role("cell", name="cats")).to_be_visible()
    assert width_of(page, "img.dataset-sheet") == 576
    screenshot("dataset")
    page.get_by_role("link", name="Train on it").click()
    expect(page.locator(".layer-table tfoot")).to_be_visible()
    page.click("#start")
    page.wait_for_url(re.compile(r"/experiments/\d+"))
    state_is(page, "completed")
    page.get_by_role("link", name="Data sets").click()
    page.wait_for_url("**/datasets")
    screenshot("datasets")
    page.get_by_role("link", name="pets", exact=True).click()
    expect(page.get_by_role("heading", name="Used by").locator("..").get_by_role("link")).to_have_text("pets")
    page.get_by_role("button", name="Delete …").click()
    expect(page.locator("#confirm-text")).to_contain_text("1 experiment uses it")
    page.locator("[data-confirm-yes]").click()
    expect(page.get_by_text("“pets” is deleted")).to_be_visible()


def test_a_table_shows_its_columns(page: Page, person: str, tmp_path: Path, screenshot: Callable[[str], None]) -> None:
    page.goto("/datasets")
    rows = "\n".join(f"{n},{n * 0.37:.2f},{'red' if n % 3 else ''},{'yes' if n % 2 else 'no'}" for n in range(60))
    choose(page, tmp_path / "people.csv", f"age,income,colour,bought\n{rows}\n".encode())
    page.wait_for_url(re.compile(r"/datasets/\d+$"))
    expect(page.get_by_role("cell", name="colour", exact=True)).to_be_visible()
    screenshot("dataset-table")
