"""docs/operations.md names every metric and every field of the logs, and no others."""

import re

from flask import Flask

from tests.conftest import ROOT
from webapp import logs

PAGE = (ROOT / "docs" / "operations.md").read_text()


def test_every_metric_is_in_the_table_and_the_table_has_no_others(app: Flask) -> None:
    app.extensions["redis"].hset("descent:reports", "w", REPORT)
    told = set(re.findall(r"^# TYPE (\w+) ", app.test_client().get("/metrics").text, re.MULTILINE))
    table = PAGE[PAGE.index("## Metrics") : PAGE.index("```yaml")]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)", row)} == {
        name for name in told if "created" not in name
    }


def test_every_field_of_a_line_is_in_the_table() -> None:
    table = PAGE[PAGE.index("## Logs") :]
    for name in (*logs.FIELDS, "time", "level", "logger", "process", "message", "exc_info"):
        assert f"`{name}`" in table


REPORT = (
    '{"worker": "w", "at": 9e9, "processes": 1, "queues": [], "spool_bytes": 0, "disk_free_bytes": 1, "disk_bytes": 1, '
    '"memory_bytes": 1, "work": []}'
)
