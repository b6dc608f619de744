"""The other processes of a trial that several train together: started, met, and ended. Imports torch."""

from __future__ import annotations

import json
import os
import signal
import subprocess  # ranks are processes of this program, started without a shell  # nosec B404
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from types import TracebackType

import torch
from torch import distributed

from dlcore.checkpoint import save
from dlcore.devices import choose_device
from dlcore.errors import ProcessLost
from dlcore.events import Checkpoint
from dlcore.spec import Spec
from dlcore.transfer import Weights

ANSWER_S = 300.0  # the first waits so long for the others, which may have to read their data
PATIENCE_S = 24 * 3600.0  # the others wait for the first, which may be waiting for a database
GONE_S = 3.0  # from a connection that broke to the end of the process that held it
JOB, RESUME, WEIGHTS, MEETING = "job.json", "resume.safetensors", "weights.safetensors", "meeting"


class Ranks:
    """Processes 2, 3, ... of a trial; ended with the block. Process 1 is the one that makes this."""

    def __init__(
        self, spec: Spec, seed: int, weights: Weights | None, resume: Checkpoint | None, scratch: Path | None = None
    ) -> None:
        """What they are told is written to a folder in ``scratch``, or among the system's temporary ones."""
        self.spec = spec
        self.count = spec.processes
        if scratch is not None:
            scratch.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix="descent-", dir=scratch)
        self.folder = Path(self._folder.name)
        job = {"spec": spec.model_dump(mode="json"), "seed": seed, "threads": torch.get_num_threads()}
        (self.folder / JOB).write_text(json.dumps(job))
        if resume is not None:
            save(resume, self.folder / RESUME)
        if weights is not None:
            save(Checkpoint(0, 0, dict(weights), {}), self.folder / WEIGHTS)
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Ranks:
        for rank in range(1, self.count):
            command = [sys.executable, "-m", "dlcore.rank", str(self.folder), str(rank), str(os.getpid())]
            with (self.folder / f"said-{rank}").open("wb") as said:
                self.processes[rank] = subprocess.Popen(  # nosec B603
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    cwd=Path(__file__).resolve().parent.parent,
                )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()
        if distributed.is_initialized():
            distributed.destroy_process_group()
        self._folder.cleanup()

    def meet(self) -> None:
        """Meet the others. Raises RuntimeError when they do not come."""
        meet(self.spec, self.folder, 0, ANSWER_S)

    def lost(self) -> ProcessLost | None:
        """What to say of a process that has ended, if one has or soon does; None when all go on."""
        deadline = time.monotonic() + GONE_S
        while time.monotonic() < deadline:
            for rank, process in self.processes.items():
                if process.poll() is not None:
                    return ProcessLost(rank + 1, self.count, self.reason(rank, process.returncode))
            time.sleep(0.05)
        return None

    def reason(self, rank: int, code: int) -> str:
        """Why a process ended: the signal that killed it, or the last line that it said."""
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        lines = (self.folder / f"said-{rank}").read_text(errors="replace").strip().splitlines()
        return lines[-1].rstrip(".")[:300] if lines else f"exit status {code}"


def meet(spec: Spec, folder: Path, rank: int, patience_s: float) -> None:
    """Become one of the processes of a trial. They talk over loopback; where each has a GPU of its own, over NCCL."""
    if sys.platform == "linux":
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    backend = "gloo"
    if choose_device(spec.device).type == "cuda" and torch.cuda.device_count() >= spec.processes:
        torch.cuda.set_device(rank)
        backend = "nccl"
    distributed.init_process_group(
        backend,
        init_method=f"file://{folder / MEETING}",
        rank=rank,
        world_size=spec.processes,
        timeout=timedelta(seconds=patience_s),
    )
