"""Each arrow of the architecture, in a fresh interpreter: who may import whom."""

import subprocess
import sys

import pytest

LIGHT = ["dlcore.spec", "dlcore.events", "dlcore.describe", "dlcore.validation", "dlcore.recipes"]


def loaded_by(module: str) -> set[str]:
    """The top-level packages, and our modules, in a fresh interpreter that imported ``module``."""
    code = f"import sys, {module}; print('\\n'.join(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(answer.stdout.split())


@pytest.mark.parametrize("module", LIGHT)
def test_the_spec_side_of_dlcore_needs_no_torch(module: str) -> None:
    assert not loaded_by(module) & {"torch", "sklearn", "flask", "celery"}


def test_the_web_process_imports_neither_torch_nor_the_worker() -> None:
    assert not loaded_by("wsgi") & {"torch", "worker", "sklearn", "dlcore.train", "boto3"}


def test_dlcore_knows_nothing_of_the_web_the_worker_and_the_database() -> None:
    assert not loaded_by("dlcore.train") & {"webapp", "worker", "flask", "sqlalchemy", "celery", "redis"}


@pytest.mark.parametrize("module", ["webapp.models", "webapp.store.curves", "webapp.store.live", "webapp.store.leases"])
def test_the_store_comes_without_the_web_application(module: str) -> None:
    loaded = loaded_by(module)
    assert not loaded & {"torch", "worker", "webapp.app", "webapp.api", "webapp.experiments"}


def test_the_worker_uses_models_and_store_but_no_page() -> None:
    loaded = loaded_by("worker.runner")
    assert "webapp.store.curves" in loaded
    assert not loaded & {"webapp.app", "webapp.api", "webapp.experiments", "webapp.auth", "webapp.live", "webapp.cli"}
