"""A person who has a keyboard and no mouse, and who watches where the focus is."""

from playwright.sync_api import ElementHandle, Locator, Page

MOST_PRESSES = 250
HERE = """target => {
    const element = document.activeElement, field = element.closest('.tag-field > input')?.parentElement;
    const shown = element.matches('.btn-check') ? element.nextElementSibling : field ?? element;
    const {outlineStyle, outlineWidth} = getComputedStyle(shown), box = shown.getBoundingClientRect();
    return {
        words: `${element.tagName} ${element.id || element.getAttribute('aria-label') || element.textContent.trim().slice(0, 40)}`,
        arrived: element === target,
        outside: element === document.body,
        ring: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
        seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""
IS_HERE = "element => element === document.activeElement"


class Keyboard:
    """Tab, and what is pressed when it has come to where it should."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []  # places where one did not see where one was
        page.emulate_media(reduced_motion="reduce")  # what is gone to is there at once

    def here(self, target: ElementHandle | None = None) -> tuple[str, bool]:
        """What has the focus, and whether that is the target. It must be seen to have it, unless it is the browser itself."""
        found = self.page.evaluate(HERE, target)
        if not found["outside"] and not (found["ring"] and found["seen"]):
            self.faults.append(f"{self.page.url}: {found}")
        return str(found["words"]), bool(found["arrived"])

    def go(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until it is there."""
        target.wait_for()
        if target.evaluate(IS_HERE):
            return
        passed = []
        for _ in range(MOST_PRESSES):
            self.page.keyboard.press(key)
            words, arrived = self.here(target.element_handle())  # what comes live is exchanged now and then
            if arrived:
                return
            passed.append(words)
        raise AssertionError(f"{target} cannot be reached; passed {passed}")

    def back(self, target: Locator) -> None:
        """The same backwards."""
        self.go(target, "Shift+Tab")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go there, and press a key."""
        self.go(target)
        self.page.keyboard.press(key)

    def write(self, target: Locator, text: str) -> None:
        """Go into a field, and type in the place of what it holds."""
        self.go(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def skip(self) -> None:
        """Past the menu."""
        self.press(self.page.get_by_role("link", name="Skip to the content"))
