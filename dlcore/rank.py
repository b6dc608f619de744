"""``python -m dlcore.rank FOLDER RANK PARENT``: one of the processes that train a trial together; ``Ranks`` starts it."""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

import torch

from dlcore.checkpoint import load
from dlcore.data.prepare import prepare
from dlcore.ranks import JOB, PATIENCE_S, RESUME, WEIGHTS, meet
from dlcore.spec import Spec
from dlcore.together import Follower

PR_SET_PDEATHSIG = 1


def main(folder: Path, rank: int, parent: int) -> None:
    """Train along, until the trial ends or the first process does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    job = json.loads((folder / JOB).read_text())
    spec = Spec.model_validate(job["spec"])
    torch.set_num_threads(job["threads"])
    resume, weights = (load(folder / name) if (folder / name).exists() else None for name in (RESUME, WEIGHTS))
    meet(spec, folder, rank, PATIENCE_S)
    data = prepare(spec.data, spec.seed)
    for _ in Follower(spec, job["seed"], weights.arrays if weights else None, resume, data, rank).events():
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
