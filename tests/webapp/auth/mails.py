"""The mails of an instance without a server."""

import email
import email.policy
import re
from pathlib import Path

from tests.waiting import wait_until
from webapp.settings import Settings


def mails(settings: Settings, to: str) -> list[str]:
    """The texts of those to an address, oldest first."""
    found = []
    for path in sorted((settings.var / "mail").glob("*.eml")):
        message = email.message_from_bytes(Path(path).read_bytes(), policy=email.policy.default)
        if message["To"] == to:
            found.append(f"{message['Subject']}\n{message.get_content()}")
    return found


def last_mail(settings: Settings, to: str, count: int = 1) -> str:
    """The newest, once there are ``count``."""
    wait_until(lambda: len(mails(settings, to)) >= count, f"mail {count} to {to}")
    return mails(settings, to)[-1]


def path_in(mail: str) -> str:
    """Where its link leads."""
    found = re.search(r"^http://127\.0\.0\.1:8000(/\S+)$", mail, re.MULTILINE)
    assert found, mail
    return found[1]
