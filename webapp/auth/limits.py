"""How often somebody may try."""

from flask import Response, request, session
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
reset_by_address = limiter.limit("10 per hour", methods=["POST"])
reset_by_account = limiter.limit("5 per hour", methods=["POST"], key_func=account_tried)
link_by_address = limiter.limit("60 per hour", methods=["POST"], deduct_when=failed)


def person_waiting() -> str:
    """Counts codes for one account, from wherever they come."""
    return f"code:{session.get('second_factor', {}).get('user')}"


code_by_account = limiter.limit(
    "5 per minute; 30 per hour", methods=["POST"], deduct_when=failed, key_func=person_waiting
)
mails_by_person = limiter.limit("20 per hour", methods=["POST"])
password_change_by_program = limiter.limit("10 per minute", deduct_when=lambda answer: answer.status_code >= 400)
