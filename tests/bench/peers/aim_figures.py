"""Aim's figures, printed as JSON. Run by the Python of the peers' own environment."""

import json
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from aim import Run
from peer_clock import SPIKE, answer_time, folder_size, free_port, losses, served

AIM = str(Path(sys.executable).with_name("aim"))
STEPS, LONG, SPIKE_AT, MOST_POINTS = 5_000, 100_000, 12_345, 500


def write(folder: Path, steps: int, keys: str, spike_at: int = -1) -> float:
    """Log so many steps of these curves; points per second."""
    run = Run(repo=str(folder), system_tracking_interval=None, log_system_params=False)
    values = losses(steps, spike_at)
    start = time.perf_counter()
    for step, value in enumerate(values):
        for key in keys:
            run.track(value, name=key, step=step)
    taken = time.perf_counter() - start
    run.close()
    return steps * len(keys) / taken


def main() -> None:
    """Write, measure the size, ask for a chart."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([AIM, "init", "--repo", name], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        empty = folder_size(folder)
        rate = write(folder, STEPS, "abcd")
        size = (folder_size(folder) - empty) / (4 * STEPS)
        write(folder, LONG, "l", SPIKE_AT)
        port = free_port()
        command = [AIM, "up", "--repo", name, "--port", str(port), "--host", "127.0.0.1"]
        address = f"http://127.0.0.1:{port}"
        with served(command, address, 120) as first_page:
            asked = {"q": 'metric.name == "l"', "p": MOST_POINTS, "report_progress": "false"}
            url = f"{address}/api/runs/search/metric/?{urlencode(asked)}"
            cold, body = answer_time(url)
            warm = sorted(answer_time(url)[0] for _ in range(5))[2]
    print(json.dumps({"rate": rate, "bytes": size, "first_page_s": first_page, "cold_ms": cold, "warm_ms": warm,
                      "spike": spiked(body), "points": LONG}))  # fmt: skip


def spiked(body: bytes) -> bool:
    """Whether the spike is among the answered values, which are float64 each."""
    return struct.pack("<d", SPIKE) in body


if __name__ == "__main__":
    main()
