"""Mail from a worker, which has no application of the web: the same way as ``webapp.mail``, waited for, and known again."""

from functools import lru_cache

from flask import Flask
from flask_mailman import EmailMessage, Mail

from webapp.mail import mail_configuration
from webapp.settings import Settings


def send(settings: Settings, to: str, subject: str, text: str, message_id: str) -> None:
    """One mail to one person. The same ``message_id`` tells mail programs that it is the same mail. Raises OSError, ValueError."""
    headers = {"Message-ID": message_id}
    with sender(settings).app_context():
        EmailMessage(" ".join(subject.split()), text, settings.mail_from, [to], headers=headers).send()


@lru_cache(maxsize=4)
def sender(settings: Settings) -> Flask:
    """An application that only sends mail."""
    app = Flask("descent-mail")
    app.config.update(mail_configuration(settings))
    Mail(app)
    return app
