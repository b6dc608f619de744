"""While the database is away: nobody waits for it for long, and pages say what is away and since when."""

import contextlib
import time
from datetime import UTC, datetime

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from webapp.api.problems import problem
from webapp.models import db
from webapp.store.database import AWAY, is_full_disk
from webapp.store.punctual import in_vain

TRY_AGAIN_S = 5
FORGOTTEN_S = 60.0  # after so long without a failure, the next one begins another outage
SENTENCE = (
    "The database has not answered since {since} UTC. Trials go on training: what they log is kept on the workers' "
    "disks, and the curves catch up when the database is back."
)
FULL = "There is no room left on the disk of the database, so nothing can be written. What is there can be read."


class Outage:
    """When this web process began to get no answer."""

    def __init__(self) -> None:
        self.since = datetime.now(UTC)
        self.last_s = float("-inf")

    def seen(self) -> datetime:
        """It was met again; since when it lasts."""
        if time.monotonic() - self.last_s > FORGOTTEN_S:
            self.since = datetime.now(UTC)
        self.last_s = time.monotonic()
        return self.since


def register_outage(app: Flask) -> None:
    """No request waits for the database in vain twice, and where it is away the answer is 503."""
    app.extensions["outage"] = Outage()

    @app.before_request
    def begin() -> None:
        in_vain.set(False)

    for kind in AWAY:
        app.register_error_handler(kind, answer_away)


def answer_away(error: Exception) -> ResponseReturnValue:
    """A page that tries again by itself, or a problem document. Raises the error when the database is there, and lacks a table."""
    if "no such" in str(getattr(error, "orig", "")):  # SQLite's driver calls that an operational error, too
        raise error
    with contextlib.suppress(*AWAY):
        db.session.rollback()
    current_app.logger.warning("the database is away at %s: %s", request.path, error)
    since = current_app.extensions["outage"].seen()
    is_full = is_full_disk(error)
    detail = FULL if is_full else SENTENCE.format(since=f"{since:%H:%M}")
    headers = {"Retry-After": str(TRY_AGAIN_S), "Cache-Control": "no-store"}
    if request.path.startswith(("/api/", "/live/")):
        answer = problem(503, detail)
        answer.headers.update(headers)
        return answer
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # nobody is looked for
    again = TRY_AGAIN_S if request.method == "GET" else None
    title = "The disk is full" if is_full else "The database is away"
    return render_template("away.html", title=title, sentence=detail, again=again), 503, headers
