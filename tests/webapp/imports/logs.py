"""Logs to upload, written by tensorboardX and packed as people pack them."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import FileStorage

from webapp.tensorboard.checksums import masked_checksums
from webapp.tensorboard.messages import Event
from webapp.tensorboard.records import framed

NAME = "events.out.tfevents.1700000000.host"


def scalar(tag: str, step: int, value: float, time: float = 1_700_000_000.0) -> bytes:
    """An event with a number in the old form."""
    event = Event(wall_time=time, step=step)
    event.summary.value.add(tag=tag, simple_value=value)
    return bytes(event.SerializeToString())


def tensor(tag: str, step: int, plugin: str = "scalars", **fields: Any) -> bytes:
    """An event with a tensor."""
    event = Event(wall_time=1_700_000_000.0, step=step)
    value = event.summary.value.add(tag=tag)
    value.metadata.plugin_data.plugin_name = plugin
    for name, content in fields.items():
        if isinstance(content, list):
            getattr(value.tensor, name).extend(content)
        else:
            setattr(value.tensor, name, content)
    return bytes(event.SerializeToString())


def log(*events: bytes) -> bytes:
    """An event file."""
    return framed([Event(file_version="brain.Event:2").SerializeToString(), *events])


def loss(*numbers: tuple[int, float]) -> bytes:
    """An event file with (step, value) of "loss"."""
    return log(*(scalar("loss", step, value) for step, value in numbers))


def long_record(size: int) -> bytes:
    """A record of zeros, which is passed over, so that nobody looks at its checksum."""
    length = struct.pack("<Q", size)
    return length + struct.pack("<I", int(masked_checksums([length])[0])) + bytes(size)


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip of files by path."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()


def tar_of(files: dict[str, bytes], mode: str = "w:gz", others: Iterable[tarfile.TarInfo] = ()) -> bytes:
    """A tar archive of files by path, and of other things."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in others:
            archive.addfile(member)
    return packed.getvalue()


def upload(content: bytes, name: str = "log.zip") -> FileStorage:
    """A file as a form brings it."""
    return FileStorage(io.BytesIO(content), filename=name)


def pax_bomb(size: int) -> bytes:
    """A tar archive whose first header promises a description of ``size`` bytes."""
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.XHDTYPE, size
    return member.tobuf(tarfile.USTAR_FORMAT) + b"\0" * 4096


def many_listed(content: bytes) -> bytes:
    """A zip whose end says that the list of its files is huge."""
    at = content.rfind(b"PK\x05\x06")
    return content[: at + 12] + struct.pack("<I", 200_000_000) + content[at + 16 :]
