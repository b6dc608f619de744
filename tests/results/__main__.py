"""Makes docs/results.md and docs/optimizers.svg: what recipes reach on real data, and the command of each row.

make results                     all rows; hours on a small machine
.venv/bin/python -m tests.results wine-quality optimizers      some of them; the others' figures stay
"""

import json
import os
import platform
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.results.optimizers import draw, train_all

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FIGURES = DOCS / "results.json"


@dataclass(frozen=True)
class Row:
    """A line of the table. ``wanted``: (result, the least that counts), or None where a row stands for comparison."""

    name: str
    words: str
    arguments: str
    metrics: tuple[str, ...]
    wanted: tuple[str, float] | None = None

    @property
    def command(self) -> str:
        """What a person types."""
        return f".venv/bin/python -m dlcore train {self.arguments} --threads 1"


CIFAR = "resnet20-cifar10 --set data.train_size=10000 --set epochs=8"
ACCURACY = ("test/accuracy",)
ROWS = (
    Row("lenet5", "MNIST, LeNet-5", "lenet5-mnist --set epochs=12 --set 'schedule={kind: cosine}' --set optimizer.lr=0.02",
        ACCURACY, ("test/accuracy", 0.99)),
    Row("resnet-fashion", "Fashion-MNIST, a small ResNet", "resnet-fashion", ACCURACY, ("test/accuracy", 0.92)),
    Row("house-prices", "California housing, MLP", "house-prices", ("test/r2", "test/mae")),
    Row("wine-quality", "Wine quality (red), MLP", "wine-quality", ("test/r2", "test/mae")),
    Row("cifar-softmax", "CIFAR-10 (JPEG), 10,000 pictures, softmax",
        f"{CIFAR} --set 'network={{kind: softmax}}' --set optimizer.lr=0.005", ACCURACY),
    Row("cifar-mlp", "CIFAR-10 (JPEG), 10,000 pictures, MLP",
        f"{CIFAR} --set 'network={{kind: mlp, hidden: [512, 256]}}' --set optimizer.lr=0.02", ACCURACY),
    Row("cifar-lenet5", "CIFAR-10 (JPEG), 10,000 pictures, LeNet-5",
        f"{CIFAR} --set 'network={{kind: lenet5}}' --set optimizer.lr=0.02", ACCURACY),
    Row("cifar-resnet20", "CIFAR-10 (JPEG), 10,000 pictures, ResNet-20", CIFAR, ACCURACY),
)  # fmt: skip
HEAD = """# Results

Written by `make results`, on {cores} cores ({system}, Python {python}), each row on one thread; {day}. Real data from `DESCENT_DATA`;
“CIFAR-10 (JPEG)” is CIFAR-10 stored as JPEG at quality 75, so its figures are a little below those on the lossless pictures. The test part
is used once, at the end.

| data and network | result | time | command |
| --- | --- | --- | --- |
"""
PICTURE = """
## Every optimizer on the same network

An MLP 784-128-10 on 10,000 pictures of Fashion-MNIST for three epochs, batch 64, each optimizer with its defaults: smoothed
training loss over the steps (L-BFGS takes one batch per step, too). The faint lines are the others'. Made by
`.venv/bin/python -m tests.results optimizers`.

![Training loss of every optimizer](optimizers.svg)
"""


def main(names: list[str]) -> None:
    """Run what was asked for, all by default, and write the page."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for row in ROWS:
        if not names or row.name in names:
            print(row.command, flush=True)
            done = subprocess.run(shlex.split(row.command), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
            figures[row.name] = json.loads(done.stdout)
            check(row, figures[row.name])
            FIGURES.write_text(json.dumps(figures, indent=1) + "\n")
    if not names or "optimizers" in names:
        (DOCS / "optimizers.svg").write_text(draw(train_all()))
    (DOCS / "results.md").write_text(page(figures))


def check(row: Row, figures: dict[str, Any]) -> None:
    """A row that falls short stops the run."""
    if row.wanted and figures[row.wanted[0]] < row.wanted[1]:
        raise SystemExit(f"{row.words}: {row.wanted[0]} is {figures[row.wanted[0]]:.4f}, less than {row.wanted[1]}")


def page(figures: dict[str, Any]) -> str:
    """The Markdown."""
    facts = {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    lines = [line(row, figures[row.name]) for row in ROWS if row.name in figures]
    return HEAD.format(**facts, day=datetime.now(UTC).date()) + "\n".join(lines) + "\n" + PICTURE


def line(row: Row, figures: dict[str, Any]) -> str:
    """A row of the table."""
    words = {"test/accuracy": "{:.2%} right", "test/r2": "R² {:.3f}", "test/mae": "mean absolute error {:,.4g}"}
    result = ", ".join(words[metric].format(figures[metric]) for metric in row.metrics)
    return f"| {row.words} | {result} | {figures['duration_s']:,.0f} s | `{row.command}` |"


if __name__ == "__main__":
    main(sys.argv[1:])
