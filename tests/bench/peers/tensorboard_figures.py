"""TensorBoard's figures, printed as JSON. Run by the Python of the peers' own environment."""

import json
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from peer_clock import answer_time, folder_size, free_port, losses, served
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

STEPS, LONG, SPIKE_AT = 50_000, 1_000_000, 123_457


def write(folder: Path, steps: int, keys: list[str], spike_at: int = -1) -> float:
    """Log so many steps of these curves; points per second."""
    writer = EventFileWriter(str(folder))
    values = losses(steps, spike_at)
    start = time.perf_counter()
    for step, value in enumerate(values):
        summary = Summary(value=[Summary.Value(tag=key, simple_value=value) for key in keys])
        writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
    writer.flush()
    writer.close()
    return steps * len(keys) / (time.perf_counter() - start)


def main() -> None:
    """Write, measure the size, ask for a chart."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder, "logs", "short"), Path(folder, "logs", "long")
        rate = write(short, STEPS, ["a", "b", "c", "d"])
        size = folder_size(short) / (4 * STEPS)
        write(long, LONG, ["loss"], SPIKE_AT)
        port = free_port()
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(long.parent), "--port", str(port)]
        address = f"http://127.0.0.1:{port}"
        with served(command, address, 120) as first_page:
            asked = quote(json.dumps([{"plugin": "scalars", "tag": "loss"}]))
            url = f"{address}/data/plugin/timeseries/timeSeries?requests={asked}"
            cold, body = answer_time(url)
            while b'"runToSeries"' in body and str(LONG - 1).encode() not in body:  # it reads its files by and by
                time.sleep(1)
                _, body = answer_time(url)
            warm = sorted(answer_time(url)[0] for _ in range(5))[2]
    print(json.dumps({"rate": rate, "bytes": size, "first_page_s": first_page, "cold_ms": cold, "warm_ms": warm,
                      "spike": str(SPIKE_AT).encode() in body}))  # fmt: skip


if __name__ == "__main__":
    main()
