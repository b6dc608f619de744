"""How numbers and moments look on the pages."""

import math
from datetime import UTC, datetime

from flask import Flask

from webapp.devices import device_of


def register_filters(app: Flask) -> None:
    """Filters for templates: ``|number``, ``|percent``, ``|duration``, ``|iso``, ``|ago``, ``|size``, ``|device_of``."""
    for function in (number, percent, duration, iso, ago, size, device_of):
        app.add_template_filter(function, function.__name__)


def number(value: float | int | None, digits: int = 4) -> str:
    """1234567 -> 1,234,567; 0.000123 -> 0.000123; 2.3025851 -> 2.303."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.{digits}g}"


def percent(value: float | None) -> str:
    """0.98765 -> 98.77%."""
    return "–" if value is None else f"{100 * value:.2f}%"


def duration(seconds: float | None) -> str:
    """Seconds as people say them: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def iso(moment: datetime | None) -> str:
    """A moment for machines."""
    return moment.isoformat(timespec="seconds") if moment else ""


UNITS = {"year": 31536000, "month": 2592000, "day": 86400, "hour": 3600, "minute": 60}
ONE_OFF = {
    "year": ("last year", "next year"),
    "month": ("last month", "next month"),
    "day": ("yesterday", "tomorrow"),
    "hour": ("1 hour ago", "in 1 hour"),
    "minute": ("1 minute ago", "in 1 minute"),
}


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago that was, in the words of static/js/time.js, which goes on saying it: a page whose words a script exchanges moves."""
    seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    for unit, length in UNITS.items():
        if abs(seconds) >= length:
            count = math.floor(seconds / length + 0.5)
            if abs(count) == 1:
                return ONE_OFF[unit][count > 0]
            return f"in {count} {unit}s" if count > 0 else f"{-count} {unit}s ago"
    return "just now"


def size(count: float | None) -> str:
    """Bytes as people say them: 512 B, 3.4 KiB, 12 MiB."""
    if count is None:
        return "–"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if count >= 100 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return ""
