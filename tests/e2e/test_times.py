"""How long ago things were: the server says it as the page's script does, so that nothing moves when that takes over."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from webapp.formatting import UNITS, ago

SAID = """([now, moments]) => import("/static/js/time.js").then(({timeAgo}) => moments.map(moment => timeAgo(moment, now)))"""


def test_the_server_and_the_script_say_the_same(page: Page) -> None:
    page.goto("/login")
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    lengths = [0, 1, 59, *(part * length for length in UNITS.values() for part in (1, 1.4, 1.6, 2, 7.4, 23.7))]
    moments = [now + timedelta(seconds=sign * length) for length in lengths for sign in (-1, 1)]
    said = page.evaluate(SAID, [now.timestamp() * 1000, [moment.timestamp() * 1000 for moment in moments]])
    assert said == [ago(moment, now) for moment in moments]
    assert {"just now", "yesterday", "in 2 minutes", "2 months ago", "last year"} <= set(said)
