"""How often somebody may try."""

from flask import Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, strategy="fixed-window")


def limits_storage(redis_url: str | None) -> str:
    """Where tries are counted: in Redis for all web processes together, else in this process."""
    if not redis_url:
        return "memory://"
    return redis_url.replace("unix://", "redis+unix://", 1)


def failed(response: Response) -> bool:
    """Only a try that failed counts."""
    return response.status_code != 302


def account_tried() -> str:
    """Counts tries on one account, from wherever they come."""
    return "account:" + request.form.get("login", "").strip().lower()[:254]


login_by_address = limiter.limit("30 per minute", methods=["POST"], deduct_when=failed)
login_by_account = limiter.limit("10 per minute", methods=["POST"], deduct_when=failed, key_func=account_tried)
register_by_address = limiter.limit("60 per hour", methods=["POST"])
password_change = limiter.limit("10 per minute", methods=["POST"], deduct_when=failed)
