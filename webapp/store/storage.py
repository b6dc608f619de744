"""Where the bytes of artifacts lie: a folder, or a bucket of an S3-compatible service. The database says which there are."""

import contextlib
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path

from dlcore.whole_file import being_written
from webapp.settings import Settings

KEY = re.compile(r"[a-z0-9_-]+(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
PIECE = 256 * 1024


class BadKey(ValueError):
    """A key that could lead out of the place where artifacts lie."""


class NotKept(LookupError):
    """Nothing is kept under a key."""


class StorageAway(Exception):
    """The storage cannot be reached, or refuses; the message is for people. What was asked for has not been done."""


def checked(key: str) -> str:
    """The key. Raises BadKey."""
    if not KEY.fullmatch(key) or ".." in key:
        raise BadKey(key)
    return key


class Storage(ABC):
    """Keeps bytes under keys, whole or not at all. Everything here may raise BadKey and StorageAway."""

    is_remote: bool

    @abstractmethod
    def writing(self, key: str) -> AbstractContextManager[Path]:
        """A file to write, which is kept under ``key`` when the block ends well."""

    @abstractmethod
    def reading(self, key: str) -> AbstractContextManager[Path]:
        """What is kept, as a file. Raises NotKept."""

    @abstractmethod
    def read(self, key: str) -> bytes:
        """What is kept. Raises NotKept."""

    @abstractmethod
    def pieces(self, key: str) -> Iterator[bytes]:
        """What is kept, piece by piece; is opened before this returns. Raises NotKept."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Keep it no longer; nothing happens when it is not kept."""

    @abstractmethod
    def delete_folder(self, folder: str) -> None:
        """Keep nothing whose key begins with ``folder/``."""

    @abstractmethod
    def keep_only(self, folder: str, keys: Collection[str]) -> None:
        """Of what lies directly in a folder keep nothing but ``keys``: no file half written by somebody who was killed, either."""

    @abstractmethod
    def check(self) -> None:
        """Raises StorageAway when nothing could be kept here."""

    def put(self, key: str, content: bytes) -> None:
        """Keep these bytes."""
        with self.writing(key) as path:
            path.write_bytes(content)

    def discard(self, key: str) -> None:
        """Delete what nobody knows of any more; what stays because the storage is away goes with the trial's folder."""
        with contextlib.suppress(StorageAway, BadKey):
            self.delete(key)


class Folder(Storage):
    """A folder of this machine, or one that several machines share."""

    is_remote = False

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where the file of a key lies."""
        return self.root / checked(key)

    @contextlib.contextmanager
    def writing(self, key: str) -> Iterator[Path]:
        """A temporary name, flushed to the disk, then renamed."""
        with being_written(self.path(key)) as temporary:
            yield temporary

    @contextlib.contextmanager
    def reading(self, key: str) -> Iterator[Path]:
        """The file itself."""
        path = self.path(key)
        if not path.is_file():
            self.check_there()
            raise NotKept(key)
        yield path

    def check_there(self) -> None:
        """A folder that other machines share may be gone as a whole: then nothing can be said of what it keeps."""
        if not self.root.is_dir():
            raise StorageAway(f"The folder for artifacts, {self.root}, is not there.")

    def read(self, key: str) -> bytes:
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError as error:
            self.check_there()
            raise NotKept(key) from error

    def pieces(self, key: str) -> Iterator[bytes]:
        try:
            file = self.path(key).open("rb")
        except FileNotFoundError as error:
            raise NotKept(key) from error

        def read() -> Iterator[bytes]:
            with file:
                while piece := file.read(PIECE):
                    yield piece

        return read()

    def delete(self, key: str) -> None:
        """The folders that this leaves empty go with it."""
        path = self.path(key)
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            for folder in path.relative_to(self.root).parents[:-1]:
                (self.root / folder).rmdir()

    def delete_folder(self, folder: str) -> None:
        shutil.rmtree(self.path(f"{folder}/x").parent, ignore_errors=True)

    def keep_only(self, folder: str, keys: Collection[str]) -> None:
        place = self.path(f"{folder}/x").parent
        for path in place.iterdir() if place.is_dir() else ():
            if path.is_file() and f"{folder}/{path.name}" not in keys:
                path.unlink(missing_ok=True)

    def check(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageAway(f"The folder for artifacts, {self.root}, cannot be made: {error.strerror}.") from error


@lru_cache(maxsize=8)
def storage_at(place: str, patience_s: float) -> Storage:
    """The storage of ``DESCENT_ARTIFACTS``; an answer of a remote one is waited for so long."""
    if place.startswith("s3://"):
        from webapp.store.bucket import Bucket  # its library is large, and most instances do without

        return Bucket(place, patience_s)
    return Folder(Path(place))


def storage_of(settings: Settings, patience_s: float = 30.0) -> Storage:
    """Where an instance keeps its artifacts. The web asks for less patience than a worker has."""
    return storage_at(settings.artifacts_at, patience_s)
