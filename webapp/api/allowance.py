"""How much a person may ask of the API within a minute: of all their tokens together, and of their browsers besides.

Counted in Redis for all web processes, in windows of a minute. A route may count for several plain requests (``cost`` of its
declaration): an export reads a million points. While Redis is away nothing is counted.
"""

import time
from dataclasses import dataclass
from typing import cast

from flask import Response, current_app, g, request
from flask_login import current_user
from redis import RedisError

from webapp.api import blueprint
from webapp.api.description import described
from webapp.api.problems import Refused
from webapp.auth.limits import limiter

WINDOW_S, TOO_MANY = 60, 429


@dataclass(frozen=True, slots=True)
class Allowance:
    """How a person's window stands."""

    limit: int
    used: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """As programs read it."""
        values = {"Limit": self.limit, "Remaining": max(0, self.limit - self.used), "Reset": self.reset_s}
        return {f"RateLimit-{name}": str(value) for name, value in values.items()}


@blueprint.before_app_request
def count_stray() -> None:
    """An address that there is not, or not by this method, counts as any other. Raises Refused (429)."""
    if request.url_rule is None and request.path.startswith(f"{blueprint.url_prefix}/"):
        count_request()


def count_request() -> None:
    """Raises Refused (429) where a person's minute is used up."""
    if not current_user.is_authenticated or not current_app.config.get("RATELIMIT_ENABLED", True):
        return
    said = described(request.endpoint or "")
    who = f"{'tokens' if g.get('bearer') else 'browsers'}:{current_user.id}"
    g.allowance = allowance = counted(who, said.cost if said else 1)
    if allowance and allowance.used > allowance.limit:
        sentence = (
            f"That was too much for one minute: {allowance.limit:,} plain requests. Go on in {allowance.reset_s} s."
        )
        raise Refused(429, sentence, headers={"Retry-After": str(allowance.reset_s)})


def counted(who: str, cost: int) -> Allowance | None:
    """The window after this request; None while Redis is away."""
    client, limit = current_app.extensions["redis"], current_app.config["SETTINGS"].api_per_minute
    if client is None:
        return None
    window, begun_s = divmod(int(time.time()), WINDOW_S)
    key = f"descent:allowance:{who}:{window}"
    try:
        with client.pipeline(transaction=False) as pipeline:
            used, _ = pipeline.incrby(key, cost).expire(key, 2 * WINDOW_S).execute()
    except RedisError:
        return None
    return Allowance(limit, cast("int", used), WINDOW_S - begun_s)


def passed() -> Allowance | None:
    """How the limit of tries, of passwords say, stands that this request is beyond."""
    found = next((one for one in limiter.current_limits if one.breached), None)
    if found is None:
        return None
    return Allowance(found.limit.amount, found.limit.amount, max(1, int(found.reset_at - time.time())))


@blueprint.after_app_request
def tell(response: Response) -> Response:
    """Every answer to somebody who is known says how much is left; one that a limit of tries refused, when the next is taken."""
    allowance: Allowance | None = g.get("allowance")
    if response.status_code == TOO_MANY and (narrower := passed()):
        allowance = narrower if allowance else None
        response.headers.setdefault("Retry-After", str(narrower.reset_s))
    if allowance:
        response.headers.update(allowance.headers)
    return response
