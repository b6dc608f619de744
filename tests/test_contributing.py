"""The guide's parts in their places: one file each, and the suite takes them up by itself."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.guide import examples

OPTIMIZER, NETWORK, DATA = "adamax", "all_cnn", "bars_and_stripes"
SUITES = """tests/dlcore/test_parts.py tests/dlcore/optim tests/dlcore/networks/test_every_network.py
    tests/dlcore/data/test_declarations.py tests/webapp/experiments/test_every_part.py"""


def copy_of_the_repository(to: Path) -> Path:
    """What the suites need of it, and none of what the guide adds."""
    for folder in ("dlcore", "webapp", "tests", "docs"):
        shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__", "vendor", "e2e"))
    shutil.copy(ROOT / "pyproject.toml", to)
    shutil.copy(ROOT / "CONTRIBUTING.md", to)
    return to


def run(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in ``where``."""
    return subprocess.run([sys.executable, "-m", *words], cwd=where, capture_output=True, text=True, timeout=170)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Descent with the guide's files in it."""
    where = copy_of_the_repository(tmp_path_factory.mktemp("extended"))
    for path, code in examples().items():
        assert not (ROOT / path).exists(), f"{path} is a part by now: the guide needs another example"
        (where / path).write_text(code)
    yield where
    shutil.rmtree(where)


@pytest.fixture(scope="module")
def passed(extended: Path) -> dict[str, set[str]]:
    """The tests that passed with the guide's parts, by kind."""
    ours = " or ".join((OPTIMIZER, NETWORK, DATA))
    answer = run(extended, "pytest", "-rA", "-p", "no:cacheprovider", *SUITES.split(), "-k", ours)
    assert answer.returncode == 0, answer.stdout[-3000:]
    found: dict[str, set[str]] = {OPTIMIZER: set(), NETWORK: set(), DATA: set()}
    for test, example in re.findall(r"^PASSED \S+::(\w+)\[(.*)\]$", answer.stdout, re.M):
        for kind, names in found.items():
            if kind in example:
                names.add(test)
    return found


def test_the_guide_shows_one_file_for_each_part_and_a_formula_for_the_optimizer() -> None:
    assert [str(path) for path in examples()] == [
        "dlcore/optim/adamax.py",
        "tests/dlcore/optim/reference/adamax.py",
        "dlcore/networks/all_cnn.py",
        "dlcore/data/bars_and_stripes.py",
    ]


@pytest.mark.parametrize("kind", [OPTIMIZER, NETWORK, DATA])
def test_schema_and_form_of_each_are_tested_by_existing(passed: dict[str, set[str]], kind: str) -> None:
    assert passed[kind] >= {
        "test_its_defaults_are_a_part",
        "test_every_field_has_a_line_of_help",
        "test_it_survives_being_written_and_read",
        "test_a_value_beyond_its_limit_is_refused",
        "test_what_a_browser_sends_of_its_section_is_the_part",
    }


def test_formula_and_checkpoint_of_the_optimizer_are_tested_by_existing(passed: dict[str, set[str]]) -> None:
    assert passed[OPTIMIZER] >= {
        "test_it_follows_its_formula_for_a_hundred_steps",
        "test_it_goes_on_from_a_saved_file_bit_for_bit",
        "test_it_keeps_as_many_numbers_for_each_parameter_as_it_says",
        "test_a_run_that_was_interrupted_ends_bit_for_bit_like_one_that_was_not",
    }


def test_arithmetic_and_weights_of_the_network_are_tested_by_existing(passed: dict[str, set[str]]) -> None:
    assert passed[NETWORK] >= {
        "test_the_layer_table_is_what_the_layers_put_out",
        "test_a_step_of_training_reaches_every_weight_and_leaves_it_finite",
        "test_its_weights_come_back_from_a_file_into_another_of_its_kind",
        "test_rows_of_numbers_are_refused_with_a_remedy",
    }


def test_shapes_and_examples_of_the_data_set_are_tested_by_existing(passed: dict[str, set[str]]) -> None:
    assert passed[DATA] >= {
        "test_its_shapes_are_known_without_its_files",
        "test_what_it_declares_is_what_it_reads",
    }


def test_the_guides_code_is_laid_out_and_checked_like_ours(extended: Path) -> None:
    files = [str(path) for path in examples()]
    for words in (["ruff", "check"], ["ruff", "format", "--check"]):
        answer = run(extended, *words, *files)
        assert answer.returncode == 0, answer.stdout


def test_an_optimizer_without_a_formula_is_told(tmp_path: Path) -> None:
    where = copy_of_the_repository(tmp_path)
    part = Path("dlcore/optim/adamax.py")
    (where / part).write_text(examples()[part])
    answer = run(where, "pytest", "tests/dlcore/optim/test_reference.py", "-k", f"has_a_reference and {OPTIMIZER}")
    assert answer.returncode == 1
    assert "test_it_has_a_reference[adamax]" in answer.stdout
