"""A file that is written by others and sent by us: what was written is taken away piece by piece."""

import io
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile


class Outgoing(io.RawIOBase):
    """Takes what is written, and gives it to ``taken``; knows no way back."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        piece = bytes(content)
        self.waiting.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self.waiting = self.waiting, []
        return b"".join(pieces)


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """A zip of (name, pieces), in pieces."""
    outgoing = Outgoing()
    with ZipFile(outgoing, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in files:
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield outgoing.taken()
    yield outgoing.taken()
