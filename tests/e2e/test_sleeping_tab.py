"""A tab that nobody sees, and a machine that slept: nothing is drawn meanwhile, and everything is there afterwards."""

from collections.abc import Callable, Iterator

import pytest
import redis
from playwright.sync_api import Browser, Page

from tests.load.page import experiment_of, log_in
from tests.load.scene import Scene, scene
from tests.making import points
from webapp.live.streams import MOST_MISSED
from webapp.store import live

CAN_BE_HIDDEN = """
Object.defineProperty(Document.prototype, "hidden", { get: () => Boolean(globalThis.tabIsHidden) });
globalThis.hide = (hidden) => { globalThis.tabIsHidden = hidden; document.dispatchEvent(new Event("visibilitychange")); };
"""
COUNT_DRAWS = "canvas => { globalThis.draws = 0; canvas.on('plotly_afterplot', () => { draws += 1; }); }"
DRAWN = """canvases => {
    for (const canvas of canvases.filter(({ drawn }) => drawn === undefined)) {
        canvas.drawn = 0;
        canvas.on("plotly_afterplot", () => { canvas.drawn += 1; });
    }
    return canvases.map(({ drawn }) => drawn);
}"""
STEPS = "canvas => canvas.data?.[0]?.x?.length ?? 0"
CHART = "[data-chart=loss] .js-plotly-plot"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Trials that run, without anything that trains."""
    with scene(tmp_path_factory.mktemp("sleeping"), trials=10) as running:
        yield running


@pytest.fixture
def trial(made: Scene) -> int:
    """One that no other test has."""
    return made.trials.pop()


@pytest.fixture
def say(made: Scene, trial: int) -> Iterator[Callable[[int], int]]:
    """Publishes so many more points, each as a message; the number of all."""
    with redis.Redis.from_url(str(made.settings.redis_url)) as client:
        said = [0]

        def publish(count: int) -> int:
            for _ in range(count):
                said[0] += 1
                payload = live.points_payload(1, [points("train/loss", said[0], 1)], {"step": said[0]})
                live.publish(client, trial, "points", payload)
            return said[0]

        yield publish


@pytest.fixture
def tab(browser: Browser, made: Scene, trial: int, say: Callable[[int], int]) -> Iterator[Page]:
    """The experiment's page with 20 points drawn, whose visibility the test decides."""
    context = browser.new_context(base_url=made.url, viewport={"width": 1280, "height": 1800})  # all charts are seen
    page = context.new_page()
    page.add_init_script(CAN_BE_HIDDEN)
    log_in(page)
    page.goto(f"/experiments/{experiment_of(made, trial)}")
    wait_for_points(page, say(20))
    page.wait_for_timeout(500)
    page.locator(CHART).evaluate(COUNT_DRAWS)
    yield page
    context.close()


def wait_for_points(page: Page, count: int) -> None:
    """Until the chart has so many points."""
    page.wait_for_selector(CHART, state="attached")
    for _ in range(1200):
        if page.locator(CHART).evaluate(STEPS) == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the chart has {page.locator(CHART).evaluate(STEPS)} points, not {count}")


def requests_of(page: Page) -> list[str]:
    """Collects what the page asks for while live."""
    found: list[str] = []
    page.on(
        "request",
        lambda request: found.append(request.url.split("/live/")[1].split("?")[0]) if "/live/" in request.url else None,
    )
    return found


def is_stream(request: object) -> bool:
    """Whether a request is the event stream."""
    return "/live/events" in request.url  # type: ignore[attr-defined]


def test_a_hidden_tab_has_no_stream_and_comes_back_with_one_snapshot_and_one_drawing(
    tab: Page, say: Callable[[int], int]
) -> None:
    asked = requests_of(tab)
    with tab.expect_event("requestfailed", is_stream, timeout=15_000):  # it is closed
        tab.evaluate("hide(true)")
    say(200)
    tab.wait_for_timeout(1500)
    assert (asked, tab.evaluate("draws")) == ([], 0)

    tab.evaluate("hide(false)")
    wait_for_points(tab, 220)
    assert (asked, tab.evaluate("draws")) == (["snapshot", "events"], 1)
    wait_for_points(tab, say(5))  # and the stream goes on


def test_a_tab_that_is_hidden_for_a_moment_keeps_its_stream(tab: Page, say: Callable[[int], int]) -> None:
    asked = requests_of(tab)
    tab.evaluate("hide(true)")
    say(5)
    tab.wait_for_timeout(1000)
    tab.evaluate("hide(false)")
    tab.wait_for_timeout(6000)
    wait_for_points(tab, say(5))
    assert asked == []


def test_a_machine_that_slept_begins_afresh(tab: Page, say: Callable[[int], int]) -> None:
    asked = requests_of(tab)
    tab.evaluate(
        "{ const then = Date.now; Date.now = () => then() + 60_000; }"
    )  # the clock went on, the timers did not
    with tab.expect_event("request", is_stream, timeout=15_000):
        pass
    wait_for_points(tab, say(5))
    assert asked == ["snapshot", "events"]


def test_a_page_that_missed_a_lot_draws_it_once(tab: Page, made: Scene, say: Callable[[int], int]) -> None:
    asked = requests_of(tab)
    made.stop_web()
    say(MOST_MISSED + 50)
    made.start_web()
    wait_for_points(tab, 20 + MOST_MISSED + 50)
    assert (asked.count("snapshot"), tab.evaluate("draws")) == (1, 1)


def test_a_page_that_missed_little_gets_just_that(tab: Page, made: Scene, say: Callable[[int], int]) -> None:
    asked = requests_of(tab)
    made.stop_web()
    say(50)
    made.start_web()
    wait_for_points(tab, 70)
    assert asked.count("snapshot") == 0


def test_while_points_come_their_charts_are_drawn_equally_often_and_the_others_seldom(
    tab: Page, trial: int, made: Scene
) -> None:
    keys, other = ("train/loss", "train/accuracy", "lr", "throughput"), "[data-chart-key=gap]"
    charts = tab.locator(f"[data-chart]:not({other}) .js-plotly-plot")
    drawn = [0]
    with redis.Redis.from_url(str(made.settings.redis_url)) as client:
        for number in range(3000):
            payload = live.points_payload(1, [points(key, 21 + number, 1) for key in keys], {})
            live.publish(client, trial, "points", payload)
            tab.wait_for_timeout(20)
            if charts.count() < len(keys):
                continue
            drawn = charts.evaluate_all(DRAWN)
            if max(drawn) >= 8:
                break
    assert max(drawn) - min(drawn) <= 2
    assert max(drawn) >= 8
    assert tab.locator(f"{other} .js-plotly-plot").evaluate_all(DRAWN)[0] < max(drawn)
