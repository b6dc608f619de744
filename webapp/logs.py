"""How web and worker log: text for people, or a JSON object a line for programs; each line says what it is about."""

import logging
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from webapp.settings import Settings

OURS = ("webapp", "worker", "dlcore")
FIELDS = ("request", "experiment", "trial", "attempt")
_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


def about(**fields: Any) -> None:
    """From now on this request's or trial's lines say this, and nothing that was said before: one of ``FIELDS`` each."""
    _about.set(fields)


def add(**fields: Any) -> None:
    """They say this as well."""
    _about.set({**(_about.get() or {}), **fields})


def carried(work: Callable[[], None]) -> Callable[[], None]:
    """``work`` for another thread, whose lines are about the same."""
    return partial(copy_context().run, work)


def configure(settings: Settings) -> None:
    """Send all lines to standard error: ours from DESCENT_LOG_LEVEL on, those of libraries from warnings on."""
    handler = logging.StreamHandler()
    handler.addFilter(know_what_about)
    handler.setFormatter(Json() if settings.log == "json" else Text())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(settings.log_level.upper())


def know_what_about(record: logging.LogRecord) -> bool:
    """Give a record its fields; it is always let through."""
    record.about = _about.get() or {}
    return True


def moment_of(record: logging.LogRecord) -> str:
    """2026-11-21T15:00:00.123Z."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Text(logging.Formatter):
    """``2026-11-21T15:00:00.123Z WARNING worker.keeper [trial 7, attempt 2]: it fell silent``."""

    def __init__(self) -> None:
        super().__init__("%(moment)s %(levelname)s %(name)s%(which)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without a traceback."""
        known = getattr(record, "about", {})
        record.moment = moment_of(record)
        record.which = f" [{', '.join(f'{name} {value}' for name, value in known.items())}]" if known else ""
        return super().formatMessage(record)


class Json(JsonFormatter):
    """One object: time, level, logger, process, message, what it is about, what the line adds, and ``exc_info``."""

    def __init__(self) -> None:
        super().__init__("%(message)s", reserved_attrs=[*RESERVED, "about"])

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """What every line says, first."""
        log_data.update(time=moment_of(record), level=record.levelname.lower(), logger=record.name)
        log_data.update(process=record.process, **getattr(record, "about", {}))
        super().add_fields(log_data, record, message_dict)


RESERVED = (*vars(logging.makeLogRecord({})), "message", "asctime")
