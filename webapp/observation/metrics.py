"""The instance's state as metrics, found out at each scrape from the database, Redis and the workers' reports."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.observation import counted, health, standing
from webapp.settings import Settings
from webapp.store import reports, tallies
from webapp.store.workers import USUAL_QUEUES


def exposition(session: Session, client: Redis | None, settings: Settings) -> bytes:
    """All metrics, as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(State(session, client, settings))
    return generate_latest(registry) + counted.exposition()


class State(Collector):
    """What can be asked for is told; of a part that is away no more than that it is."""

    def __init__(self, session: Session, client: Redis | None, settings: Settings) -> None:
        self.session = session
        self.client = client
        self.settings = settings

    def describe(self) -> Iterator[Metric]:
        """Nothing ahead: a registry would ask for everything to know the names."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Each part's metrics, and whether it answered."""
        up = GaugeMetricFamily("descent_up", "Whether a part answers.", labels=["part"])
        for part, found in (("database", self.of_database), ("redis", self.of_redis)):
            try:
                metrics = list(found())
            except (SQLAlchemyError, RedisError, OSError):
                metrics = []
            up.add_metric([part], float(bool(metrics)))
            yield from metrics
        yield up
        free, total = reports.disk_room(self.settings.var)
        yield GaugeMetricFamily("descent_disk_free_bytes", "Room on the web's disk.", value=free)
        yield GaugeMetricFamily("descent_disk_bytes", "All of the web's disk.", value=total)

    def of_database(self) -> Iterator[Metric]:
        """Queues and trials."""
        waiting = standing.waiting(self.session)
        length = GaugeMetricFamily("descent_queue_length", "Trials that wait.", labels=["queue"])
        for queue in sorted({*USUAL_QUEUES, *waiting}):
            length.add_metric([queue], waiting.get(queue, 0))
        yield length
        oldest = standing.oldest_waits_s(self.session) or 0.0
        yield GaugeMetricFamily("descent_queue_oldest_seconds", "How long the oldest has waited.", value=oldest)
        states = standing.by_state(self.session)
        trials = GaugeMetricFamily("descent_trials", "Trials by state.", labels=["state"])
        for state, number in states.items():
            trials.add_metric([state], number)
        yield trials
        yield GaugeMetricFamily("descent_running_trials", "Trials that train now.", value=states["running"])

    def of_redis(self) -> Iterator[Metric]:
        """What workers counted and say."""
        if self.client is None:
            return
        counts = tallies.read(self.client)
        buckets, total_s = tallies.histogram(counts, tallies.FIRST_POINT)
        first = "From submitting a trial until its first point could be seen."
        yield HistogramMetricFamily("descent_first_point_seconds", first, buckets=buckets, sum_value=total_s)
        losses = counts.get(tallies.LEASE_LOSSES, 0.0)
        yield CounterMetricFamily("descent_lease_losses", "Attempts whose worker fell silent.", value=losses)
        yield from of_workers([report for report in health.worker_reports(self.client) or [] if not report.is_late])


def of_workers(there: list[reports.Report]) -> Iterator[Metric]:
    """A value for each worker."""
    yield GaugeMetricFamily("descent_workers", "Workers that gave a sign of life.", value=len(there))
    facts = {
        "descent_worker_processes": ("Trials that a worker can train at once.", lambda r: r.processes),
        "descent_worker_busy": ("Trials that it trains.", lambda r: len(r.work)),
        "descent_worker_memory_bytes": (
            "Memory of the processes that train.",
            lambda r: sum(w.rss_bytes for w in r.work),
        ),
        "descent_worker_disk_free_bytes": ("Room on its disk.", lambda r: r.disk_free_bytes),
        "descent_spool_bytes": ("What waits there for the database.", lambda r: r.spool_bytes),
    }
    for name, (words, value) in facts.items():
        metric = GaugeMetricFamily(name, words, labels=["worker"])
        for report in there:
            metric.add_metric([report.worker], value(report))
        yield metric
