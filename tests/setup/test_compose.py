"""``compose.yaml`` and what it names, checked without Docker: that commands, settings, files and ports are ours."""

import json
import re
import shlex
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from webapp.app import create_app
from webapp.settings import Settings

TEXT = (ROOT / "compose.yaml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OURS = ["migrate", "web", "worker"]
SETTINGS = {str(field.alias): field for field in Settings.model_fields.values()}
FROM_OUTSIDE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")


def filled(value: str) -> str:
    """A value as Compose fills it in: with the default, or with something where one is required."""
    return FROM_OUTSIDE.sub(lambda found: found[3] if found[2] == "-" else "something", value)


@pytest.mark.parametrize("name", OURS)
def test_a_services_command_is_one_of_ours(name: str, settings: Settings) -> None:
    answer = create_app(settings).test_cli_runner().invoke(args=[*SERVICES[name]["command"], "--help"])
    assert answer.exit_code == 0, answer.output
    assert "Usage" in answer.output


@pytest.mark.parametrize("name", OURS)
def test_a_services_environment_is_settings_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = SERVICES[name]["environment"]
    assert {key for key in environment if not key.startswith("AWS_")} <= SETTINGS.keys()
    for key, value in environment.items():
        monkeypatch.setenv(key, filled(value))
    made = Settings.from_environment()
    assert made.database == "postgresql+psycopg://descent:something@postgres:5432/descent"
    assert made.artifacts_at == "/var/lib/descent/artifacts"
    if name == "web":
        assert (made.host, made.port, made.secure_cookies, made.trusted_proxies) == ("0.0.0.0", 8000, True, 1)


def test_what_is_taken_from_outside_has_a_default_or_is_asked_for() -> None:
    found = FROM_OUTSIDE.findall(TEXT)
    assert {name for name, kind, _ in found if kind == "?"} == {"DESCENT_SECRET_KEY", "POSTGRES_PASSWORD"}
    assert not [name for name, kind, _ in found if not kind]


def test_services_and_volumes_that_are_named_are_there() -> None:
    volumes = yaml.safe_load(TEXT)["volumes"]
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= SERVICES.keys(), name
        for volume in service.get("volumes", []):
            source = filled(volume).split(":")[0]
            assert source in volumes or source == "./data" or (ROOT / source).exists(), volume
    for other, wait in SERVICES["web"]["depends_on"].items():
        assert ("healthcheck" in SERVICES[other]) == (wait["condition"] == "service_healthy")


def test_the_proxy_leads_to_the_web_and_holds_no_stream_back() -> None:
    rules = (ROOT / "deploy" / "Caddyfile").read_text()
    assert f"reverse_proxy web:{SERVICES['web']['environment']['DESCENT_PORT']}" in rules
    assert "flush_interval -1" in rules


def test_the_image_has_everything_that_runs() -> None:
    lines = [
        line.split(maxsplit=1) for line in (ROOT / "Dockerfile").read_text().splitlines() if line and line[0].isupper()
    ]
    copied = {shlex.split(rest)[0] for word, rest in lines if word == "COPY"}
    assert copied == {"requirements.txt", "dlcore", "worker", "webapp", "migrations", "wsgi.py"}
    assert all((ROOT / source).exists() for source in copied)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == copied
    entry = json.loads(next(rest for word, rest in lines if word == "ENTRYPOINT"))
    assert entry == ["python", "-m", "flask", "--app", "wsgi"]
