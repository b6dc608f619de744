"""Only administrators come here."""

from flask import abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import policy
from webapp.admin import blueprint
from webapp.auth.login import ask_to_log_in


@blueprint.before_request
def for_administrators_only() -> ResponseReturnValue | None:
    """Strangers log in first; everybody else is refused."""
    if not current_user.is_authenticated:
        return ask_to_log_in()
    if not policy.may_administer(current_user):
        abort(403, "These pages are for administrators.")
    return None
