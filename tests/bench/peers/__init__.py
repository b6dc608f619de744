"""The others beside us, on the same machine in the same run; they live in a virtual environment of their own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[2] / "var" / "peers"
SCRIPTS = {"TensorBoard": "tensorboard_figures.py", "MLflow": "mlflow_figures.py", "Aim": "aim_figures.py"}


def python() -> Path:
    """The Python of their environment, which is made when it is not there or not of these versions."""
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    stamp, found = HOME / "stamp", HOME / "bin" / "python"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([found, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return found


def figures(peer: str) -> dict[str, Any] | None:
    """What ``peer``'s script measured; None where it cannot be installed or does not run here."""
    try:
        done = subprocess.run([python(), HERE / SCRIPTS[peer]], check=True, stdout=subprocess.PIPE, text=True)
    except subprocess.CalledProcessError:
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
