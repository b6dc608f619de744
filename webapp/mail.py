"""Mail to people: through the server that DESCENT_MAIL_SERVER names, or as files in DESCENT_VAR/mail where there is none."""

import logging
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from flask_mailman import EmailMessage, Mail
from flask_mailman.backends.base import BaseEmailBackend

from webapp import audit
from webapp.models import db
from webapp.settings import Settings

log = logging.getLogger(__name__)
mailman = Mail()
PATIENCE_S = 4.0  # that a request waits for the mail server
FAILED = "mail.failed"


class MailNotSent(Exception):
    """Why a mail did not go out, as a sentence. It is in the log and in the audit log as well."""


def send(to: str, subject: str, text: str) -> None:
    """Send a text mail, and wait for a few seconds at most. Raises MailNotSent. Call it after the commit.

    A server that is slower is not waited for: the mail may still go out then, and the log says whether it did.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    over, problems = Event(), list[str]()
    Thread(target=deliver, args=(app, to, subject, text, over, problems), daemon=True, name="mail").start()
    if not over.wait(PATIENCE_S):
        raise MailNotSent(f"The mail server has not answered within {PATIENCE_S:g} seconds.")
    if problems:
        raise MailNotSent(f"The mail to {to} was not sent: {problems[0]}")


def deliver(app: Flask, to: str, subject: str, text: str, over: Event, problems: list[str]) -> None:
    """Hand the mail to the server, in a thread of its own; what goes wrong is entered for administrators."""
    with app.app_context():
        try:
            EmailMessage(subject, text, app.config["MAIL_DEFAULT_SENDER"], [to]).send()
        except (
            OSError,
            ValueError,
        ) as error:  # smtplib's errors are OSErrors; a header with a line break is a ValueError
            problems.append(f"{type(error).__name__}: {error}"[:300])
            log.error("a mail was not sent: %s", problems[0], extra={"to": to, "subject": subject})
        over.set()
        if problems:
            audit.record(db.session(), None, FAILED, to, {"subject": subject, "reason": problems[0]})
            db.session.commit()


def behind(work: Callable[..., None], *given: Any) -> None:
    """Do ``work``, which sends mails, without that the request waits: how long it takes tells nobody anything."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context():
            try:
                work(*given)
            except MailNotSent:
                return  # logged and entered by ``deliver``
            except Exception:
                log.exception("what sends a mail failed")

    Thread(target=run, daemon=True, name="mail").start()


def tell(address: str, subject: str, text: str) -> None:
    """Mail what happened to an account, behind the request: it stands whether the mail goes out or not."""
    behind(send, address, subject, f"{text}\n\nIf this was not you, ask an administrator at once.\n")


def goes_out() -> bool:
    """Whether there is a mail server; else each mail is a file."""
    return bool(current_app.config["SETTINGS"].mail_server)


def where_it_goes(address: str) -> str:
    """What becomes of a mail to an address, as a sentence for whom it is to help."""
    if goes_out():
        return f"A mail is on its way to {address}."
    return f"No mail goes out from here: the one to {address} is a file, which an administrator finds by the page Mail. Ask one for it."


def link(path: str) -> str:
    """An address for a mail, of a path of this site."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url + path


def mail_folder(settings: Settings) -> Path:
    """Where mails lie when there is no mail server."""
    return settings.var / "mail"


def mail_configuration(settings: Settings) -> dict[str, Any]:
    """Flask-Mailman's configuration."""
    common = {"MAIL_DEFAULT_SENDER": settings.mail_from, "MAIL_TIMEOUT": PATIENCE_S}
    if not settings.mail_server:
        return {**common, "MAIL_BACKEND": FolderBackend, "MAIL_FILE_PATH": str(mail_folder(settings))}
    server = urlsplit(settings.mail_server)
    usual_port = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}[server.scheme]
    return {
        **common,
        "MAIL_BACKEND": "smtp",
        "MAIL_SERVER": server.hostname,
        "MAIL_PORT": server.port or usual_port,
        "MAIL_USERNAME": unquote(server.username) if server.username else None,
        "MAIL_PASSWORD": unquote(server.password) if server.password else None,
        "MAIL_USE_SSL": server.scheme == "smtps",
        "MAIL_USE_TLS": server.scheme == "smtp+starttls",
    }


class FolderBackend(BaseEmailBackend):
    """Writes each mail into a file of its own that mail programs open. Only the instance's owner may read it: links are in it."""

    def send_messages(self, messages: list[EmailMessage]) -> int:
        """One file for each."""
        folder = Path(self.mailman.file_path)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in messages:
            content = message.message().as_bytes()
            path = folder / f"{datetime.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.eml"
            part = path.with_suffix(".part")
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            part.rename(path)
        return len(messages)


def send_try(username: str, address: str) -> None:
    """A mail that says nothing but that it came. Raises MailNotSent."""
    send(address, "A mail from Descent", f"This is the mail that {username} asked for.\n")
