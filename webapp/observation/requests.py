"""Every request has an id, which its log lines and its answer carry, and is counted and timed."""

import logging
import re
import time
from uuid import uuid4

from flask import Flask, Response, g, request

from webapp import logs
from webapp.observation.counted import REQUEST_SECONDS, REQUESTS

log = logging.getLogger(__name__)
HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
QUIET = {"static", "module", "observation.healthz", "observation.readyz", "observation.metrics"}


def register_requests(app: Flask) -> None:
    """The first of what precedes a view, and the last of what follows it but for what is sent."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        sent = request.headers.get(HEADER, "")
        g.request_id = sent if SANE.fullmatch(sent) else uuid4().hex
        known = request.view_args or {}
        named = {name: known[f"{name}_id"] for name in ("experiment", "trial") if f"{name}_id" in known}
        logs.about(request=g.request_id, **named)

    @app.after_request
    def finish(response: Response) -> Response:
        if "request_id" not in g:  # a request that was refused before it came to us
            return response
        response.headers[HEADER] = g.request_id
        seconds = time.perf_counter() - g.began
        route = request.endpoint or "none"
        REQUESTS.labels(request.method, route, response.status_code).inc()
        REQUEST_SECONDS.labels(route).observe(seconds)
        level = logging.DEBUG if route in QUIET and response.status_code < 400 else logging.INFO
        facts = {"method": request.method, "path": request.path, "status": response.status_code}
        words = "%s %s: %s in %.0f ms"
        log.log(level, words, *facts.values(), 1000 * seconds, extra={**facts, "duration_ms": round(1000 * seconds, 1)})
        return response
