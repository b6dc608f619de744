"""Training from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def dlcore(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dlcore", *words], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def test_a_recipe_is_trained_with_fields_changed() -> None:
    done = dlcore("train", "softmax-digits", "--set", "epochs=2", "--set", "schedule={kind: cosine}", "--threads", "1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["steps"] == 2 * 23
    assert "650 parameters" in done.stderr


def test_a_file_is_trained(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("data: {kind: moons}\nnetwork: {kind: mlp}\nepochs: 1\n")
    assert "test/accuracy" in json.loads(dlcore("train", str(spec)).stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("softmax-digits", "--set", "optimizer.lr=100"), "optimizer.lr: Learning rate must be between 1e-8 and 10"),
        (("nothing-there",), "neither a recipe nor a file"),
        (("softmax-digits", "--set", "epochs"), "--set wants FIELD=VALUE"),
    ],
)
def test_mistakes_are_told_without_a_traceback(words: tuple[str, ...], said: str) -> None:
    done = dlcore("train", *words)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
