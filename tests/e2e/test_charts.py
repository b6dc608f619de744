"""Charts, as a person reads them: zoomed like a map, shared by an address, saved as files, and made only where somebody looks."""

import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Scalars
from tests.e2e.test_main_job import wait_for_first_point
from tests.making import completed_experiment, points
from tests.stack import Stack
from tests.waiting import wait_until
from webapp.store.database import open_sessions

STEPS = 60_000
BEGAN = 1_700_000_000
LOSS = "[data-chart-key=loss]"
DRAWN = """figure => figure.querySelector('[data-canvas]').data.filter(({name}) => name !== 'signs')
    .map(({x, y, fill, opacity}) => ({x: [...x], y: [...y], fill, opacity}))"""
AXES = """figure => { const {xaxis, yaxis} = figure.querySelector("[data-canvas]")._fullLayout;
    return {x: xaxis.range, xtype: xaxis.type, y: yaxis.range, ytype: yaxis.type}; }"""
MOUNTED = "document.querySelectorAll('[data-chart] .main-svg:first-child').length"

Make = Callable[..., str]


@pytest.fixture(scope="module")
def sessions(stack: Stack) -> sessionmaker[Session]:
    """The running instance's own database."""
    return open_sessions(f"sqlite:///{stack.var / 'descent.sqlite3'}")


@pytest.fixture
def experiment(sessions: sessionmaker[Session]) -> Make:
    """Makes a completed experiment with a trial for each list of curves; its address."""

    def make(*trials: Sequence[Scalars], steps: int = STEPS) -> str:
        return f"/experiments/{completed_experiment(sessions, *trials, steps=steps)}"

    return make


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    """A loss that falls and trembles, with one step that is far off."""
    steps = np.arange(1, STEPS + 1)
    values = np.exp(-steps / 20_000) + 0.02 * np.random.default_rng(0).standard_normal(STEPS)
    values[30_000] = 9.0
    return values.astype(np.float32).astype(np.float64)


def loss(values: np.ndarray, key: str = "train/loss") -> Scalars:
    """A curve with a point at each step, a second apart."""
    steps = np.arange(1, len(values) + 1)
    return Scalars(key, steps, values, BEGAN + steps.astype(float))


def show(page: Page, address: str) -> Locator:
    """Open it; the loss, when it is drawn."""
    page.goto(address)
    wait_for_first_point(page)
    return page.locator(LOSS)


