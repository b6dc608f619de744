"""The colours of both themes can be read: 4.5 to 1 for text, 3 to 1 for lines of charts, borders of fields and the focus."""

import re

import pytest

from tests.conftest import ROOT

CSS = (ROOT / "webapp/static/css/descent.css").read_text()
PALETTE = (ROOT / "webapp/static/js/palette.js").read_text()
GROUNDS = ("--d-card", "--d-page")
TEXT = (
    "--bs-body-color",
    "--bs-secondary-color",
    "--bs-code-color",
    "--d-accent",
    "--d-accent-strong",
    "--d-axis",
    "--d-bad",
    "--d-good",
    "--d-busy",
    "--d-wait",
)
PAIRS = (
    ("--d-on-accent", "--d-accent"),
    ("--d-accent-strong", "--d-accent-soft"),
    ("--bs-body-color", "--d-accent-soft"),
)


def colours(theme: str) -> dict[str, str]:
    """The custom properties of a theme that are colours, in six digits."""
    block = CSS.split(f'[data-bs-theme="{theme}"] {{', 1)[1].split("}", 1)[0]
    found = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", block))
    return {
        name: colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
        for name, colour in found.items()
    }


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def array(name: str) -> list[str]:
    """The words of a constant in palette.js."""
    return re.findall(r'"([^"]+)"', PALETTE.split(f"const {name} = [", 1)[1].split("]", 1)[0])


def test_contrast_is_measured_as_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_lines_and_borders_stand_out(theme: str) -> None:
    found = colours(theme)
    faint = {
        (name, ground): round(contrast(found[name], found[ground]), 2)
        for ground in GROUNDS
        for name in TEXT
        if contrast(found[name], found[ground]) < 4.5
    }
    faint |= {
        pair: contrast(found[pair[0]], found[pair[1]])
        for pair in PAIRS
        if contrast(found[pair[0]], found[pair[1]]) < 4.5
    }
    faint |= {
        (hue, ground): contrast(hue, found[ground])
        for ground in GROUNDS
        for hue in [*array("HUES"), found["--d-control"], found["--d-accent"]]
        if contrast(hue, found[ground]) < 3
    }
    assert faint == {}


def test_each_hue_of_a_chart_has_a_sign_of_its_own() -> None:
    signs = array("SIGNS")
    assert len(set(signs)) == len(signs) == len(array("HUES"))
    assert set(signs) == set(re.findall(r'^  "?([\w-]+)"?: "M', PALETTE, re.MULTILINE)), (
        "each can be drawn in the legend"
    )
