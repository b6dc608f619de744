"""Files in the idx format, in which MNIST is published: pictures and labels together become one .npz file."""

import gzip
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.lib import format as npy

from dlcore.data.npz_headers import LARGEST_BYTES
from webapp.datasets.limits import BLOCK
from webapp.uploads.archives import GZIP_MAGIC, Counted, Upload
from webapp.uploads.budget import MIB, Budget, UploadProblem

NUMBERS = {8: "|u1", 9: "|i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # the third byte -> numpy's name
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class IdxFile:
    """A file whose head has been read; its numbers follow in ``stream``."""

    name: str
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    stream: Counted

    @property
    def role(self) -> str:
        """x or y, and _test where its name says so."""
        part = "_test" if any(word in self.name.lower() for word in ("t10k", "test")) else ""
        return ("y" if len(self.shape) == 1 else "x") + part


def keep_idx(uploads: Sequence[Upload], target: Path, budget: Budget) -> None:
    """Write the arrays of two or four files to ``target``. Raises UploadProblem."""
    files: dict[str, IdxFile] = {}
    for upload in uploads:
        file = open_idx(upload, budget)
        if file.role in files:
            raise UploadProblem(
                f"“{file.name}” and “{files[file.role].name}” are both {called(file.role)}. Choose the pictures and the "
                "labels, and those of a test part, whose names have “test” or “t10k” in them."
            )
        files[file.role] = file
    for part in ("", "_test"):
        check_pair(files, part)
    with zipfile.ZipFile(target, "w") as kept:
        for role, file in sorted(files.items()):
            with kept.open(zipfile.ZipInfo(f"{role}.npy", LONG_AGO), "w", force_zip64=True) as array:
                copy(file, array)


def open_idx(upload: Upload, budget: Budget) -> IdxFile:
    """Read a file's head. Raises UploadProblem."""
    name = (upload.filename or "upload")[-80:]
    packed = upload.stream.read(2) == GZIP_MAGIC
    upload.stream.seek(0)
    budget.take_file()
    stream = Counted(cast(IO[bytes], gzip.GzipFile(fileobj=upload.stream)) if packed else upload.stream, budget)
    head = stream.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in NUMBERS or not 1 <= head[3] <= 4:
        raise UploadProblem(f"“{name}” does not begin like an idx file: two zeros, the type of its numbers, its axes.")
    sizes = stream.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise UploadProblem(f"“{name}” ends within its head.")
    file = IdxFile(name, np.dtype(NUMBERS[head[2]]), struct.unpack(f">{head[3]}I", sizes), stream)
    if promised(file) > LARGEST_BYTES:
        raise UploadProblem(
            f"“{name}” promises more than {LARGEST_BYTES // MIB:,} MiB, which is the most for an array."
        )
    return file


def promised(file: IdxFile) -> int:
    """How many bytes the head says will follow."""
    return int(np.prod(file.shape, dtype=object)) * file.dtype.itemsize


def called(role: str) -> str:
    """A role for people."""
    return ("labels" if role.startswith("y") else "inputs") + (" of the test part" if role.endswith("_test") else "")


def check_pair(files: dict[str, IdxFile], part: str) -> None:
    """That inputs and labels of a part came together, and as many of each. Raises UploadProblem."""
    x, y = files.get(f"x{part}"), files.get(f"y{part}")
    if x is None and y is None and part:
        return
    if x is None or y is None:
        missing, there = (called(f"x{part}"), y) if x is None else (called(f"y{part}"), x)
        beside = f"beside “{there.name}”" if there else "among these files"
        raise UploadProblem(
            f"There are no {missing} {beside}. Choose the file of pictures and that of labels together."
        )
    if x.shape[0] != y.shape[0]:
        raise UploadProblem(f"“{x.name}” has {x.shape[0]:,} examples, but “{y.name}” has {y.shape[0]:,} labels.")


def copy(file: IdxFile, array: IO[bytes]) -> None:
    """Write the numbers as a .npy file. Raises UploadProblem when fewer or more follow than the head promises."""
    npy.write_array_header_1_0(array, {"descr": file.dtype.str, "fortran_order": False, "shape": file.shape})
    left = promised(file)
    while left and (block := file.stream.read(min(left, BLOCK))):
        array.write(block)
        left -= len(block)
    if left or file.stream.read(1):
        shape = " × ".join(f"{size:,}" for size in file.shape)
        raise UploadProblem(f"“{file.name}” promises {shape} numbers, but {'fewer' if left else 'more'} follow.")