def zoom_to(page: Page, figure: Locator, low: float, high: float) -> None:
    """Draw a box over the steps from ``low`` to ``high``."""
    box = figure.locator(".nsewdrag").bounding_box()
    left, right = figure.evaluate(AXES)["x"]
    assert box
    at = [box["x"] + box["width"] * (step - left) / (right - left) for step in (low, high)]
    page.mouse.move(at[0], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(at[1], box["y"] + 60, steps=4)
    page.mouse.up()


def wait_for_range(figure: Locator, low: float, high: float, within: float = 400) -> None:
    """Until the chart shows about these steps."""
    wait_until(lambda: np.allclose(figure.evaluate(AXES)["x"], [low, high], atol=within), f"steps {low} to {high}")


def strongest(figure: Locator) -> dict[str, list[float]]:
    """The line that is not faint."""
    lines = [trace for trace in figure.evaluate(DRAWN) if trace["opacity"] == 1]
    found: dict[str, list[float]] = lines[0]
    return found


def test_a_zoom_asks_the_server_for_the_window_and_a_double_click_returns(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    figure = show(page, experiment([loss(noise)]) + "?smoothing=0&x=step")
    assert len(strongest(figure)["x"]) < 3000
    for low, high in ((26_000, 34_000), (29_700, 30_300)):
        zoom_to(page, figure, low, high)
        wait_for_range(figure, low, high)

    def exact() -> bool:
        line = strongest(figure)
        inside = {step: value for step, value in zip(line["x"], line["y"], strict=True) if 29_900 <= step <= 30_100}
        return inside == {step: noise[step - 1] for step in range(29_900, 30_101)}

    wait_until(exact, "every point of the window, bit for bit")
    box = figure.locator(".nsewdrag").bounding_box()
    assert box
    page.mouse.dblclick(box["x"] + 50, box["y"] + 50)
    wait_for_range(figure, -600, 61_200, 1000)


def test_a_window_that_is_left_before_its_points_come_changes_nothing(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    figure = show(page, experiment([loss(noise)]) + "?smoothing=0&x=step")
    late: list[Route] = []
    page.route(re.compile("snapshot.*from="), lambda route: late.append(route))
    zoom_to(page, figure, 10_000, 20_000)
    wait_until(lambda: page.wait_for_timeout(20) or late, "the request for the window")
    page.get_by_role("button", name="Reset zoom").click()
    wait_for_range(figure, -600, 61_200, 1000)
    before = len(strongest(figure)["x"])
    with page.expect_response(re.compile("snapshot.*from=")):
        late[0].continue_()
    page.wait_for_timeout(300)
    assert len(strongest(figure)["x"]) == before


def test_shift_and_drag_pans_and_keys_zoom_and_pan(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    figure = show(page, experiment([loss(noise)]) + "?smoothing=0&x=step&zoom=20000,30000")
    wait_for_range(figure, 20_000, 30_000, 1)
    box = figure.locator(".nsewdrag").bounding_box()
    assert box
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"], box["y"] + 60, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    wait_for_range(figure, 25_000, 35_000)
    plot = figure.locator("[data-plot]")
    page.mouse.move(0, 0)
    plot.focus()
    low, high = figure.evaluate(AXES)["x"]
    for key, ends in (
        ("Shift+ArrowRight", (low + 2_500, high + 2_500)),
        ("+", (low + 5_000, high)),
        ("-", (low + 2_500, high + 2_500)),
    ):
        plot.press(key)
        wait_for_range(figure, *ends, within=5)
    plot.press("Home")
    wait_for_range(figure, -600, 61_200, 1000)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(200)
    wait_for_range(figure, -600, 61_200, 1000)
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    wait_until(lambda: np.ptp(figure.evaluate(AXES)["x"]) < 60_000, "a zoom by the wheel")


def test_an_address_restores_what_was_seen_and_back_returns(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    validation = points("validation/loss", 1000, 60, np.linspace(1, 0.1, 60), every=1000)
    address = experiment([loss(noise), validation])
    figure = show(page, address)
    page.locator("#smoothing").fill("0.8")
    page.get_by_role("button", name="Scales").click()
    page.get_by_label("Logarithmic y").check()
    page.get_by_label("Ignore outliers").check()
    page.keyboard.press("Escape")
    figure.locator(".legend-item", has_text="validation/loss").click()
    zoom_to(page, figure, 20_000, 40_000)
    wait_for_range(figure, 20_000, 40_000)
    page.wait_for_timeout(1200)  # what is done within a second is one step of the history
    page.select_option("#x-axis", "epoch")
    wait_until(lambda: figure.evaluate(AXES)["x"][1] < 10, "the axis of epochs")
    page.go_back()
    wait_for_range(figure, 20_000, 40_000)
    wait_until(lambda: parse_qs(urlsplit(page.url).query).get("x") == ["step"], "the address of before")

    other = page.context.new_page()
    other.goto(page.url)
    wait_for_first_point(other)
    restored = other.locator(LOSS)
    wait_for_range(restored, *figure.evaluate(AXES)["x"], within=1)
    assert restored.evaluate(AXES)["ytype"] == "log"
    assert other.locator("#smoothing").input_value() == "0.8"
    assert other.locator("#outliers").is_checked()
    hidden = restored.locator(".legend-item", has_text="validation/loss")
    expect(hidden).to_have_attribute("aria-pressed", "false")
    assert len([trace for trace in restored.evaluate(DRAWN) if trace["opacity"] == 1]) == 1


def test_smoothing_is_the_exponential_average_along_the_axis_with_the_raw_curve_behind(
    page: Page, person: str, experiment: Make
) -> None:
    gaps = np.random.default_rng(1).integers(1, 9, 200)
    steps, values = np.cumsum(gaps), np.random.default_rng(2).standard_normal(200).astype(np.float32).astype(float)
    address = experiment([Scalars("train/loss", steps, values, BEGAN + steps.astype(float))], steps=int(steps[-1]))
    figure = show(page, address + "?smoothing=0.9&x=step")
    faint, strong = figure.evaluate(DRAWN)[:2]
    assert faint["opacity"] < 0.5
    assert faint["y"] == values.tolist()
    half_life = 0.1 * 0.9**3 * (steps[-1] - steps[0])
    weights = np.tril(0.5 ** ((steps[:, None] - steps[None, :]) / half_life))
    assert np.allclose(strong["y"], weights @ values / weights.sum(axis=1), rtol=1e-12)


def test_an_outlier_may_be_left_out_and_the_chart_says_so(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    figure = show(page, experiment([loss(noise)]) + "?smoothing=0")
    assert figure.evaluate(AXES)["y"][1] > 9
    expect(figure.locator("[data-clipped]")).to_be_hidden()
    choose(page, figure, "Ignore outliers")
    expect(figure.locator("[data-clipped]")).to_have_text("▲ 1 above, up to 9")
    assert figure.evaluate(AXES)["y"][1] < 3
    assert page.locator("[data-chart-key=lr]").count() == 1


def choose(page: Page, figure: Locator, what: str) -> None:
    """An item of the chart's own menu."""
    figure.locator("[data-chart-menu]").click()
    figure.get_by_role("button", name=what, exact=True).click()


def test_both_axes_can_be_logarithmic_and_time_can_be_the_clocks(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    address = experiment([loss(np.abs(noise) + 1e-3)])
    axes = show(page, address + "?logx=1&logy=1&x=step&smoothing=0").evaluate(AXES)
    assert (axes["xtype"], axes["ytype"]) == ("log", "log")
    assert axes["x"] == pytest.approx([np.log10(1 / 1.05), np.log10(STEPS * 1.05)])
    figure = show(page, address + "?x=wall&smoothing=0")
    axes = figure.evaluate(AXES)
    assert axes["xtype"] == "date"
    shown = page.evaluate("text => new Date(text.replace(' ', 'T')).getTime() / 1000", axes["x"][0])
    assert shown == pytest.approx(BEGAN + 1 - STEPS / 100, abs=2)
    zoom_by_key = figure.locator("[data-plot]")
    zoom_by_key.focus()
    zoom_by_key.press("+")
    wait_until(lambda: "zoom=17" in page.url, "a window of moments in the address")
    page.select_option("#x-axis", "examples")
    wait_until(lambda: figure.evaluate(AXES)["x"][1] == pytest.approx(64 * STEPS, rel=0.05), "examples seen")


def test_trials_are_shown_each_or_as_mean_and_deviation(page: Page, person: str, experiment: Make) -> None:
    values = np.random.default_rng(3).standard_normal((4, 100)).astype(np.float32).astype(float)
    figure = show(page, experiment(*[[loss(one)] for one in values], steps=100) + "?smoothing=0&x=step")
    assert len(figure.evaluate(DRAWN)) == 1
    page.select_option("#trials-shown", "each")
    wait_until(lambda: len(figure.evaluate(DRAWN)) == 4, "a line for each trial")
    assert sorted(trace["y"][0] for trace in figure.evaluate(DRAWN)) == sorted(values[:, 0].tolist())
    page.select_option("#trials-shown", "mean")
    wait_until(lambda: len(figure.evaluate(DRAWN)) == 3, "a band and a line")
    low, high, mean = figure.evaluate(DRAWN)
    assert high["fill"] == "tonexty"
    assert np.allclose(mean["y"], values.mean(axis=0))
    assert np.allclose(high["y"], values.mean(axis=0) + values.std(axis=0, ddof=1))
    assert np.allclose(low["y"], values.mean(axis=0) - values.std(axis=0, ddof=1))


def test_only_what_is_looked_at_is_asked_for_and_drawn(page: Page, person: str, experiment: Make) -> None:
    keys = [f"probe{number // 50}/{number:03}" for number in range(300)]
    asked: list[str] = []
    page.on("request", lambda request: asked.extend(keys_of(request.url)) if "/live/snapshot" in request.url else None)
    show(page, experiment([points("train/loss", 1, 50), *[points(key, 1, 50) for key in keys]], steps=50))
    page.wait_for_selector("[data-chart-key='probe5/299']", state="attached")
    page.wait_for_timeout(500)
    assert page.locator("[data-chart]").count() > 300
    assert page.evaluate(MOUNTED) < 12
    assert len([key for key in asked if key.startswith("probe")]) < 12
    last = page.locator("[data-chart-key='probe5/299']")
    last.scroll_into_view_if_needed()
    expect(last.locator(".main-svg").first).to_be_attached(timeout=20_000)
    assert "probe5/299" in asked
    assert page.evaluate(MOUNTED) < 40
    page.get_by_label("Find charts").fill("PROBE2 /14")
    expect(page.locator("[data-found]")).to_have_text("10 charts")
    expect(page.locator("[data-chart-key='probe2/140']")).to_be_visible()
    expect(page.locator(LOSS)).to_be_hidden()
    page.locator(".chart-group:visible summary").click()
    expect(page.locator("[data-chart-key='probe2/140']")).to_be_hidden()


def keys_of(address: str) -> list[str]:
    """The curves that a request asks for."""
    return [key for key in parse_qs(urlsplit(address).query).get("keys", [""])[0].split(",") if key]


def test_a_chart_is_saved_as_pictures_and_as_every_point(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    figure = show(page, experiment([loss(noise)]) + "?smoothing=0")
    png, svg, table = (saved(page, figure, f"Download {what}") for what in ("PNG", "SVG", "CSV of every point"))
    assert [path.suffix for path in (png, svg, table)] == [".png", ".svg", ".csv"]
    with Image.open(png) as picture:
        assert picture.size == (1920, 1080)
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 20
    root = ElementTree.fromstring(svg.read_text())
    assert "Loss" in "".join(root.itertext())
    rows = [row for row in csv.DictReader(table.open()) if row["key"] == "train/loss"]
    assert [int(row["step"]) for row in rows] == list(range(1, STEPS + 1))
    assert [float(row["value"]) for row in rows] == noise.tolist()


def saved(page: Page, figure: Locator, what: str) -> Path:
    """The file that an item of the menu gives, by its own name."""
    with page.expect_download() as waiting:
        choose(page, figure, what)
    path = waiting.value.path()
    return path.rename(path.with_name(waiting.value.suggested_filename))


def test_a_csv_of_several_trials_says_whose_each_point_is(page: Page, person: str, experiment: Make) -> None:
    trials = [[points("train/loss", 1, 20, np.full(20, number / 4))] for number in range(3)]
    figure = show(page, experiment(*trials, steps=20) + "?trials=each")
    rows = list(csv.DictReader(saved(page, figure, "Download CSV of every point").open()))
    assert len(rows) == 60
    assert len({(row["trial"], row["value"]) for row in rows}) == 3


def test_the_page_does_not_move_when_its_charts_fill(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    page.add_init_script(
        """globalThis.moves = [];
        const corner = ({x, y}) => `(${Math.round(x)}, ${Math.round(y)})`;
        const words = ({node, previousRect, currentRect}) =>
            `${node?.nodeName}.${node?.className} from ${corner(previousRect)} to ${corner(currentRect)}`;
        new PerformanceObserver(list => list.getEntries().forEach(({value, sources}) => moves.push([value, sources.map(words)])))
            .observe({type: "layout-shift", buffered: true});"""
    )
    trials = [[loss(noise[:3000]), points("validation/loss", 1, 60, every=50)] for _ in range(3)]
    show(page, experiment(*trials, steps=3000) + "?trials=mean")
    page.wait_for_timeout(800)
    moves = page.evaluate("moves")
    assert sum(value for value, _ in moves) < 0.01, moves


def test_hovering_moves_the_cross_hair_of_all_charts_and_draws_nothing(
    page: Page, person: str, experiment: Make, noise: np.ndarray
) -> None:
    figure = show(page, experiment([loss(noise), points("lr", 1, 600, every=100)]) + "?smoothing=0&x=step")
    page.wait_for_timeout(300)
    page.evaluate(
        """() => {
            globalThis.drawn = 0;
            const count = () => { globalThis.drawn += 1; };
            for (const canvas of document.querySelectorAll(".js-plotly-plot")) canvas.on("plotly_afterplot", count);
        }"""
    )
    box = figure.locator(".nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50, steps=5)
    expect(page.locator("[data-cross]:visible")).not_to_have_count(0)
    expect(figure.locator("[data-legend-at]")).to_contain_text("step 3")
    expect(page.locator("[data-chart-key=lr] [data-legend-at]")).to_contain_text("step 3")
    assert page.evaluate("globalThis.drawn") == 0


def test_a_chart_fills_the_screen_and_comes_back(
    page: Page, person: str, experiment: Make, noise: np.ndarray, screenshot: Callable[[str], None]
) -> None:
    figure = show(page, experiment([loss(noise)]))
    screenshot("charts")
    before = figure.locator("[data-canvas] .main-svg").first.bounding_box()
    choose(page, figure, "Full screen")
    assert before
    wait_until(
        lambda: (figure.locator("[data-canvas] .main-svg").first.bounding_box() or before)["width"] > before["width"],
        "a larger chart",
    )
    choose(page, figure, "Leave full screen")
    wait_until(lambda: page.evaluate("document.fullscreenElement === null"), "the page")
