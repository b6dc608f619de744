"""Metrics, the status page, and whether the web lives and is ready."""

import hmac
import ipaddress

from flask import Response, abort, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from prometheus_client import CONTENT_TYPE_LATEST

from webapp.auth.login import login_manager
from webapp.models import db, now
from webapp.observation import blueprint, health, metrics, standing
from webapp.observation.health import AWAY, OK, Part, settings_of_app
from webapp.observation.versions import versions


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answers as soon as the web server does; for supervisors and proxies."""
    return {"status": "ok", "host": request.host}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether pages can be shown: 503 without a database. Without Redis the web goes on, and says so."""
    parts = {part.name.lower(): part.state for part in (health.database(), health.redis_server(redis()))}
    ready = parts["database"] != AWAY
    status = "not ready" if not ready else "ready" if all(state == OK for state in parts.values()) else "degraded"
    return jsonify(status=status, parts=parts), 200 if ready else 503


@blueprint.get("/metrics", endpoint="metrics")
def show_metrics() -> ResponseReturnValue:
    """For Prometheus, on this machine or with the token."""
    if not (is_from_this_machine() or has_token()):
        abort(403, "Metrics are read on this machine, or with the token that DESCENT_METRICS_TOKEN names.")
    return Response(metrics.exposition(db.session(), redis(), settings_of_app()), content_type=CONTENT_TYPE_LATEST)


@blueprint.get("/status")
def status() -> ResponseReturnValue:
    """How everything does, for whoever is logged in; for anybody while there is no database to ask who they are."""
    database = health.database()
    if database.state == AWAY:
        g._login_user = login_manager.anonymous_user()  # nobody can be looked up
        parts = [web(), database, health.redis_server(redis())]
        return render_template("observation/status.html", parts=parts, moment=now()), 503
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    session, settings = db.session(), settings_of_app()
    reports = health.worker_reports(redis())
    waiting = standing.waiting(session)
    parts = [
        web(),
        database,
        health.redis_server(redis()),
        health.workers(reports, waiting),
        health.queue(waiting, standing.oldest_waits_s(session)),
        health.disk(settings, reports),
        health.spool(reports),
    ]
    return render_template(
        "observation/status.html",
        parts=parts,
        moment=now(),
        reports=reports,
        people=standing.by_person(session, settings.most_running),
        trials=standing.titles(
            session, current_user, [work.trial_id for report in reports or () for work in report.work]
        ),
        versions=versions(),
    )


def web() -> Part:
    """This page is the proof."""
    return Part("Web", OK, f"It answers, with {health.count(settings_of_app().web_processes, 'process', 'processes')}.")


def redis() -> health.Redis | None:
    """The application's client."""
    found: health.Redis | None = current_app.extensions["redis"]
    return found


def is_from_this_machine() -> bool:
    """Whether no proxy is between: behind one on this machine everybody would seem to be here."""
    try:
        return (
            not request.environ.get("descent.forwarded") and ipaddress.ip_address(request.remote_addr or "").is_loopback
        )
    except ValueError:
        return False


def has_token() -> bool:
    """Whether the request brings the instance's token."""
    token = settings_of_app().metrics_token
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme == "Bearer" and hmac.compare_digest(sent.encode(), (token or "").encode())
