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
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import ROOT
from tests.services import free_port, wait_for
from tests.webapp.datasets.files import PETS
from tests.webapp.hostile.conftest import Instance, instance_on
from tests.webapp.hostile.scale import LONG, cases

STREAMS = {"follow_trial"}
PROBLEM = "application/problem+json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


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
        "DESCENT_API_PER_MINUTE": "10000000",
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

    def all_of(self, operation: Any, mode: GenerationMode, few: int, many: int) -> None:
        """Cases of an operation, as its document says that they may be, or as it says that they may not."""

        @cases(few, many)
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case: schemathesis.Case) -> None:
            self.one(operation.definition.raw, case)

        try_it()

    def one(self, declared: dict[str, Any], case: schemathesis.Case) -> None:
        """A case; most of the time about something that is there."""
        name = declared["operationId"]
        given = case.path_parameters or {}
        case.path_parameters = {key: self.number(case.method, key, value) for key, value in given.items()}
        answer = case.call(headers=self.served.headers, timeout=30)
        self.statuses[answer.status_code] += 1
        self.served.instance.cases += 1
        try:
            case.validate_response(answer, checks=CHECKS)
            if answer.status_code >= 400 and answer.status_code != 414:
                assert answer.headers["content-type"][0].startswith(PROBLEM)
                assert answer.json()["detail"], "a problem without words"
        except (Exception, FailureGroup) as error:
            self.failures.append(f"{name} {answer.status_code}: {error!r:.500}")

    def number(self, method: str, name: str, value: Any) -> Any:
        """That of something that is there, most of the time; of nothing that the other cases need, where it is deleted."""
        ids = self.served.instance.ids
        if method == "DELETE":
            return 424_242 if value in ids.values() else value
        return ids[name] if name in ids and isinstance(value, int) and value % 3 else value


@pytest.mark.timeout(600)  # there are many operations
def test_requests_made_from_the_openapi_document(served: Served) -> None:
    asked = Asked(served)
    for result in schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json").get_all_operations():
        if result.ok().definition.raw["operationId"] not in STREAMS:
            asked.all_of(result.ok(), GenerationMode.POSITIVE, 2, 150)
            if any(result.ok().iter_parameters()) or result.ok().body:
                asked.all_of(result.ok(), GenerationMode.NEGATIVE, 1, 100)
    assert asked.failures == [], "\n".join(asked.failures[:20])
    assert b"Traceback" not in served.log.read_bytes()
    assert asked.statuses.total() > (3000 if LONG else 100)
    assert {200, 422} <= asked.statuses.keys()


def test_a_long_search_is_read_and_what_is_longer_is_told_as_the_document_says(served: Served) -> None:
    path = f"{served.url}/api/v1/search?q="
    found = httpx.get(path + "x" * 8000, headers=served.headers)
    assert (found.status_code, found.headers["content-type"]) in ((200, "application/json"), (422, PROBLEM))
    longer = httpx.get(path + "x" * 9000, headers=served.headers)
    said = httpx.get(f"{served.url}/api/v1/openapi.json").json()["paths"]["/api/v1/search"]["get"]["responses"]["414"]
    assert (longer.status_code, longer.headers["content-type"]) == (414, next(iter(said["content"])))


@pytest.mark.skipif(not LONG, reason="FUZZ=long runs it")
@pytest.mark.timeout(600)
def test_schemathesis_itself_finds_nothing_in_any_phase_by_any_check(served: Served, tmp_path: Path) -> None:
    """But for streams, which do not end, and the end of the token that asks."""
    left_out = [word for name in (*STREAMS, "delete_token") for word in ("--exclude-operation-id", name)]
    program = [str(Path(sys.executable).with_name("st")), "--config-file", str(ROOT / "schemathesis.toml"), "run"]
    given = ["--checks", "all", "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "20", "--no-color"]
    whom = ["--header", f"Authorization: {served.headers['Authorization']}"]
    command = [*program, f"{served.url}/api/v1/openapi.json", *whom, *given, *left_out]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=580)
    assert ran.returncode == 0, ran.stdout.partition("= FAILURES =")[2][:5000]
    assert b"Traceback" not in served.log.read_bytes()


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
