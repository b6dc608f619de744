"""No pickle that anybody can put in our way is ever loaded: wherever one could be, the code says that it is not."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ALLOWED = {"dlcore/data/pickles.py"}  # CIFAR's own files, by an unpickler that makes arrays and nothing else
MUST_SAY = {"numpy.load": ("allow_pickle", False), "torch.load": ("weights_only", True)}
NEVER = ("pickle", "cPickle", "_pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal")
SOURCES = sorted(path for folder in ("dlcore", "webapp", "worker") for path in (ROOT / folder).rglob("*.py"))
NAMES = {"np": "numpy", "numpy": "numpy", "torch": "torch"}


def loads_in(source: str) -> list[str]:
    """What in a module would load a pickle."""
    found = []
    for node in ast.walk(ast.parse(source)):
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = [node.module or ""] if isinstance(node, ast.ImportFrom) else imported
        found += [f"line {node.lineno} imports {name}" for name in module if name.split(".")[0] in NEVER]
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            called = f"{NAMES.get(node.func.value.id)}.{node.func.attr}"
            said = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
            if called in MUST_SAY and said.get(MUST_SAY[called][0]) is not MUST_SAY[called][1]:
                found.append(f"line {node.lineno} calls {called} without {MUST_SAY[called]}")
    return found


def test_nothing_loads_a_pickle() -> None:
    assert len(SOURCES) > 200
    names = {path: str(path.relative_to(ROOT)) for path in SOURCES}
    found = {names[path]: loads for path in SOURCES if (loads := loads_in(path.read_text()))}
    assert found.keys() <= ALLOWED, found


@pytest.mark.parametrize(
    "source",
    ["import pickle", "from pickle import loads", "np.load(path)", "np.load(path, allow_pickle=True)", "torch.load(f)",
     "torch.load(f, weights_only=False)", "import joblib", "import shelve"],
)  # fmt: skip
def test_what_would_load_one_is_seen(source: str) -> None:
    assert loads_in(source)


@pytest.mark.parametrize(
    "source", ["np.load(p, allow_pickle=False)", "torch.load(f, weights_only=True)", "import json"]
)
def test_what_loads_none_is_let_be(source: str) -> None:
    assert loads_in(source) == []


def test_celery_takes_json_alone() -> None:
    from worker.app import app

    assert list(app.conf.accept_content) == ["json"]
    assert (app.conf.task_serializer, app.conf.result_serializer) == ("json", "json")


def test_the_only_unpickler_is_not_within_reach_of_uploads() -> None:
    users = [path for path in SOURCES if "read_pickle" in path.read_text()]
    assert [path.name for path in users] == ["cifar10.py", "pickles.py"]
    assert not [path for path in Path(ROOT / "webapp").rglob("*.py") if "data.cifar10" in path.read_text()]
