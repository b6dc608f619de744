"""An instance made of a backup: its tables as they were then, and then of the newest form."""

import json
import os
import re
import shutil
import tarfile
import zlib
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO, Any

from alembic.util import CommandError
from sqlalchemy import JSON, Connection, MetaData, create_engine, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from webapp.backup.form import ABOUT, ARTIFACTS, AT_ONCE, FORM, TABLES, UPLOADED, UPLOADS, BackupProblem, as_row
from webapp.backup.numbering import go_on_behind
from webapp.settings import Settings
from webapp.store import database  # noqa: F401 - prepares SQLite connections
from webapp.store.storage import BadKey, Storage, StorageAway, storage_of
from webapp.supervisor.up import CannotStart, migrate, only_one

FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def restore_backup(settings: Settings, path: Path) -> dict[str, int]:
    """Fill an empty instance; what it has now: {"trials": 12, ...}. Raises BackupProblem; then the database is still empty."""
    try:
        with tarfile.open(path, "r:gz") as tar, ExitStack() as lock:
            about = about_of(tar)
            settings.make_folder()
            lock.enter_context(only_one(settings))
            check_empty(settings)
            migrate(settings, about["revision"])
            engine = create_engine(settings.database, poolclass=NullPool)
            with engine.begin() as connection:
                restoring = Restoring(settings, connection, storage_of(settings))
                counts = restoring.restore(tar)
                restoring.number(about.get("last_ids", {}))
            migrate(settings)
    except (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, BadKey) as error:
        raise BackupProblem(f"{path.name} is no backup, or a damaged one: {error}") from error
    except CommandError as error:
        raise BackupProblem(f"The backup is of another version of the program: {error}") from error
    except (SQLAlchemyError, StorageAway, CannotStart, OSError) as error:
        raise BackupProblem(f"The backup was not restored. {getattr(error, 'orig', None) or error}") from error
    return counts


def about_of(tar: tarfile.TarFile) -> dict[str, Any]:
    """The form of the database that the backup is of, and the last ids it gave; its first entry says it."""
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.name == ABOUT else None
    if content is None:
        raise BackupProblem("This is no backup of Descent: it does not begin with what it is.")
    about: dict[str, Any] = json.load(content)
    if about["form"] != FORM:
        raise BackupProblem(f"This backup is of form {about['form']}; this version of the program reads form {FORM}.")
    return about | {"revision": str(about["revision"])}


def check_empty(settings: Settings) -> None:
    """Raises BackupProblem when the database has rows: they would be lost, or mixed with those of the backup."""
    engine = create_engine(settings.database, poolclass=NullPool)
    known = MetaData()
    with engine.connect() as connection:
        known.reflect(connection)
        for table in known.sorted_tables:
            if table.name != "alembic_version" and connection.execute(select(table).limit(1)).first():
                raise BackupProblem(
                    f"The database is not empty: there are {table.name}. Restore into a new one, by another DESCENT_VAR "
                    "or DATABASE_URL."
                )


class Restoring:
    """One backup on its way into the database and the storage."""

    def __init__(self, settings: Settings, connection: Connection, storage: Storage) -> None:
        self.settings = settings
        self.connection = connection
        self.storage = storage
        self.tables = MetaData()
        self.tables.reflect(connection)
        self.counts = {"artifacts": 0, "uploads": 0}

    def restore(self, tar: tarfile.TarFile) -> dict[str, int]:
        """Every entry after the first, in the order of the file."""
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None:
                raise BackupProblem(f"The backup has an entry that is no file: {entry.name}.")
            if entry.name.startswith(ARTIFACTS):
                self.keep(entry.name.removeprefix(ARTIFACTS), content)
            elif entry.name.startswith(UPLOADS):
                self.bring(entry.name.removeprefix(UPLOADS), content)
            elif entry.name.startswith(TABLES):
                self.fill(entry.name.removeprefix(TABLES).removesuffix(".jsonl"), content)
        return self.counts

    def keep(self, key: str, content: IO[bytes]) -> None:
        """An artifact."""
        with self.storage.writing(key) as path, path.open("wb") as file:
            shutil.copyfileobj(content, file)
        self.counts["artifacts"] += 1

    def bring(self, name: str, content: IO[bytes]) -> None:
        """A data set that somebody brought."""
        if not FILE.fullmatch(name):
            raise BackupProblem(f"The backup has an upload of the name {name!r}, which cannot be.")
        path = self.settings.var / UPLOADED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        self.counts["uploads"] += 1

    def fill(self, name: str, content: IO[bytes]) -> None:
        """The rows of a table."""
        table = self.tables.tables.get(name)
        if table is None:
            raise BackupProblem(f"The backup has a table {name} that is not known.")
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
        count = 0
        while lines := list(islice(content, AT_ONCE)):
            rows = [as_row(line, table) for line in lines]
            self.connection.execute(insert(table), rows)
            count += len(rows)
        self.counts[name] = count

    def number(self, last_ids: dict[str, int]) -> None:
        """What is given the next number goes on behind all that ever were. PostgreSQL counts apart from the rows; SQLite does so
        where the backup says it; a backup of an older form says nothing.
        """
        counts_apart = self.connection.dialect.name == "postgresql"
        for name, table in self.tables.tables.items():
            if "id" in table.c and (counts_apart or name in last_ids):
                go_on_behind(self.connection, table, int(last_ids.get(name, 0)))
