"""Two people: an administrator invites somebody, who sets up a second factor, forgets the password, and is deactivated."""

import os
import re
from collections.abc import Callable

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.e2e import pictures
from tests.e2e.conftest import PASSWORD, PATIENCE_MS, width_of
from tests.stack import Stack
from tests.webapp.auth.mails import last_mail
from webapp.settings import Settings

NEW_PASSWORD = "another horse battery"


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/login")
    page.fill("#login", name)
    page.fill("#password", password)
    page.get_by_role("button", name="Log in").click()


def path_in(mail: str) -> str:
    found = re.search(r"http://[^/\s]+(/\S+)", mail)
    assert found
    return found[1]


def administrator(stack: Stack, page: Page) -> str:
    """Logs in as a new one."""
    name = f"chief{os.urandom(4).hex()}"
    words = ("user", "add", name, "--email", f"{name}@example.com", "--admin", "--password-stdin")
    assert stack.command(*words, text=f"{PASSWORD}\n").returncode == 0
    log_in(page, name, PASSWORD)
    page.wait_for_url("**/")
    return name


def set_up_second_factor(page: Page) -> list[str]:
    """The recovery codes."""
    page.goto("/account")
    pictures.look(page, "account")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("button", name="Set it up").click()
    assert width_of(page, "img.qr") > 100
    pictures.look(page, "two-factor-setup")
    page.fill("#code", pyotp.TOTP(page.locator("#factor-secret").inner_text()).now())
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator("#recovery-codes").inner_text().split()
    pictures.look(page, "two-factor-on")
    return codes


def test_an_account_from_invitation_to_deactivation(
    page: Page, browser: Browser, stack: Stack, screenshot: Callable[[str], None]
) -> None:
    chief = administrator(stack, page)
    mails, name = Settings(DESCENT_VAR=stack.var), f"guest{os.urandom(4).hex()}"
    address = f"{name}@example.com"
    page.get_by_role("button", name=chief).click()
    page.get_by_role("link", name="Administration").click()
    page.wait_for_url("**/admin**")
    screenshot("admin-people")
    page.get_by_role("link", name="Invitations").click()
    page.fill("#email", address)
    page.get_by_role("button", name="Make an invitation").click()
    expect(page.get_by_text(f"the mail to {address} is a file")).to_be_visible()
    screenshot("admin-invitations")

    context = browser.new_context(base_url=stack.url)
    guest = context.new_page()
    guest.set_default_timeout(PATIENCE_MS)
    refused: list[str] = []
    guest.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)

    guest.goto(path_in(last_mail(mails, address)))
    expect(guest.get_by_text(f"{chief} invites you as a member")).to_be_visible()
    pictures.look(guest, "invited")
    guest.fill("#username", name)
    guest.fill("#password", PASSWORD)
    guest.get_by_role("button", name="Create account").click()
    guest.wait_for_url("**/")
    codes = set_up_second_factor(guest)
    assert len(codes) == 10

    guest.get_by_role("button", name=name).click()
    guest.get_by_role("button", name="Log out").click()
    guest.get_by_role("link", name="Forgotten your password?").click()
    guest.fill("#login", address)
    guest.get_by_role("button", name="Mail me a link").click()
    expect(guest.get_by_text("If there is such an account")).to_be_visible()
    pictures.look(guest, "forgotten")
    guest.goto(path_in(last_mail(mails, address, 2)))
    guest.fill("#password", NEW_PASSWORD)
    guest.get_by_role("button", name="Save the new password").click()
    expect(guest.get_by_text("Your password is changed")).to_be_visible()
    log_in(guest, name, NEW_PASSWORD)
    expect(guest.get_by_role("heading", name="Second step")).to_be_visible()
    pictures.look(guest, "second-step")
    guest.fill("#code", codes[0])
    guest.get_by_role("button", name="Log in").click()
    guest.wait_for_url("**/")
    guest.goto("/account/delete")
    pictures.look(guest, "account-delete")

    page.get_by_role("navigation", name="Administration").get_by_role("link", name="People").click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("cell", name="two-factor.recovery-code-used")).to_be_visible()
    screenshot("admin-person")
    page.get_by_role("button", name="Deactivate").click()
    page.locator("[data-confirm-yes]").click()
    expect(page.get_by_text(f"{name} is deactivated: logged out everywhere")).to_be_visible()
    guest.goto("/experiments")
    guest.wait_for_url("**/login?**")
    for tab, title in (("logins", "Logins"), ("audit", "Audit log"), ("mail", "Mail")):
        page.goto(f"/admin/{tab}")
        expect(page.get_by_role("link", name=title)).to_have_attribute("aria-current", "page")
        screenshot(f"admin-{tab}")
    context.close()
    assert refused == []


def test_on_a_phone_what_ends_a_login_or_an_invitation_is_in_sight(page: Page, stack: Stack) -> None:
    chief = administrator(stack, page)
    page.goto("/admin/invitations")
    page.get_by_role("button", name="Make an invitation").click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin")
    person = page.get_by_role("link", name=chief).first.get_attribute("href")
    for path, button in (
        ("/account", "Log out"),
        (person, "Log out"),
        ("/admin/logins", "Log out"),
        ("/admin/invitations", "Revoke"),
    ):
        page.goto(path or "")
        box = page.locator("td").get_by_role("button", name=button).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] < 390, path
