"""Twenty curves under the pointer: what each frame costs the browser's main thread while it hovers and pans, by Chromium's own trace."""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from dlcore.events import Scalars
from tests.bench.table import Table
from tests.e2e.conftest import PASSWORD
from tests.making import completed_experiment
from tests.services import FLAGS, browser_binary
from tests.stack import Stack
from webapp.store.database import open_sessions

CURVES, STEPS, GESTURE_S = 20, 100_000, 3.0
KEYS = ("train/loss", "validation/loss", "train/accuracy", "validation/accuracy")


def measure() -> Table:
    """The comparison of twenty experiments, four charts of twenty curves, each smoothed with the raw curve behind."""
    table = Table(
        f"{CURVES} curves of {STEPS:,} points: a frame's work on the main thread (16.7 ms are 60 frames/s)", "ms"
    )
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "var").start()
        try:
            sessions = open_sessions(f"sqlite:///{stack.var / 'descent.sqlite3'}")
            ids = [completed_experiment(sessions, curves_of(seed), steps=STEPS) for seed in range(CURVES)]
            for what, costs in gestures(stack, ids).items():
                table.add(what, costs, f"19 of 20 at most {np.quantile(costs, 0.95):.1f}")
        finally:
            stack.stop()
    return table


def curves_of(seed: int) -> list[Scalars]:
    """Losses and accuracies that tremble."""
    steps = np.arange(1, STEPS + 1)
    noise = np.random.default_rng(seed).standard_normal((len(KEYS), STEPS)).astype(np.float32)
    values = np.exp(-steps / 20_000) + 0.03 * noise
    return [Scalars(key, steps, value, 1_700_000_000 + steps / 20) for key, value in zip(KEYS, values, strict=True)]


def gestures(stack: Stack, ids: list[int]) -> dict[str, list[float]]:
    """Milliseconds of each frame while the pointer moves over the first chart, and while it pulls its axis."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_binary(as_people_have_it=True), args=FLAGS)
        page = browser.new_context(base_url=stack.url, viewport={"width": 1280, "height": 900}).new_page()
        page.goto("/register")
        name = f"user{os.urandom(4).hex()}"
        for field, value in (("username", name), ("email", f"{name}@example.com"), ("password", PASSWORD)):
            page.fill(f"#{field}", value)
        page.click("#submit")
        page.goto(f"/compare?ids={','.join(map(str, ids))}")
        page.locator("[data-chart]").first.scroll_into_view_if_needed()
        page.wait_for_selector("html[data-first-point]", state="attached")
        page.wait_for_timeout(3000)
        found = {"hovering": traced(page, lambda: sweep(page))}
        page.keyboard.down("Shift")
        page.mouse.down()
        found["panning"] = traced(page, lambda: sweep(page))
        page.mouse.up()
        browser.close()
    return found


def sweep(page: Page) -> None:
    """To and fro over the first chart."""
    box = page.locator(".nsewdrag").first.bounding_box()
    assert box
    until, moved = time.monotonic() + GESTURE_S, 0
    while time.monotonic() < until:
        moved += 3
        page.mouse.move(box["x"] + 20 + abs(moved % 600 - 300), box["y"] + 60)


def traced(page: Page, act: Callable[[], None]) -> list[float]:
    """The processor's time in the page's main thread between one picture that is handed over and the next, in milliseconds."""
    events: list[dict[str, Any]] = []
    over: list[Any] = []
    devtools = page.context.new_cdp_session(page)
    devtools.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    devtools.on("Tracing.tracingComplete", lambda _: over.append(True))
    categories = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
    devtools.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": categories}})
    act()
    devtools.send("Tracing.end")
    while not over:
        page.wait_for_timeout(50)
    commits = [event for event in events if event["name"] == "Commit" and event["ph"] == "X"]
    # The browser's own window hands over pictures too, though fewer.
    (thread, _), *_ = Counter((event["pid"], event["tid"]) for event in commits).most_common(1)
    frames = [event for event in commits if (event["pid"], event["tid"]) == thread]
    tasks = [event for event in events if event["name"] == "RunTask" and (event["pid"], event["tid"]) == thread]
    ends = sorted(event["ts"] for event in frames)
    costs = np.zeros(len(ends) + 1)
    for task in tasks:
        costs[np.searchsorted(ends, task["ts"])] += task.get("tdur", 0) / 1000
    return [float(cost) for cost in costs[1:-1]]
