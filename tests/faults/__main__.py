"""``make chaos``: rounds of twenty trials on both databases while processes are killed; what was found goes to docs/reliability.md."""

import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import torch

from tests.faults.chaos import Outcome, run
from tests.services import postgres_binary

TARGET = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- chaos -->", "<!-- end of chaos -->"
ROUND = {"trials": 20, "different": 4, "epochs": 250, "every_s": 1.2, "at_most_s": 75.0}

FACTS = {
    "trials": "trials",
    "completed": "completed",
    "resumes": "attempts that went on where another had ended",
    "points": "points checked",
    "lost": "points lost",
    "doubled": "points doubled",
    "altered": "points altered",
    "weights": "final weight files checked",
    "other_weights": "final weight files that differ",
    "silent_s": "longest time that a trial was running without a worker (s)",
}


def main(minutes: float, seed: int) -> int:
    """Rounds until the time is up; 1 when anything was lost, doubled or altered."""
    torch.set_num_threads(1)
    found: dict[str, Outcome] = {}
    rounds = 0
    until = time.monotonic() + 60 * minutes
    databases = ["SQLite", "PostgreSQL"] if postgres_binary("initdb") else ["SQLite"]
    while time.monotonic() < until:
        database = databases[(seed + rounds) % len(databases)]
        outcome = run(seed=seed + rounds, postgres=database == "PostgreSQL", **ROUND)
        print(f"round {rounds + 1}, {database}, seed {seed + rounds}: {outcome}", flush=True)
        found[database] = found.get(database, Outcome()) + outcome
        rounds += 1
        write(found, rounds, seed)
    return 0 if all(outcome.is_flawless for outcome in found.values()) else 1


def write(found: dict[str, Outcome], rounds: int, seed: int) -> None:
    """Put the figures in their place on the page."""
    kinds = sorted({kind for outcome in found.values() for kind in outcome.kills})
    rows: list[tuple[str, list[float]]] = [(kind, [one.kills[kind] for one in found.values()]) for kind in kinds]
    rows += [(words, [getattr(one, fact) for one in found.values()]) for fact, words in FACTS.items()]
    lines = [
        f"{datetime.now(UTC).date()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, torch "
        f"{torch.__version__}: {rounds} rounds, seeds {seed} to {seed + rounds - 1}.",
        "",
        f"| | {' | '.join(found)} |",
        f"| --- |{' ---: |' * len(found)}",
        *(f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} |" for name, figures in rows),
    ]
    before, _, rest = TARGET.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    TARGET.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
