"""MLflow's figures with SQLite, printed as JSON. Run by the Python of the peers' own environment."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from peer_clock import SPIKE, answer_time, folder_size, free_port, losses, served

STEPS, LONG, SPIKE_AT, RUNS = 2_000, 1_000_000, 123_457, 300


def one_call_per_step(client: MlflowClient, run: str) -> float:
    """Points per second with four scalars a call."""
    start = time.perf_counter()
    for step, value in enumerate(losses(STEPS)):
        now = int(1000 * time.time())
        client.log_batch(run, [Metric(key, value, now, step) for key in "abcd"])
    return 4 * STEPS / (time.perf_counter() - start)


def in_batches(client: MlflowClient, run: str) -> float:
    """Points per second with a thousand points a call, which is the most it takes."""
    values, start = losses(LONG, SPIKE_AT), time.perf_counter()
    for first in range(0, LONG, 1000):
        client.log_batch(run, [Metric("loss", values[i], 1_700_000_000_000 + i, i) for i in range(first, first + 1000)])
    return LONG / (time.perf_counter() - start)


def main() -> None:
    """Write, measure the size, ask for a chart and for a table."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        store = f"sqlite:///{folder}/mlflow.db"
        client = MlflowClient(store)
        experiment = client.create_experiment("bench")
        run = client.create_run(experiment).info.run_id
        rate = one_call_per_step(client, run)
        before = folder_size(Path(folder))
        batch_rate = in_batches(client, run)
        size = (folder_size(Path(folder)) - before) / LONG
        for number in range(RUNS):
            other = client.create_run(experiment).info.run_id
            client.log_batch(other, [Metric(f"m{i}", number * 0.37 % 1, 0, 0) for i in range(5)])
        port = free_port()
        command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", store, "--port", str(port)]
        address = f"http://127.0.0.1:{port}"
        with served([*command, "--workers", "1"], address, 180) as first_page:
            asked = f"run_ids={run}&metric_key=loss&max_results=320"
            url = f"{address}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?{asked}"
            cold, body = answer_time(url)
            warm = sorted(answer_time(url)[0] for _ in range(3))[1]
            query = {"experiment_ids": [experiment], "max_results": 100, "order_by": ["metrics.m0 DESC"]}
            table = f"{address}/ajax-api/2.0/mlflow/runs/search"
            listing = sorted(answer_time(table, json.dumps(query).encode())[0] for _ in range(5))[2]
    print(json.dumps({"rate": rate, "batch_rate": batch_rate, "bytes": size, "first_page_s": first_page,
                      "cold_ms": cold, "warm_ms": warm, "spike": any(metric["value"] == SPIKE for metric in json.loads(body)["metrics"]),
                      "listing_ms": listing, "runs": RUNS}))  # fmt: skip


if __name__ == "__main__":
    main()
