"""axe-core, asked about a page as it is now."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

SOURCE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
OF_WIDTHS_AND_COLOURS = ["scrollable-region-focusable", "target-size", "color-contrast", "link-in-text-block"]
OPTIONS: dict[str, Any] = {"preload": False, "resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
ASK = "([part, options]) => axe.run(part || document, options).then(({ violations }) => violations)"


def complaints(page: Page, within: str = "", only: list[str] | None = None) -> list[str]:
    """A line for each element that breaks a rule: what the rule wants, how grave it is, and where it is broken.

    ``within`` is the selector of a part of the page, ``only`` the rules that are asked about.
    Recommendations count like the rest, and so does a target smaller than 24 pixels, which axe leaves out unless asked.
    """
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(SOURCE)  # by the debugger's own way, which the content-security policy does not forbid
    options = {**OPTIONS, "runOnly": {"type": "rule", "values": only}} if only else OPTIONS
    found = page.evaluate(ASK, [within, options])
    return [line for violation in found for line in lines(violation)]


def lines(violation: dict[str, Any]) -> list[str]:
    """One for each place."""
    said = f"{violation['id']} ({violation['impact']}): {violation['help']}"
    return [f"{said}: {node['target']} {node['html'][:160]}" for node in violation["nodes"]]
