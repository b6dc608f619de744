"""What each web process counts by itself; a scrape adds up all of them."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
PROCESS = CollectorRegistry()
REQUESTS = Counter(
    "descent_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=PROCESS
)
REQUEST_SECONDS = Histogram(
    "descent_http_request_seconds", "Until the answer began.", ("route",), buckets=SECONDS, registry=PROCESS
)
VIEWERS = Gauge("descent_live_viewers", "Open streams of live curves.", registry=PROCESS, multiprocess_mode="livesum")


def exposition() -> bytes:
    """The counts of all web processes, as Prometheus reads them."""
    if FOLDER not in os.environ:
        return generate_latest(PROCESS)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)
