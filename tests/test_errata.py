"""No mistake of the list goes without a test that would catch it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.errata import ERRATA, Kind

MUST = [number for number, erratum in ERRATA.items() if not erratum.elsewhere]


def marks(path: Path) -> Iterator[tuple[str, int]]:
    """(test, number) for each number in a mark ``erratum`` of a file's tests."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.erratum":
                for argument in mark.args:
                    yield node.name, ast.literal_eval(argument)


CATCHERS: dict[int, list[str]] = {}
for file in sorted((ROOT / "tests").rglob("test_*.py")):
    for test, number in marks(file):
        CATCHERS.setdefault(number, []).append(test)


@pytest.mark.parametrize("number", MUST, ids=lambda number: f"{number}: {ERRATA[number].mistake}")
def test_a_mistake_has_a_test_that_would_catch_it(number: int) -> None:
    assert CATCHERS.get(number), f"no test is marked @pytest.mark.erratum({number})"


def test_the_list_has_no_gap_and_no_mark_is_of_a_number_that_is_not_there() -> None:
    assert list(ERRATA) == list(range(1, 52))
    assert CATCHERS.keys() <= ERRATA.keys()


def test_a_mistake_is_said_in_at_most_five_words_and_what_is_elsewhere_has_no_test_here() -> None:
    for number, erratum in ERRATA.items():
        assert 2 <= len(erratum.mistake.replace(" × ", "×").split()) <= 5, erratum.mistake
        assert not (erratum.elsewhere and number in CATCHERS), number


def test_of_code_and_formulas_only_those_of_later_subjects_are_elsewhere() -> None:
    left = {n: e.elsewhere for n, e in ERRATA.items() if e.elsewhere and e.kind is not Kind.TEXT}
    assert left == {34: "verification of faces", 37: "analysis of errors"}
