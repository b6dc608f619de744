"""How often somebody may try."""

import contextlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import make_response, request, session
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from limits import parse_many
from redis import RedisError

View = TypeVar("View", bound=Callable[..., Any])
BAD_REQUEST = 400
limiter = Limiter(key_func=get_remote_address, strategy="fixed-window")


def limits_storage(redis_url: str | None) -> str:
    """Where tries are counted: in Redis for all web processes together, else in this process."""
    if not redis_url:
        return "memory://"
    return redis_url.replace("unix://", "redis+unix://", 1)


def tries(limit: str, **rest: Any) -> Callable[[View], View]:
    """A limit of tries that fail. Each is counted before it is looked at, since of many at once none has failed yet, and taken
    back where it succeeds.
    """
    counted, mine = limiter.limit(limit, **rest), parse_many(limit)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **given: Any) -> Any:
            response = make_response(view(*args, **given))
            if response.status_code < BAD_REQUEST:
                take_back(found for found in limiter.current_limits if found.limit in mine)
            return response

        return cast("View", counted(guarded))

    return decorate


def take_back(limits: Iterable[RequestLimit]) -> None:
    """This request is no longer counted."""
    with contextlib.suppress(RedisError):  # it is away: then it stays counted for a while
        for found in limits:
            limiter.limiter.storage.incr(found.key, found.limit.get_expiry(), amount=-1)


def account_tried() -> str:
    """Counts tries on one account, from wherever they come."""
    return "account:" + request.form.get("login", "").strip().lower()[:254]


login_by_address = tries("30 per minute", methods=["POST"])
login_by_account = tries("10 per minute", methods=["POST"], key_func=account_tried)
register_by_address = limiter.limit("60 per hour", methods=["POST"])
password_change = tries("10 per minute", methods=["POST"])
reset_by_address = limiter.limit("10 per hour", methods=["POST"])
reset_by_account = limiter.limit("5 per hour", methods=["POST"], key_func=account_tried)
link_by_address = tries("60 per hour", methods=["POST"])


def person_waiting() -> str:
    """Counts codes for one account, from wherever they come."""
    return f"code:{session.get('second_factor', {}).get('user')}"


code_by_account = tries("5 per minute; 30 per hour", methods=["POST"], key_func=person_waiting)
mails_by_person = limiter.limit("20 per hour", methods=["POST"])
password_change_by_program = tries("10 per minute")
