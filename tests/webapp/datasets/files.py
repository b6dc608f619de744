"""Files that people upload: good ones, and such as are made to harm."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from webapp.uploads.archives import Upload


def picture(shade: int = 0, size: tuple[int, int] = (6, 4)) -> bytes:
    """A PNG of one shade."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, 255 - shade, 40)).save(buffer, "PNG")
    return buffer.getvalue()


PETS = {f"pets/{kind}/{n}.png": picture(40 * n) for kind, count in (("cats", 3), ("dogs", 2)) for n in range(count)}


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "w", *special: tarfile.TarInfo) -> bytes:
    """A tar archive, with members that are no files at its end."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in special:
            archive.addfile(info)
    return buffer.getvalue()


def member(kind: bytes, name: str = "pets/cats/evil.png", target: str = "/etc/passwd") -> tarfile.TarInfo:
    """A member of a tar archive that is a link, a device, ..."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def link_in_zip() -> bytes:
    """A zip with a symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("cats/link.png")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def lying_zip() -> bytes:
    """A zip whose directory says that a file of a thousand bytes has ten."""
    content = bytearray(zipped({"cats/a.png": bytes(1000)}, zipfile.ZIP_STORED))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


def flipped(content: bytes, where: bytes, place: int = 0) -> bytes:
    """With one bit changed where such words stand, after ``place`` others of them."""
    at = -1
    for _ in range(place + 1):
        at = content.index(where, at + 1)
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def sparse(name: str) -> tarfile.TarInfo:
    """A member of a tar archive that says of its holes what makes no sense."""
    info = tarfile.TarInfo("pets/cats/holes.png")
    info.pax_headers = {name: "z"}
    return info


def npy(shape: str) -> bytes:
    """The head of an array whose shape is written so, and some numbers."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(64)


def npz(**arrays: Any) -> bytes:
    """An .npz file; objects are pickled."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=True, **arrays)
    return buffer.getvalue()


def idx(array: Any, shape: tuple[int, ...] | None = None) -> bytes:
    """An idx file of bytes; ``shape``: what its head says instead of the truth."""
    array = np.asarray(array, np.uint8)
    shape = shape or array.shape
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + array.tobytes()


def giant_png(width: int = 100_000, height: int = 100_000) -> bytes:
    """A small PNG whose head promises very many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def bomb(mib: int = 40) -> bytes:
    """A zip of a picture that is mostly nothing."""
    return zipped({"cats/a.png": picture() + bytes(mib * 1024 * 1024), "dogs/a.png": picture()})


def gz(content: bytes, times: int = 1) -> bytes:
    """Gzipped, as often as is asked."""
    return gz(gzip.compress(content, mtime=0), times - 1) if times else content


class Sent:
    """A file as it comes with a form."""

    def __init__(self, content: bytes, filename: str) -> None:
        self.filename: str | None = filename
        self.stream: Any = io.BytesIO(content)


def sent(**files: bytes) -> list[Upload]:
    """Files by name, with __ for the dot."""
    return [Sent(content, name.replace("__", ".")) for name, content in files.items()]
