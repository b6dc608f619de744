"""Who speaks to the API: a bearer token, or the session of a browser (which then needs the CSRF header), and what it may."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.allowance import count_request
from webapp.api.description import described
from webapp.api.problems import Refused, invalid, problem
from webapp.auth.login import csrf, login_manager
from webapp.models import ApiToken, Scope, User, db, now

OPEN_ENDPOINTS = {"api.openapi"}
WITH_LINK = {
    "api.list_pictures",
    "api.list_pins",
    "api.show_curves",
    "api.show_errors",
    "api.show_histograms",
}  # what an experiment's page reads
READING = ("GET", "HEAD", "OPTIONS")
NOTED_EVERY = timedelta(minutes=1)
REALM = 'Bearer realm="Descent"'


@dataclass(frozen=True, slots=True)
class Bearer:
    """The token that a request bears, as it was when it came."""

    id: int
    scopes: frozenset[Scope]
    expires_at: datetime | None


@login_manager.request_loader
def load_from_token(current_request: Any) -> User | None:
    """The person whose token the request bears; beyond the API a token may only read."""
    scheme, _, text = current_request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        return None
    token = db.session.scalar(
        select(ApiToken).where(ApiToken.digest == ApiToken.digest_of(text.strip())).options(joinedload(ApiToken.user))
    )
    if token is None or not token.user.is_active:
        return None
    if token.has_expired:
        g.token_problem = f"This token expired on {token.expires_at:%-d %B %Y at %H:%M} UTC. Issue another one."
        return None
    is_beyond = not current_request.path.startswith(f"{blueprint.url_prefix}/")
    if is_beyond and (current_request.method not in READING or Scope.READ not in token.scopes):
        return None
    user, g.bearer = token.user, Bearer(token.id, token.scopes, token.expires_at)
    note_use(token, (current_request.remote_addr or "")[:45])
    return user


def note_use(token: ApiToken, address: str) -> None:
    """Remember when and from where it was used last, to the minute."""
    moment = now()
    is_news = token.last_used_at is None or moment - token.last_used_at > NOTED_EVERY or token.last_used_from != address
    if is_news:
        noted = update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=moment, last_used_from=address)
        db.session.execute(noted.execution_options(synchronize_session=False))  # it may be revoked meanwhile
        db.session.commit()


@blueprint.before_request
def identify() -> None:
    """Whoever sends a token is whom it says, and may what it may, also beside a browser's session."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    if scheme.lower() == "bearer":
        g._login_user = load_from_token(request) or login_manager.anonymous_user()


@blueprint.before_request
def check_access() -> Response | None:
    """401 for strangers, 403 for a token of other scopes; a browser's session must show that it is one of our pages.

    Raises Refused (429).
    """
    count_request()
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if not current_user.is_authenticated and not (current_user.link_keys and request.endpoint in WITH_LINK):
        answer = problem(401, g.get("token_problem") or "Send an API token as “Authorization: Bearer …”, or log in.")
        answer.headers["WWW-Authenticate"] = f'{REALM}, error="invalid_token"' if "token_problem" in g else REALM
        return answer
    if g.get("bearer"):
        return check_scope(g.bearer)
    if request.method not in READING:
        try:
            csrf.protect()
        except CSRFError as error:
            return problem(400, f"A browser's session needs the X-CSRFToken header: {error.description}")
    return None


def check_scope(token: Bearer) -> Response | None:
    """403 when the token was not made for this."""
    said = described(request.endpoint or "")
    needed = said.scope_for(request.method) if said else Scope.ADMIN
    if needed in token.scopes:
        return None
    detail = f"This needs a token with the scope “{needed}”; yours has {', '.join(sorted(token.scopes))}."
    answer = problem(403, detail)
    answer.headers["WWW-Authenticate"] = f'{REALM}, error="insufficient_scope", scope="{needed}"'
    return answer


@blueprint.before_request
def check_query() -> None:
    """A parameter that there is not is a mistake, which would else be taken for none; so is one that is given twice."""
    said = described(request.endpoint or "")
    unknown = [name for name in request.args if said is not None and name not in said.parameters]
    if unknown:
        known = ", ".join(said.parameters) if said and said.parameters else "none"
        sentence = f"There is no such parameter; this address takes {known}."
        raise invalid([Problem(name.replace("\x00", "")[:60], sentence) for name in unknown[:20]])
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if said is not None and twice:
        raise invalid(
            [Problem(name, f"Give {name} once; it came {len(request.args.getlist(name))} times.") for name in twice]
        )


def granted_scopes() -> frozenset[Scope]:
    """What the request may do: all that its person may when it is a browser's, else what its token may."""
    bearer: Bearer | None = g.get("bearer")
    return bearer.scopes if bearer else frozenset(Scope)


def check_may_submit() -> None:
    """Raises Refused (403) for those who may only look."""
    if not policy.may_submit(current_user):
        raise Refused(403, policy.refusal(current_user))


@blueprint.app_errorhandler(Refused)
def answer_refused(error: Refused) -> Response:
    """Turn it into a problem document."""
    db.session.rollback()
    answer = problem(error.status, error.detail, error.errors)
    answer.headers.update(error.headers)
    return answer
