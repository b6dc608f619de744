"""Mails: as files where there is no server, and never at the cost of a request."""

import email
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Store
from tests.waiting import wait_until
from webapp import mail
from webapp.app import create_app
from webapp.models import AuditEntry
from webapp.settings import Settings, SettingsInvalid


def test_without_a_server_a_mail_is_a_file_that_others_cannot_read(app: Flask, settings: Settings) -> None:
    with app.app_context():
        mail.send("ada@example.com", "Größe", "Hello, Ada.\nhttps://example.com/a?b=c")
    (path,) = (settings.var / "mail").glob("*")
    message = email.message_from_bytes(path.read_bytes())
    assert (message["To"], message["From"]) == ("ada@example.com", "descent@localhost")
    assert "https://example.com/a?b=c" in path.read_text()
    assert (path.suffix, path.stat().st_mode & 0o777) == (".eml", 0o600)


def test_a_line_break_in_a_subject_is_no_header(app: Flask, store: Store, settings: Settings) -> None:
    with app.app_context(), pytest.raises(mail.MailNotSent):
        mail.send("ada@example.com", "Hello\nBcc: everybody@example.com", "")
    assert not list((settings.var / "mail").glob("*"))


class Conversation(socketserver.StreamRequestHandler):
    """Enough of SMTP to take a mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        content = False
        for line in self.rfile:
            self.server.heard.append(line)  # type: ignore[attr-defined]
            if content:
                content = line != b".\r\n"
                answer = b"" if content else b"250 taken\r\n"
            else:
                content = line.upper().startswith(b"DATA")
                answer = b"354 go on\r\n" if content else b"250 well\r\n"
            self.wfile.write(answer)
            if line.upper().startswith(b"QUIT"):
                return


@pytest.fixture
def server() -> Iterator[socketserver.ThreadingTCPServer]:
    """A mail server of this machine."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as made:
        made.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def with_server(settings: Settings, port: int) -> Flask:
    return create_app(
        settings.model_copy(update={"mail_server": f"smtp://127.0.0.1:{port}", "url": "https://descent.example.org"})
    )


def test_with_a_server_a_mail_goes_there(
    app: Flask, settings: Settings, server: socketserver.ThreadingTCPServer
) -> None:
    with with_server(settings, server.server_address[1]).app_context():
        mail.send("ada@example.com", "Hello", "A word.")
        assert mail.link("/x") == "https://descent.example.org/x"
    heard = b"".join(server.heard)  # type: ignore[attr-defined]
    assert b"<ada@example.com>" in heard
    assert b"A word." in heard


def test_a_server_that_is_away_is_told_and_entered(app: Flask, settings: Settings, store: Store) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with (
            with_server(settings, nobody.getsockname()[1]).app_context(),
            pytest.raises(mail.MailNotSent, match="refused"),
        ):
            mail.send("ada@example.com", "Hello", "")
    wait_until(lambda: store.scalars(select(AuditEntry.action)).all() == ["mail.failed"], "the entry")


def test_a_server_that_says_nothing_is_not_waited_for(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        with with_server(settings, silent.getsockname()[1]).app_context(), pytest.raises(mail.MailNotSent):
            mail.send("ada@example.com", "Hello", "")
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DESCENT_MAIL_SERVER": "smtp://host"}, "needs DESCENT_URL"),
        ({"DESCENT_MAIL_SERVER": "ftp://name:secret@host"}, "not a mail server"),
        ({"DESCENT_URL": "descent.example.org"}, "not an address"),
        ({"DESCENT_REGISTRATION": "ajar"}, "DESCENT_REGISTRATION"),
    ],
)
def test_settings_that_cannot_be_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], words: str
) -> None:
    for name, value in {"DESCENT_VAR": str(tmp_path), **environment}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=words) as refused:
        Settings.from_environment()
    assert "secret" not in str(refused.value)
