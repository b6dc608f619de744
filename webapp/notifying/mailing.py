"""Mail to people: by the server that DESCENT_MAIL_SERVER names, else into files in DESCENT_VAR/mail."""

from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_mailman import EmailMessage, Mail

from webapp.settings import Settings

PATIENCE_S = 10


def send(settings: Settings, to: str, subject: str, text: str, message_id: str | None = None) -> None:
    """One mail to one person. The same ``message_id`` tells mail programs that it is the same mail. Raises OSError."""
    headers = {"Message-ID": message_id} if message_id else None
    with sender(settings).app_context():
        EmailMessage(" ".join(subject.split()), text, to=[to], headers=headers).send()


@lru_cache(maxsize=4)
def sender(settings: Settings) -> Flask:
    """An application that only sends mail, so that a worker can, too."""
    app = Flask("descent-mail")
    app.config.update(configuration(settings))
    Mail(app)
    return app


def configuration(settings: Settings) -> dict[str, Any]:
    """What Flask-Mailman is told."""
    common = {"MAIL_DEFAULT_SENDER": settings.mail_from, "MAIL_TIMEOUT": PATIENCE_S}
    if not settings.mail_server:
        folder = settings.var / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        return {**common, "MAIL_BACKEND": "file", "MAIL_FILE_PATH": str(folder)}
    parts = urlsplit(settings.mail_server)
    is_tls = parts.scheme == "smtps"
    return {
        **common,
        "MAIL_BACKEND": "smtp",
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": parts.port or (465 if is_tls else 25),
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": is_tls,
        "MAIL_USE_TLS": parts.scheme == "smtp+starttls",
    }
