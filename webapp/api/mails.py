"""A mail to try the mail settings with, for programs."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import with_config
from typing_extensions import TypedDict

from webapp import mail
from webapp.api import blueprint
from webapp.api.description import documented
from webapp.api.people import for_administrators
from webapp.api.problems import Refused
from webapp.auth.limits import mails_by_person
from webapp.models import Scope


@with_config(extra="forbid")
class TriedMailResource(TypedDict):
    """Where a mail was sent."""

    sent_to: str


@blueprint.post("/mail/try")
@mails_by_person
@documented("Send yourself a mail, to try the settings", errors=(409,), answer=TriedMailResource, scope=Scope.ADMIN)
def try_mail() -> ResponseReturnValue:
    """Answered once it is sent, or with the sentence why it could not be. For administrators."""
    for_administrators()
    try:
        mail.send_try(current_user.username, current_user.email)
    except mail.MailNotSent as problem:
        raise Refused(409, str(problem)) from problem
    return jsonify(sent_to=current_user.email)
