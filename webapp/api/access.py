"""Who speaks to the API: a bearer token, or the session of a browser (which then needs the CSRF header)."""

from datetime import timedelta
from typing import Any

from flask import Response, g, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.api import blueprint
from webapp.api.problems import Refused, problem
from webapp.auth.login import csrf, login_manager
from webapp.models import ApiToken, User, db, now

OPEN_ENDPOINTS = {"api.openapi"}


@login_manager.request_loader
def load_from_token(current_request: Any) -> User | None:
    """The person whose token the request bears."""
    scheme, _, text = current_request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        return None
    token = db.session.scalar(
        select(ApiToken).where(ApiToken.digest == ApiToken.digest_of(text.strip())).options(joinedload(ApiToken.user))
    )
    if token is None or not token.user.is_active:
        return None
    if token.last_used_at is None or now() - token.last_used_at > timedelta(minutes=1):
        token.last_used_at = now()
        db.session.commit()
    g.bearer = True
    return token.user


@blueprint.before_request
def check_access() -> Response | None:
    """401 for strangers; a browser's session must show that the request came from our pages."""
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if not current_user.is_authenticated:
        answer = problem(401, "Send an API token as “Authorization: Bearer …”, or log in.")
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Descent"'
        return answer
    if not g.get("bearer") and request.method not in ("GET", "HEAD", "OPTIONS"):
        try:
            csrf.protect()
        except CSRFError as error:
            return problem(400, f"A browser's session needs the X-CSRFToken header: {error.description}")
    return None


@blueprint.errorhandler(Refused)
def answer_refused(error: Refused) -> Response:
    """Turn it into a problem document."""
    db.session.rollback()
    return problem(error.status, error.detail, error.errors)
