import io
import json
import logging
import re
import threading
from collections.abc import Iterator

import pytest

from webapp import logs
from webapp.settings import Settings


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged; logging is put back as it was afterwards."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    levels = {name: logging.getLogger(name).level for name in ("", *logs.OURS)}
    yield io.StringIO()
    root.handlers[:] = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def configured(settings: Settings, to: io.StringIO, **changes: str) -> logging.Logger:
    logs.configure(settings.model_copy(update=changes))
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(to)
    return logging.getLogger("worker.somewhere")


def test_a_line_of_json_has_every_field(settings: Settings, lines: io.StringIO) -> None:
    log = configured(settings, lines, log="json")
    logs.about(experiment=3, trial=7, attempt=2)
    log.warning("it fell %s", "silent", extra={"state": "queued"})
    line = json.loads(lines.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("process") > 0
    assert line == {
        "level": "warning",
        "logger": "worker.somewhere",
        "message": "it fell silent",
        "experiment": 3,
        "trial": 7,
        "attempt": 2,
        "state": "queued",
    }


def test_a_traceback_stays_in_its_line_of_json(settings: Settings, lines: io.StringIO) -> None:
    log = configured(settings, lines, log="json")
    try:
        raise ZeroDivisionError("by 0")
    except ZeroDivisionError:
        log.exception("it broke")
    (line,) = lines.getvalue().splitlines()
    assert "ZeroDivisionError: by 0" in json.loads(line)["exc_info"]


def test_a_line_of_text_says_what_it_is_about(settings: Settings, lines: io.StringIO) -> None:
    log = configured(settings, lines)
    logs.about(request="abc")
    logs.add(trial=7)
    log.info("begins")
    assert lines.getvalue().endswith("Z INFO worker.somewhere [request abc, trial 7]: begins\n")


def test_ours_are_logged_from_the_level_on_and_libraries_from_warnings_on(
    settings: Settings, lines: io.StringIO
) -> None:
    log = configured(settings, lines, log_level="info")
    log.debug("no")
    logging.getLogger("celery").info("no")
    log.info("yes")
    logging.getLogger("celery").warning("yes")
    assert [line.rpartition(" ")[2] for line in lines.getvalue().splitlines()] == ["yes", "yes"]


def test_a_thread_of_a_trial_logs_about_the_same_trial(settings: Settings, lines: io.StringIO) -> None:
    log = configured(settings, lines)
    logs.about(trial=7)
    thread = threading.Thread(target=logs.carried(lambda: log.info("from the writer")))
    thread.start()
    thread.join()
    assert "[trial 7]: from the writer" in lines.getvalue()
