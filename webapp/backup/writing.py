"""Taking a backup. All of it is as the database stood at one moment, while others go on reading and writing."""

import contextlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Select, Table, case, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from dlcore.whole_file import flush_to_disk
from webapp.backup.form import ABOUT, ARTIFACTS, AT_ONCE, FORM, TABLES, UPLOADED, UPLOADS, BackupProblem, as_line
from webapp.backup.numbering import last_ids
from webapp.models import Artifact, db
from webapp.settings import ROOT, Settings
from webapp.store.storage import NotKept, Storage, StorageAway, storage_of

LEVEL = 1  # curves are compressed as they are


def write_backup(settings: Settings, path: Path) -> dict[str, int]:
    """Write the file, whole or not at all; what is in it: {"trials": 12, ...}. Raises BackupProblem."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        engine = create_engine(settings.database, poolclass=NullPool)
        with moment(engine) as connection, tarfile.open(part, "w:gz", compresslevel=LEVEL) as tar:
            counts = Writing(settings, connection, tar, path.absolute().parent).write()
        flush_to_disk(part)
        part.replace(path)
    except (SQLAlchemyError, StorageAway, OSError) as error:
        raise BackupProblem(f"The backup was not made. {getattr(error, 'orig', None) or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return counts


@contextlib.contextmanager
def moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it stands now, whatever others write meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # else each statement would see a moment of its own
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.exec_driver_sql(
                "SET LOCAL idle_in_transaction_session_timeout = 0"
            )  # files are copied meanwhile
        yield connection


class Writing:
    """One backup on its way into ``tar``."""

    def __init__(self, settings: Settings, connection: Connection, tar: tarfile.TarFile, folder: Path) -> None:
        self.settings = settings
        self.connection = connection
        self.tar = tar
        self.folder = folder  # for what waits to be put into the tar: it has room for a backup
        self.gone: set[int] = set()

    def write(self) -> dict[str, int]:
        """Everything."""
        revision = MigrationContext.configure(self.connection).get_current_revision()
        if revision is None:
            raise BackupProblem("There is nothing to back up: the database has no tables. “flask up” makes them.")
        newest = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
        if revision != newest:
            raise BackupProblem(
                f"The database is of revision {revision}, and this version of the program is for {newest}. Take the backup "
                "with the version that serves, or run “flask db upgrade” first."
            )
        about: dict[str, Any] = {"form": FORM, "revision": revision, "taken_at": datetime.now(UTC).isoformat()}
        about["last_ids"] = last_ids(self.connection, db.metadata)
        with self.file(ABOUT) as path:
            path.write_text(json.dumps(about))
        counts = {"artifacts": self.artifacts(storage_of(self.settings)), "uploads": self.uploads()}
        return counts | {table.name: self.table(table) for table in db.metadata.sorted_tables}

    def artifacts(self, storage: Storage) -> int:
        """Checkpoints first: those of trials that run are taken away when newer ones come. Those that are gone are left out."""
        first = case((Artifact.kind.in_(["filters", "errors"]), 1), else_=0)
        rows = self.connection.execute(select(Artifact.id, Artifact.path).order_by(first, Artifact.id.desc())).all()
        for row in rows:
            try:
                with storage.reading(row.path) as path:
                    self.tar.add(path, f"{ARTIFACTS}{row.path}")
            except (NotKept, FileNotFoundError):
                self.gone.add(row.id)
        return len(rows) - len(self.gone)

    def uploads(self) -> int:
        """Data sets that people brought."""
        folder = self.settings.var / UPLOADED
        found = [path for path in sorted(folder.glob("[!.]*")) if path.is_file()] if folder.is_dir() else []
        count = 0
        for path in found:
            with contextlib.suppress(FileNotFoundError):  # it is deleted at this very moment
                self.tar.add(path, f"{UPLOADS}{path.name}")
                count += 1
        return count

    def table(self, table: Table) -> int:
        """Every row, some hundreds in memory at a time."""
        count = 0
        with self.file(f"{TABLES}{table.name}.jsonl") as path, path.open("wb") as file:
            for row in self.connection.execution_options(yield_per=AT_ONCE).execute(in_order(table)).mappings():
                if table is Artifact.__table__ and row["id"] in self.gone:
                    continue
                file.write(as_line(dict(row)))
                count += 1
        return count

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator[Path]:
        """A file to write, which goes into the tar when the block ends."""
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=self.folder) as folder:
            path = Path(folder) / "content"
            yield path
            self.tar.add(path, name)


def in_order(table: Table) -> Select[Any]:
    """All rows, those that others refer to first."""
    return select(table).order_by(*table.primary_key.columns)
