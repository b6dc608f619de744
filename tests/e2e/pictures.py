"""Pages at both widths and in both themes: nothing may scroll sideways, and ``SCREENSHOTS=1`` keeps pictures, which take minutes in all."""

import os

from playwright.sync_api import Page

from tests.conftest import ROOT

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
WANTED = os.environ.get("SCREENSHOTS") == "1"
THEMED = (
    "theme => { document.documentElement.dataset.bsTheme = theme; document.dispatchEvent(new Event('theme-changed')); }"
)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FITS = f"{TOO_WIDE} <= 1"
FOLLOW_MS = 3000  # charts follow the window a little later


def look(page: Page, name: str) -> None:
    """The page as it is now, and as it was found in the end."""
    before = page.evaluate("document.documentElement.dataset.bsTheme")
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES if WANTED else ():
            page.evaluate(THEMED, theme)
            page.wait_for_timeout(150)
            page.screenshot(path=ROOT / "test-artifacts" / "screenshots" / f"{name}-{size}-{theme}.png", full_page=True)
        assert fits(page), f"{name} scrolls sideways at {size} width"
    page.evaluate(THEMED, before)
    page.set_viewport_size({"width": 1280, "height": 900})


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window, once all has followed it."""
    for _ in range(FOLLOW_MS // 100):
        if page.evaluate(FITS):
            return True
        page.wait_for_timeout(100)
    return False
