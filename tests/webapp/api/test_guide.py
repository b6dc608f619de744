"""The guide to the API, docs/api.md: its commands run as they stand there, and its tables say what is so."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.conftest import ROOT, Person
from webapp.models import Scope

GUIDE = (ROOT / "docs" / "api.md").read_text()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application, served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed here")
def test_its_commands_run(address: str, ada: Person) -> None:
    script = "\n".join(["set -euo pipefail", *re.findall(r"```sh\n(.*?)```", GUIDE, re.S)])
    environment = {**os.environ, "DESCENT_URL": address, "DESCENT_TOKEN": ada.token}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    for expected in (
        '"username":"ada"',
        '"token":"descent_',
        '"valid":true',
        '"state":"cancelled"',
        "RateLimit-Remaining",
    ):
        assert expected in done.stdout
    assert done.stdout.rstrip().endswith("}")
    assert "so it waits in no queue" in done.stdout


def test_it_names_every_scope() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", GUIDE, re.M))
    assert list(rows) == [scope.value for scope in Scope]
    for scope in Scope:
        assert rows[scope].lower() == scope.help.rstrip(".").lower()
