"""How much an uploaded data set may hold, and what was found in one."""

from dataclasses import dataclass
from typing import Any

from webapp.uploads.budget import MIB, Limits

UPLOAD_BYTES = 1024 * MIB
DATASET = Limits("data set", unpacked_bytes=4096 * MIB, ratio=500, files=100_000)
NAME_LONGEST = 80
PATH_LONGEST = 500  # of a picture in its archive
CLASS_LONGEST = 100
BLOCK = 64 * 1024
SHOWN_CLASSES, SHOWN_COLUMNS, SHOWN_ROWS, SHOWN_PICTURES, SHOWN_CELL = 50, 50, 5, 12, 40


@dataclass(frozen=True)
class Found:
    """What an upload turned out to be: the ``kind`` of a spec's data that reads it, the facts, and a PNG of some pictures.

    facts: examples, test_examples, classes ([name, count] of the first), class_count, shape, columns, rows, predict; each where it applies.
    """

    kind: str
    facts: dict[str, Any]
    sheet: bytes | None = None
