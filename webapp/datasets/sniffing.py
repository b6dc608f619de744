"""What kind of file was uploaded, by its first bytes: names say nothing."""

import gzip
from typing import IO, Literal, cast

from webapp.datasets.idx import NUMBERS
from webapp.uploads.archives import GZIP_MAGIC, TAR_MAGIC, ZIP_MAGIC, Upload, open_zip, told
from webapp.uploads.budget import Budget, UploadProblem

Kind = Literal["pictures", "arrays", "idx", "table"]
PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
NPY_MAGIC = b"\x93NUMPY"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(upload: Upload, budget: Budget) -> Kind:
    """What an uploaded file is. Raises UploadProblem where it is nothing that a data set can be made of."""
    with told():
        head = begin(upload.stream)
        if head.startswith(ZIP_MAGIC):
            return kind_of_zip(upload.stream, budget)
        if head.startswith(GZIP_MAGIC):
            head = begin(cast(IO[bytes], gzip.GzipFile(fileobj=upload.stream)))
            upload.stream.seek(0)
            if not is_tar(head) and not is_idx(head):
                raise UploadProblem("Unpacked it is neither a tar archive nor an idx file.")
    if is_tar(head):
        return "pictures"
    if is_idx(head):
        return "idx"
    check_is_text(head)
    return "table"


def begin(stream: IO[bytes]) -> bytes:
    """The first bytes; the stream stands at its beginning afterwards."""
    head = stream.read(512)
    stream.seek(0)
    return head


def kind_of_zip(stream: IO[bytes], budget: Budget) -> Kind:
    """An .npz file is a zip of arrays."""
    with open_zip(stream, budget.limits.files) as archive:
        arrays = any(name.endswith(".npy") for name in archive.namelist())
    stream.seek(0)
    return "arrays" if arrays else "pictures"


def is_tar(head: bytes) -> bool:
    """Whether a file begins as tar archives do."""
    return head[257:262] == TAR_MAGIC


def is_idx(head: bytes) -> bool:
    """Whether a file begins as idx files do: two zeros, the type of its numbers, how many axes it has."""
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in NUMBERS and 1 <= head[3] <= 4


def check_is_text(head: bytes) -> None:
    """That a table may follow. Raises UploadProblem."""
    if not head:
        raise UploadProblem("It is empty.")
    if head.startswith(PICKLES):
        raise UploadProblem("It is a Python pickle. Pickles can run programs, so they are never loaded.")
    if head.startswith(NPY_MAGIC):
        raise UploadProblem("It is a single array (.npy). Save inputs and labels together with numpy.savez.")
    if head.startswith(UTF_16):
        raise UploadProblem("It is text in UTF-16. Save it as UTF-8.")
    if b"\0" in head:
        raise UploadProblem(
            "It is no zip or tar archive of pictures, no CSV, no .npz and no idx file; an idx file begins with two zero "
            "bytes, the type of its numbers and how many axes it has."
        )
