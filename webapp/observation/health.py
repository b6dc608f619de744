"""How each part of an instance does, found out now, with plain words about what is wrong and what to do."""

from dataclasses import dataclass
from functools import lru_cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from redis import Redis, RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.formatting import duration, size
from webapp.models import db
from webapp.settings import ROOT, Settings
from webapp.store import reports
from webapp.store.reports import Report

OK, WARNING, AWAY = "ok", "warning", "away"
LITTLE_ROOM = 1024**3


@dataclass(frozen=True, slots=True)
class Part:
    """A part: ok, warning (it goes on, but somebody should look) or away; what is so, and what to do about it."""

    name: str
    state: str
    says: str
    advice: str = ""


def database() -> Part:
    """Whether the database answers, and has the form that this program needs."""
    try:
        kind = db.engine.dialect.name
        found = db.session.execute(text("SELECT 1")).scalar() and form()
    except SQLAlchemyError:
        db.session.rollback()
        return Part(
            "Database",
            AWAY,
            "It does not answer. Pages cannot be shown; what trains goes on.",
            "Start it, or see DATABASE_URL. Nothing needs to be done here once it is back.",
        )
    named = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(kind, kind)
    if found and found != newest_form():
        advice = "Run “flask --app wsgi db upgrade” with the newest version of the program."
        return Part(
            "Database",
            WARNING,
            f"{named} answers, but its tables are at migration {found}, not {newest_form()}.",
            advice,
        )
    return Part(
        "Database",
        OK,
        f"{named} answers; its tables are at {f'migration {found}, the newest' if found else 'no recorded migration'}.",
    )


def form() -> str | None:
    """The migration that the database is at; None where none is recorded."""
    try:
        return db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:  # made without migrations, as tests do
        db.session.rollback()
        return None


@lru_cache(maxsize=1)
def newest_form() -> str | None:
    """The migration that this program brings."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def redis_server(client: Redis | None) -> Part:
    """Whether Redis answers."""
    try:
        if client is not None and client.ping():
            return Part("Redis", OK, "It answers.")
    except (RedisError, OSError):
        pass
    return Part(
        "Redis",
        AWAY,
        "It does not answer: nothing new starts, and live curves stand still. What runs trains on, and what is stored is shown.",
        "Start it, or see REDIS_URL. Everything goes on by itself once it is back.",
    )


def worker_reports(client: Redis | None) -> list[Report] | None:
    """What the workers say; None while Redis is away."""
    try:
        return None if client is None else reports.received(client)
    except (RedisError, OSError):
        return None


def workers(said: list[Report] | None, waiting: dict[str, int]) -> Part:
    """Whether there are workers for what waits."""
    if said is None:
        return Part("Workers", WARNING, "Unknown, as Redis does not answer.")
    there = [report for report in said if not report.is_late]
    busy, places = sum(len(report.work) for report in there), sum(report.processes for report in there)
    unserved = sorted(queue for queue in waiting if not any(queue in report.queues for report in there))
    if not there:
        return Part("Workers", AWAY, "None has given a sign of life.", "Start one with “flask --app wsgi worker”.")
    says = f"{count(len(there), 'worker')} with {count(places, 'process', 'processes')}, {busy} of them busy."
    if unserved:
        advice = f"Start a worker with “flask --app wsgi worker --queues {','.join(unserved)}”."
        return Part("Workers", WARNING, f"{says} Nobody takes trials from {' and '.join(unserved)}.", advice)
    return Part("Workers", OK, says)


def disk(settings: Settings, said: list[Report] | None) -> Part:
    """Whether there is room, here and at the workers."""
    free, _ = reports.disk_room(settings.var)
    places = {"here": free, **{report.host: report.disk_free_bytes for report in said or [] if not report.is_late}}
    least = min(places, key=lambda place: places[place])
    if places[least] < LITTLE_ROOM:
        where = "here" if least == "here" else f"at {least}"
        advice = "Delete old experiments, or move DESCENT_VAR to a larger disk. Trials pause while there is no room."
        return Part("Disk", WARNING, f"Only {size(places[least])} are free {where}.", advice)
    return Part("Disk", OK, f"{size(free)} are free here.")


def spool(said: list[Report] | None) -> Part:
    """Whether points wait at the workers for a database that was away."""
    waiting = sum(report.spool_bytes for report in said or [])
    if waiting:
        return Part("Spool", WARNING, f"{size(waiting)} wait at the workers to be written to the database.")
    return Part("Spool", OK, "Nothing waits to be written.")


def queue(waiting: dict[str, int], oldest_s: float | None) -> Part:
    """How much waits."""
    if not waiting:
        return Part("Queue", OK, "Nobody waits.")
    says = ", ".join(f"{count(number, 'trial')} in {name}" for name, number in sorted(waiting.items()))
    return Part("Queue", OK, f"{says}; the oldest has waited for {duration(oldest_s)}.")


def count(number: int, one: str, several: str = "") -> str:
    """1 worker, 2 workers."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def settings_of_app() -> Settings:
    """The instance's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found
