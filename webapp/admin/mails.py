"""Where mails go, which did not go out, and a try."""

import email
import email.policy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import mail
from webapp.admin import blueprint
from webapp.audit.listing import Filter, page
from webapp.auth.limits import mails_by_person
from webapp.models import db
from webapp.settings import Settings

MOST_SHOWN = 30


@blueprint.get("/mail")
def mails() -> ResponseReturnValue:
    """The page."""
    settings: Settings = current_app.config["SETTINGS"]
    server = urlsplit(settings.mail_server or "")
    failures, _ = page(db.session(), Filter(action=mail.FAILED), size=10)
    return render_template(
        "admin/mail.html",
        settings=settings,
        server=f"{server.hostname}{f':{server.port}' if server.port else ''}" if settings.mail_server else "",
        folder=mail.mail_folder(settings),
        files=newest(mail.mail_folder(settings)),
        failures=failures,
    )


@blueprint.post("/mail/try")
@mails_by_person
def try_mail() -> ResponseReturnValue:
    """Send one to the administrator who asks."""
    try:
        mail.send_try(current_user.username, current_user.email)
    except mail.MailNotSent as problem:
        flash(str(problem), "danger")
    else:
        flash(f"Sent to {current_user.email}.", "success")
    return redirect(url_for("admin.mails"))


def newest(folder: Path) -> list[dict[str, Any]]:
    """Heads of the newest mails that are files; what is in them stays between the mail and who it is for."""
    paths = sorted(folder.glob("*.eml"), reverse=True)[:MOST_SHOWN] if folder.is_dir() else []
    return [head_of(path) for path in paths]


def head_of(path: Path) -> dict[str, Any]:
    """To whom, about what, when."""
    with path.open("rb") as file:
        head = email.message_from_bytes(file.read(4000), policy=email.policy.default)
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {"name": path.name, "to": str(head["To"] or ""), "subject": str(head["Subject"] or ""), "at": at}
