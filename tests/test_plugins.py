"""Parts of an installed package: declared by entry points, and there for API, form, reference, validation and training."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.guide import entry_points, examples

KINDS = {"optimizer": "adamax", "network": "all_cnn", "data": "bars_and_stripes"}


def package_in(folder: Path, **entries: str) -> Path:
    """A package with the guide's parts, as an installer would leave it; ``entries`` in place of those of the guide."""
    package, info = folder / "my_parts", folder / "my_parts-1.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").touch()
    for path, code in examples().items():
        if path.parts[0] == "dlcore":
            (package / path.name).write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-parts\nVersion: 1.0\n")
    lines = [f"{name} = {module}" for name, module in (entries or entry_points()).items()]
    (info / "entry_points.txt").write_text("\n".join(["[descent.parts]", *lines]))
    return folder


def python(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that finds the packages in ``folder``."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "OMP_NUM_THREADS": "1"}
    environment.pop("REDIS_URL", None)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


ASK = """
import json, os, sys
from dlcore.validation import SpecInvalid, parse_spec
from webapp.app import create_app
from webapp.auth.service import create_user
from webapp.models import ApiToken, Role, db
from webapp.settings import Settings

app = create_app(Settings(DESCENT_VAR=os.path.abspath("var"), DESCENT_SECRET_KEY="a secret for tests"), WTF_CSRF_ENABLED=False)
with app.app_context():
    db.create_all()
    ada = create_user(db.session(), "ada", "ada@example.com", "correct horse battery", Role.MEMBER)
    row, token = ApiToken.issue(ada)
    db.session.add(row)
    db.session.commit()
browser = app.test_client()
browser.post("/login", data={"login": "ada", "password": "correct horse battery"})
kinds = json.loads('KINDS')
form = browser.get("/experiments/new").text
sections = {}
for family, kind in kinds.items():
    answer = browser.post(f"/experiments/new/section?path={family}", data={f"{family}.kind": kind})
    assert answer.status_code == 200, answer.text
    sections[family] = answer.text
small = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}}
problems = {}
for family, wrong in {"optimizer": {"beta1": 1.5}, "network": {"filters": 0}, "data": {"side": 1000}}.items():
    try:
        parse_spec({**small, family: {"kind": kinds[family], **wrong}})
    except SpecInvalid as invalid:
        problems[family] = [[problem.path, problem.message] for problem in invalid.problems]
spec = {family: {"kind": kind} for family, kind in kinds.items()}
made = app.test_client().post("/api/v1/experiments", json={"title": "With a plugin", "spec": spec},
                    headers={"Authorization": f"Bearer {token}"})
print(json.dumps({
    "parts": browser.get("/api/v1/parts").json["parts"], "form": form, "sections": sections, "problems": problems,
    "reference": browser.get("/parts").text, "created": made.status_code, "torch": "torch" in sys.modules,
}))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the web says with the package installed."""
    asked = python(package_in(tmp_path_factory.mktemp("package")), ASK.replace("KINDS", json.dumps(KINDS)))
    assert asked.returncode == 0, asked.stderr[-3000:]
    return json.loads(asked.stdout)


every_kind = pytest.mark.parametrize(("family", "kind"), KINDS.items())


@every_kind
def test_the_api_lists_it_with_its_schema(answers: Any, family: str, kind: str) -> None:
    (part,) = [part for part in answers["parts"] if (part["family"], part["kind"]) == (family, kind)]
    field = {"optimizer": "beta2", "network": "filters", "data": "side"}[family]
    assert part["schema"]["properties"][field]["description"]
    assert "Source:" in part["description"]


@every_kind
def test_the_form_offers_it_and_swaps_its_section_in(answers: Any, family: str, kind: str) -> None:
    assert f'<option value="{kind}"' in answers["form"]
    field = {"optimizer": "optimizer.beta2", "network": "network.filters", "data": "data.side"}[family]
    assert f'name="{field}"' in answers["sections"][family]
    assert f'<option value="{kind}" selected>' in answers["sections"][family]


@every_kind
def test_it_has_its_place_in_the_reference(answers: Any, family: str, kind: str) -> None:
    assert f'id="{family}-{kind}"' in answers["reference"]


@every_kind
def test_a_mistake_in_one_of_its_fields_is_a_sentence(answers: Any, family: str, kind: str) -> None:
    path, words = {
        "optimizer": ("optimizer.beta1", "less than 1"),
        "network": ("network.filters", "between 1 and 1,024"),
        "data": ("data.side", "between 4 and 64"),
    }[family]
    ((told, message),) = answers["problems"][family]
    assert told == path
    assert words in message


def test_an_experiment_may_be_submitted_with_it_and_the_web_still_needs_no_torch(answers: Any) -> None:
    assert answers["created"] == 201
    assert not answers["torch"]


TRAIN = """
import json
from dlcore.events import Scalars
from dlcore.train import train
from dlcore.validation import parse_spec

small = {"data": {"kind": "digits", "train_size": 200}, "network": {"kind": "softmax"}, "epochs": 2, "batch_size": 20}
fields = {"network": {"filters": 8}}
for family, kind in json.loads('KINDS').items():
    spec = parse_spec({**small, family: {"kind": kind, **fields.get(family, {})}})
    events = list(train(spec))
    losses = [value for event in events if isinstance(event, Scalars) and event.key == "train/loss" for value in event.values]
    half = len(losses) // 2
    print(family, "learns" if sum(losses[half:]) < sum(losses[:half]) else losses)
"""


def test_two_epochs_are_trained_with_each(tmp_path: Path) -> None:
    trained = python(package_in(tmp_path), TRAIN.replace("KINDS", json.dumps(KINDS)))
    assert trained.returncode == 0, trained.stderr[-3000:]
    assert trained.stdout.splitlines() == [f"{family} learns" for family in KINDS]


@pytest.mark.parametrize("first", ["dlcore.optim", "dlcore.layers.conv", "dlcore.data.mnist", "dlcore.networks"])
def test_whichever_of_our_modules_comes_first_every_plugin_is_found(tmp_path: Path, first: str) -> None:
    """A family's plugins are imported when its base class is there, and not before."""
    spec = {family: {"kind": kind} for family, kind in KINDS.items()}
    code = f"import {first}; from dlcore.spec import Spec; print(Spec.model_validate({spec}).network.kind)"
    answer = python(package_in(tmp_path), code)
    assert answer.stdout.strip() == "all_cnn", answer.stderr[-2000:]


def test_a_plugin_that_comes_before_everything_of_ours_is_told_what_to_import_first(tmp_path: Path) -> None:
    package_in(tmp_path)
    refused = python(tmp_path, "import my_parts.adamax")
    assert "Import dlcore.spec before my_parts.adamax" in refused.stderr
    assert python(tmp_path, "import dlcore.spec, my_parts.adamax").returncode == 0


@pytest.mark.parametrize(
    ("name", "module", "words"),
    [
        ("optimizer.adamaxx", "my_parts.adamax", "'optimizer.adamaxx' names no part that my_parts.adamax declares"),
        ("optimizer.sgd", "my_parts.sgd", "'sgd' is declared twice"),
    ],
)
def test_a_package_that_is_wrong_is_told(tmp_path: Path, name: str, module: str, words: str) -> None:
    package_in(tmp_path, **{name: module})
    code = (tmp_path / "my_parts/adamax.py").read_text()
    (tmp_path / "my_parts/sgd.py").write_text(code.replace('"adamax"', '"sgd"'))
    answer = python(tmp_path, "import dlcore.spec")
    assert answer.returncode == 1
    assert words in answer.stderr
