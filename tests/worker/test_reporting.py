import os
import subprocess

from tests.making import make_trial
from webapp.settings import Settings
from webapp.store import leases, reports, tallies
from worker import reporting, runner, slots


def test_a_report_says_where_trials_are_taken_from_and_what_waits_in_the_spool(settings: Settings) -> None:
    (settings.var / "spool").mkdir(parents=True)
    (settings.var / "spool" / "trial-1-1.spool").write_bytes(bytes(1000))
    made = reporting.report(settings, ["cpu"])
    assert (made.worker, made.queues, made.spool_bytes) == (leases.worker_name(), ["cpu"], 1000)
    assert 0 < made.disk_free_bytes < made.disk_bytes
    assert reports.from_json({**{n: getattr(made, n) for n in made.__slots__}, "of a newer program": 1}) == made


def test_only_children_that_live_are_at_work(settings: Settings, monkeypatch) -> None:
    living, ended = subprocess.Popen(["sleep", "60"]), subprocess.Popen(["true"])
    ended.wait()
    rows = [slots.Slot(pid, 7, 1, 0.0, 0.0) for pid in (living.pid, ended.pid, os.getppid())]
    monkeypatch.setattr(slots, "at_work", lambda: rows)
    assert [(work.pid, work.trial_id) for work in reporting.work()] == [(living.pid, 7)]
    living.kill()
    living.wait()


def test_the_time_to_the_first_point_is_counted_once_for_a_trial(sessions, client, settings) -> None:
    for _ in range(2):
        runner.run_trial(make_trial(sessions), sessions, client, settings, lambda: False)
    buckets, total_s = tallies.histogram(tallies.read(client), tallies.FIRST_POINT)
    assert buckets[-1] == ("+Inf", 2)
    assert total_s > 0
