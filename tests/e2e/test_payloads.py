"""Markup in titles, descriptions, comments and names, in a real browser: shown as words, and nothing of it runs."""

from playwright.sync_api import Dialog, Page, expect

from tests.webapp.datasets.files import picture, zipped
from tests.webapp.hostile.odd import MARKUP

DIGITS = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "epochs": 1}


def test_no_payload_runs_in_a_browser(page: Page, person: str) -> None:
    seen: list[str] = []

    def note(dialog: Dialog) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    headers = {"X-CSRFToken": page.locator("meta[name=csrf-token]").get_attribute("content") or ""}
    every = "\n\n".join(MARKUP)
    body = {"title": (MARKUP[1] + MARKUP[0])[:200], "description": every, "tags": ["payload"], "spec": DIGITS}
    made = page.request.post("/api/v1/experiments", data=body, headers=headers).json()
    page.request.post(f"/api/v1/experiments/{made['id']}/comments", data={"body": every}, headers=headers)
    page.request.post("/api/v1/layouts", data={"name": MARKUP[1], "pins": [MARKUP[1]]}, headers=headers)
    archive = zipped({f"{MARKUP[1]}/1.png": picture(1), f"{MARKUP[15]}/1.png": picture(2)})
    file = {"name": "evil.zip", "mimeType": "application/zip", "buffer": archive}
    files = {"files": file, "name": MARKUP[1]}
    dataset = page.request.post("/api/v1/datasets", multipart=files, headers=headers).json()
    page.goto("/account")
    page.fill("#name", MARKUP[1])
    page.get_by_role("button", name="Save profile").click()
    for address in (
        "/",
        "/experiments",
        f"/experiments?search={MARKUP[1]}",
        made["url"],
        f"{made['url']}#comments",
        f"/experiments/new?clone={made['id']}",
        f"/compare?ids={made['id']},{made['id']}",
        "/datasets",
        f"/datasets/{dataset['id']}",
        "/tags/payload",
        "/account",
    ):
        page.goto(address)
        page.wait_for_timeout(200)
    page.goto(made["url"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=alert(1)>")
    page.click("[data-tab=comments]")
    page.locator("#comments").scroll_into_view_if_needed()  # below a long description it is loaded when it is seen
    expect(page.locator("article.comment")).to_contain_text("<script>alert(1)</script>")
    assert seen == []
    assert (
        page.locator("main script:not([type='application/json']), main iframe, main [onerror], main [onload]").count()
        == 0
    )
