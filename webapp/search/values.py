"""Values of a search: numbers, days and texts."""

import math
import re
from datetime import UTC, datetime, timedelta

from webapp.models import now
from webapp.search.problem import SearchProblem
from webapp.search.tree import Value

NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?)(%?)", re.IGNORECASE | re.ASCII)
DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?)?)?", re.ASCII)
WORDS = {"today": 0, "yesterday": 1}


def wrong(value: Value, message: str) -> SearchProblem:
    """The problem at a value."""
    return SearchProblem("search", message, value.place.start, value.place.end)


def number(value: Value) -> float | None:
    """The number that a value is, 90% is 0.9; None where it is none. Raises SearchProblem for one that is too large."""
    match = None if value.quoted else NUMBER.fullmatch(value.text)
    if match is None:
        return None
    found = float(match[1]) / (100 if match[2] else 1)
    if math.isinf(found):
        raise wrong(value, f"“{value.text[:40]}” is too large for a number.")
    return found


def interval(value: Value) -> tuple[datetime, datetime]:
    """(beginning, end) of a year, a month, a day or a minute, in UTC. Raises SearchProblem."""
    if value.text.lower() in WORDS:
        day = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(WORDS[value.text.lower()])
        return day, day + timedelta(1)
    match = DAY.fullmatch(value.text)
    if match is None:
        raise wrong(value, f"“{value.text[:40]}” is no day. Write it as 2026-01-31, 2026-01 or 2026, or today.")
    year, month, day_of_month, hour, minute, second = (int(part) if part else None for part in match.groups())
    try:
        start = datetime(year or 0, month or 1, day_of_month or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        return start, start + length(start, month, day_of_month, hour, second)
    except (ValueError, OverflowError) as error:
        raise wrong(value, f"There is no {value.text[:40]} in the calendar.") from error


def length(start: datetime, month: int | None, day: int | None, hour: int | None, second: int | None) -> timedelta:
    """How long the interval is whose later parts are not given."""
    if month is None:
        return start.replace(year=start.year + 1) - start
    if day is None:
        return (start + timedelta(32)).replace(day=1) - start
    if hour is None:
        return timedelta(1)
    return timedelta(minutes=1) if second is None else timedelta(seconds=1)
