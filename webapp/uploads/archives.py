"""The files of an upload: chosen one by one, as a folder, or in a zip or tar archive. Nothing is unpacked to disk."""

import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Protocol, cast

from webapp.tensorboard.records import Readable
from webapp.uploads.budget import MIB, Budget, UploadProblem

ZIP_MAGIC, GZIP_MAGIC, TAR_MAGIC = b"PK\x03\x04", b"\x1f\x8b", b"ustar"
DIRECTORY_END, DIRECTORY_END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_OF_TAR = bytes(tarfile.BLOCKSIZE)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What Python's readers raise over damaged archives, as a test with thousands of them found.
BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, IndexError, KeyError, TypeError, NotImplementedError, RuntimeError),
)
Entry = tuple[PurePosixPath, Readable]


class Upload(Protocol):
    """A file that came with a form: as werkzeug has it."""

    filename: str | None
    stream: IO[bytes]


def size_of(upload: Upload) -> int:
    """The bytes of an uploaded file."""
    size = upload.stream.seek(0, 2)
    upload.stream.seek(0)
    return size


def event_files(uploads: Iterable[Upload], budget: Budget) -> Iterator[Entry]:
    """(path, content) of each event file, which is to be read before the next is asked for. Raises UploadProblem."""
    for upload in uploads:
        for path, content in opened(safe_path(upload.filename or "upload"), upload.stream, budget):
            if "tfevents" in path.name:
                yield path, content


@contextmanager
def told() -> Iterator[None]:
    """Turns what Python says of a broken archive into an UploadProblem."""
    try:
        yield
    except UploadProblem:
        raise
    except BROKEN as error:
        raise UploadProblem("This archive cannot be read: it is cut off or damaged.") from error


def opened(path: PurePosixPath, stream: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """What an uploaded file holds: an archive's files, or the file itself. Raises UploadProblem, also while it is gone through."""
    head = stream.read(512)
    stream.seek(0)
    if head.startswith(ZIP_MAGIC):
        yield from of_zip(stream, budget)
    elif head.startswith(GZIP_MAGIC):
        yield from of_tar(Counted(cast(IO[bytes], gzip.GzipFile(fileobj=stream)), budget), budget)
    elif head[257:262] == TAR_MAGIC:
        yield from of_tar(Counted(stream, budget), budget)
    else:
        budget.take_file()
        yield path, Counted(stream, budget)


def of_zip(stream: IO[bytes], budget: Budget) -> Iterator[Entry]:
    """The files in a zip. Raises UploadProblem."""
    with told(), open_zip(stream, budget.limits.files) as archive:
        for info in archive.infolist():
            budget.take_file()
            if (info.external_attr >> 16) & 0o170000 == 0o120000:
                raise linked(info.filename)
            if info.flag_bits & 1:
                raise UploadProblem(
                    f"“{shown(info.filename)}” is encrypted. Please upload an archive without a password."
                )
            if info.compress_type not in METHODS:
                raise UploadProblem(
                    f"“{shown(info.filename)}” is packed in an unusual way. Please use plain zip or tar.gz."
                )
            if not info.is_dir():
                with archive.open(info) as content:
                    yield safe_path(info.filename), Counted(content, budget)


def open_zip(stream: IO[bytes], most: int) -> zipfile.ZipFile:
    """A zip, once its list of files is known to be small. Raises UploadProblem, and what Python says of a broken one."""
    check_directory(stream, most)
    return zipfile.ZipFile(stream)


def check_directory(stream: IO[bytes], most: int) -> None:
    """That the list of a zip's files, which is read at once, is small. Raises UploadProblem."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    at = tail.rfind(DIRECTORY_END)
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    if directory > 1000 * most or tail.rfind(DIRECTORY_END_64, 0, at) >= 0:
        raise UploadProblem(f"An upload has at most {most:,} files; this archive lists more.")


def of_tar(stream: "Counted", budget: Budget) -> Iterator[Entry]:
    """The files in a tar archive, in the order in which they come. Raises UploadProblem."""
    with told(), tarfile.open(fileobj=cast(IO[bytes], stream), mode="r:") as archive:
        for member in archive:
            budget.take_file()
            if member.issym() or member.islnk():
                raise linked(member.name)
            if member.isdir():
                continue
            if not member.isfile() or member.issparse():
                raise UploadProblem(
                    f"“{shown(member.name)}” is no ordinary file. An upload has files and folders only."
                )
            content = cast(IO[bytes], archive.extractfile(member))  # None only for what is no file
            yield safe_path(member.name), Guarded(content)
        if stream.last != END_OF_TAR:  # to tarfile a damaged head is an end like any other
            raise tarfile.ReadError("the archive does not end as archives do")


def linked(name: str) -> UploadProblem:
    """The refusal of a link."""
    return UploadProblem(f"“{shown(name)}” is a link. An upload has files and folders only.")


def shown(name: str) -> str:
    """A name for a sentence; tar archives may hold names that are no text."""
    return name[:80].encode("utf-8", "replace").decode()


def safe_path(name: str) -> PurePosixPath:
    """A path that stays within its upload, and is text. Raises UploadProblem."""
    if not name.isascii() and name.encode("utf-8", "replace").decode() != name:
        raise UploadProblem(f"The name “{shown(name)}” is not in UTF-8. Please pack the archive with such names.")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\x00" in name:
        raise UploadProblem(f"“{shown(name)}” leads out of its archive. Paths must be relative, without “..”.")
    return path


class Guarded:
    """A file of an archive; that the archive is damaged may show only while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, size: int, /) -> bytes:
        """The next bytes. Raises UploadProblem."""
        with told():
            return self.stream.read(size)


class Counted:
    """Reads a stream forwards; every byte counts, passed over or not. What was read last can be read again."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self.stream, self.budget = stream, budget
        self.position, self.last, self.back = 0, b"", 0

    def seekable(self) -> bool:
        """Enough for tarfile: it looks back by a byte."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes. More than a MiB at once is only asked for by the head of a file that was made to harm."""
        if size < 0 or size > MIB:
            raise UploadProblem("This archive holds a description of more than 1 MiB, which no file in an upload has.")
        if self.back:
            content = self.last[len(self.last) - self.back :][:size]
            self.back -= len(content)
        else:
            with told():
                content = self.last = self.stream.read(size)
            self.budget.take_bytes(len(content))
            time.sleep(0)  # others are served in between
        self.position += len(content)
        return content

    def seek(self, position: int, whence: int = io.SEEK_SET, /) -> int:
        """Pass over what lies before ``position``, or go back to what was read last."""
        back = self.position + self.back - position
        if whence != io.SEEK_SET or back > len(self.last):
            raise tarfile.ReadError("archives are read forwards")
        if back >= 0:
            self.position, self.back = position, back
        while self.position < position and self.read(min(position - self.position, MIB)):
            pass
        return self.position

    def tell(self) -> int:
        """Where the next byte stands."""
        return self.position
