"""A page that somebody looks at while the load runs: when each step was drawn."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session

from tests.load.publishers import KEYS
from tests.load.scene import PASSWORD, WATCHER, Scene
from tests.services import FLAGS, browser_binary
from webapp.models import Trial
from webapp.store import curves
from webapp.store.database import open_sessions

CHART = "[data-chart] .js-plotly-plot"
REMEMBER_DRAWS = """canvas => {
    globalThis.draws = [];
    canvas.on("plotly_afterplot", () => draws.push([Date.now() / 1000, Math.max(...canvas.data.map(({ x }) => x[x.length - 1]))]));
}"""


@contextmanager
def watched_page(scene: Scene, trial: int) -> Iterator[Page]:
    """The page of a trial's experiment, open in a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_binary(as_people_have_it=True), args=FLAGS)
        page = browser.new_context(base_url=scene.url, viewport={"width": 1280, "height": 900}).new_page()
        log_in(page)
        page.goto(f"/experiments/{experiment_of(scene, trial)}")
        yield page
        browser.close()


def log_in(page: Page, name: str = WATCHER) -> None:
    """As people do; as the person who may watch where nobody else is named."""
    page.goto("/login")
    page.fill("#login", name)
    page.fill("#password", PASSWORD)
    page.click("#submit")
    page.wait_for_url("**/")


def experiment_of(scene: Scene, trial: int) -> int:
    """The id of its experiment."""
    sessions = open_sessions(scene.settings.database)
    with sessions() as session:
        return session.get_one(Trial, trial).experiment_id


def drawn_after_s(page: Page, scene: Scene, trial: int, seconds: float) -> list[float]:
    """For each step of so many seconds: how long after it was done the chart showed it."""
    page.wait_for_selector("html[data-first-point]", state="attached")
    page.locator(CHART).first.evaluate(REMEMBER_DRAWS)
    page.wait_for_timeout(1000 * seconds)
    draws = np.array(page.evaluate("draws"))
    moments, last_steps = draws.T
    sessions = open_sessions(scene.settings.database)
    with sessions() as session:
        done = done_at(session, trial)
    shown = done.steps[(done.steps > last_steps[0]) & (done.steps <= last_steps[-1])]
    first_draw = np.searchsorted(last_steps, shown)
    return (moments[first_draw] - done.times[np.searchsorted(done.steps, shown)]).tolist()


def done_at(session: Session, trial: int) -> curves.CurveData:
    """When each step was done."""
    return curves.read(session, trial, [KEYS[0]], points=20_000)[KEYS[0]]
