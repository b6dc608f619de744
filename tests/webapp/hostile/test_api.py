"""The OpenAPI document of a web server that really runs, and requests that schemathesis makes of it."""

import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import schemathesis
from hypothesis import given
from schemathesis.checks import not_a_server_error

from tests.conftest import ROOT
from tests.services import free_port, wait_for
from tests.webapp.datasets.files import PETS
from tests.webapp.hostile.conftest import Instance, instance_on
from tests.webapp.hostile.scale import LONG, cases

STREAMS = {"follow_trial"}
ALWAYS = ("400", "404", "405", "413", "415")
DELETES = {"delete_experiment", "delete_layout", "delete_dataset"}
OTHERS_ONLY = {"revoke_token"}  # the token by which all this is asked goes on


@dataclass
class Served:
    """A web server on the instance's database, and what it wrote into its log."""

    url: str
    log: Path
    headers: dict[str, str]
    instance: Instance
    process: psutil.Process

    def peak_mib(self) -> float:
        """The most memory that any of its processes has held so far."""
        family = [self.process, *self.process.children(recursive=True)]
        peaks = [Path(f"/proc/{one.pid}/status").read_text().split("VmHWM:")[1].split()[0] for one in family]
        return max(map(int, peaks)) / 1024


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Instance]:
    """What the server serves."""
    yield from instance_on("sqlite", tmp_path_factory.mktemp("served") / "var", redis_url)


@pytest.fixture(scope="module")
def served(instance: Instance) -> Iterator[Served]:
    """A web server without workers, as ``flask web`` starts it."""
    settings, port = instance.settings, free_port()
    environment = {
        **os.environ,
        "DESCENT_VAR": str(settings.var),
        "DESCENT_PORT": str(port),
        "REDIS_URL": str(settings.redis_url),
    }
    log = settings.var / "web.out"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "web"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(lambda: httpx.get(f"{url}/healthz").raise_for_status(), (httpx.HTTPError,), 60)
            headers = {"Authorization": f"Bearer {instance.person.token}"}
            yield Served(url, log, headers, instance, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(30)


class Asked:
    """What the cases of one operation after the other came to."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []

    def all_of(self, operation: Any, few: int, many: int) -> None:
        """Cases of an operation."""

        @cases(few, many)
        @given(case=operation.as_strategy())
        def try_it(case: schemathesis.Case) -> None:
            self.one(operation.definition.raw, case)

        try_it()

    def one(self, declared: dict[str, Any], case: schemathesis.Case) -> None:
        """A case; most of the time about something that is there."""
        name = declared["operationId"]
        if name in OTHERS_ONLY:
            case.path_parameters = {k: max(int(v), 1000) for k, v in (case.path_parameters or {}).items()}
        elif name not in DELETES:
            given = case.path_parameters or {}
            case.path_parameters = {k: self.served.instance.ids[k] if int(v) % 3 else v for k, v in given.items()}
        answer = case.call(headers=self.served.headers, timeout=30)
        self.statuses[answer.status_code] += 1
        self.served.instance.cases += 1
        try:
            case.validate_response(answer, checks=[not_a_server_error])
            assert str(answer.status_code) in {*declared["responses"], *ALWAYS}, "this status is not in the document"
            if answer.status_code >= 400:
                assert answer.headers["content-type"][0].startswith("application/problem+json")
                assert answer.json()["detail"], "a problem without words"
        except Exception as error:
            self.failures.append(f"{name} {answer.status_code}: {error!r:.500}")


def test_requests_made_from_the_openapi_document(served: Served) -> None:
    asked = Asked(served)
    for result in schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json").get_all_operations():
        if result.ok().definition.raw["operationId"] not in STREAMS:
            asked.all_of(result.ok(), 6, 200)
    assert asked.failures == [], "\n".join(asked.failures[:20])
    assert b"Traceback" not in served.log.read_bytes()
    assert asked.statuses.total() > (3000 if LONG else 100)
    assert {200, 422} <= asked.statuses.keys()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is told by Linux' /proc")
def test_a_large_upload_is_never_whole_in_memory(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "large.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in PETS.items():
            archive.writestr(name.replace("pets", "large"), content + name.encode())
        with archive.open("readme.bin", "w") as beside:
            for _ in range(160):
                beside.write(os.urandom(1 << 10) * (1 << 10))
    before = served.peak_mib()
    with file.open("rb") as content:
        answer = httpx.post(
            f"{served.url}/api/v1/datasets", headers=served.headers, files={"files": content}, timeout=120
        )
    assert answer.status_code == 201, answer.text
    assert served.peak_mib() - before < 60
