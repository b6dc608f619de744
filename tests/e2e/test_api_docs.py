"""The page of the API in a real browser: it tries calls as the reader, or with a token, under the content-security policy."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e


def opened(page: Page, name: str) -> Locator:
    """An operation's card, open."""
    page.evaluate(f"location.hash = '#{name}'")
    card = page.locator(f"#{name}")
    expect(card).to_have_attribute("open", "")
    return card


def answer_of(card: Locator, status: str) -> Any:
    """Send the form, and read the answer that the page shows."""
    card.get_by_role("button", name="Send").click()
    expect(card.locator("[data-said]")).to_contain_text(status)
    return json.loads(card.locator("[data-answer-body]").inner_text())


def test_calls_are_tried_as_the_reader_and_with_a_token(
    page: Page, person: str, screenshot: Callable[[str], None]
) -> None:
    page.goto("/")
    page.get_by_role("link", name="API", exact=True).click()
    page.fill("[data-filter]", "who you are")
    expect(page.locator("[data-operation]:visible")).to_have_count(1)
    page.fill("[data-filter]", "")

    me = opened(page, "show_me")
    assert answer_of(me, "200 OK")["person"]["username"] == person
    expect(me.locator("[data-answer-head]")).to_contain_text("ratelimit-remaining")

    layout = opened(page, "create_layout")
    expect(layout.locator("[data-curl]")).to_contain_text("curl -X POST")
    layout.locator("[data-body]").fill('{"name": "From the page"}')
    layout.get_by_label("Idempotency-Key").fill("once")
    expect(layout.locator("[data-python]")).to_contain_text('"Idempotency-Key": "once"')
    assert answer_of(layout, "201")["name"] == "From the page"
    layout.locator("[data-body]").fill('{"name": ""}')
    layout.get_by_label("Idempotency-Key").fill("")
    assert answer_of(layout, "422")["errors"][0]["field"] == "name"

    token = answer_of(opened(page, "create_token"), "201")["token"]
    page.fill("[data-token]", token)
    assert answer_of(me, "200 OK")["scopes"] == ["read", "train"]
    screenshot("api-docs")


def test_a_call_whose_address_lacks_a_field_is_not_sent_and_says_which(page: Page, person: str) -> None:
    page.goto("/api/docs")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    curves = opened(page, "show_curves")
    curves.locator("[data-in=path]").fill("")
    curves.get_by_role("button", name="Send").click()
    expect(curves.locator("[data-said]")).to_contain_text("please fill in trial_id")
    expect(curves.locator("[data-in=path]")).to_be_focused()
    assert [url for url in asked if "/curves" in url] == []


def test_an_answer_that_is_a_file_is_saved(page: Page, person: str) -> None:
    page.goto("/api/docs")
    export = opened(page, "export_experiment")
    experiment = page.request.post(
        "/api/v1/experiments",
        headers={"X-CSRFToken": page.locator("meta[name=csrf-token]").get_attribute("content") or ""},
        data={"title": "Of the page", "spec": {"data": {"kind": "digits"}, "network": {"kind": "mlp"}, "epochs": 1}},
    ).json()["id"]
    export.locator("[data-in=path]").fill(str(experiment))
    export.get_by_role("button", name="Send").click()
    expect(export.locator("[data-answer-body]")).to_contain_text("bytes of application/zip, which are no text.")
    with page.expect_download() as download:
        export.get_by_text("Save ").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    assert download.value.suggested_filename.endswith("-csv.zip")
    me = opened(page, "show_me")
    answer_of(me, "200 OK")
    expect(me.locator("[data-answer-file]")).to_be_hidden()


def test_a_token_is_issued_on_the_account_page(page: Page, person: str, screenshot: Callable[[str], None]) -> None:
    page.goto("/account")
    page.fill("#label", "nightly sweep")
    page.get_by_label("train Submit experiments").uncheck()
    page.select_option("#days", "30")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#new-token")).to_contain_text("descent_")
    row = page.get_by_role("row", name="nightly sweep")
    expect(row).to_contain_text("read, write")
    screenshot("account-tokens")
