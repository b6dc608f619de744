"""The records of an event file: length, its checksum, the message, its checksum.

uint64 length · uint32 masked CRC-32C of the length · the message · uint32 masked CRC-32C of the message
"""

import struct
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from webapp.tensorboard.checksums import masked_checksums

LENGTH, CHECKSUM = struct.Struct("<Q"), struct.Struct("<I")
HEAD = LENGTH.size + CHECKSUM.size
BLOCK = 64 * 1024
LONGEST = 256 * 1024  # what is longer is a picture or a graph


class Damaged(ValueError):
    """A record whose checksum is wrong; ``position`` is where it begins."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the record at byte {position:,} is damaged")
        self.position = position


class Readable(Protocol):
    """Something to read bytes from."""

    def read(self, size: int, /) -> bytes: ...


def framed(messages: Sequence[bytes]) -> bytes:
    """Messages as records."""
    lengths = [LENGTH.pack(len(message)) for message in messages]
    heads, tails = masked_checksums(lengths).tolist(), masked_checksums(messages).tolist()
    return b"".join(
        part
        for length, head, message, tail in zip(lengths, heads, messages, tails, strict=True)
        for part in (length, CHECKSUM.pack(head), message, CHECKSUM.pack(tail))
    )


def read_messages(stream: Readable) -> Iterator[list[bytes]]:
    """The messages of an event file, some at a time. Raises Damaged.

    A last record that is cut off is the normal end of a log that is being written. Records of more than 256 KiB, which
    are pictures and graphs, are passed over.
    """
    held, begins = b"", 0
    while block := stream.read(BLOCK):
        held += block
        while len(held) >= HEAD:
            places, end = whole_records(held)
            check(held, places, begins)
            if messages := [held[start:stop] for start, stop in places]:
                yield messages
            held, begins = held[end:], begins + end
            if len(held) < HEAD or (length := LENGTH.unpack_from(held)[0]) <= LONGEST:
                break
            check_head(held, begins)
            begins += HEAD + length + CHECKSUM.size
            held = passed_over(stream, held, HEAD + length + CHECKSUM.size)
    if len(held) >= HEAD:
        check_head(held, begins)


def whole_records(held: bytes) -> tuple[list[tuple[int, int]], int]:
    """(where the messages of the whole records stand, where the last of these ends)."""
    places, at = [], 0
    while at + HEAD <= len(held):
        start = at + HEAD
        stop = start + LENGTH.unpack_from(held, at)[0]
        if stop - start > LONGEST or stop + CHECKSUM.size > len(held):
            break
        places.append((start, stop))
        at = stop + CHECKSUM.size
    return places, at


def check(held: bytes, places: Sequence[tuple[int, int]], begins: int) -> None:
    """That the checksums are right. Raises Damaged."""
    lengths = [held[start - HEAD : start - CHECKSUM.size] for start, _ in places]
    heads = [CHECKSUM.unpack_from(held, start - CHECKSUM.size)[0] for start, _ in places]
    tails = [CHECKSUM.unpack_from(held, stop)[0] for _, stop in places]
    wrong = masked_checksums(lengths) != np.array(heads, np.uint32)
    wrong |= masked_checksums([held[start:stop] for start, stop in places]) != np.array(tails, np.uint32)
    if wrong.any():
        raise Damaged(begins + places[int(np.argmax(wrong))][0] - HEAD)


def check_head(held: bytes, begins: int) -> None:
    """That the length of the record at the beginning can be believed. Raises Damaged."""
    if masked_checksums([held[: LENGTH.size]])[0] != CHECKSUM.unpack_from(held, LENGTH.size)[0]:
        raise Damaged(begins)


def passed_over(stream: Readable, held: bytes, count: int) -> bytes:
    """What is held after ``count`` bytes have been passed over."""
    left = count - len(held)
    while left > 0 and (block := stream.read(min(left, BLOCK))):
        left -= len(block)
    return held[count:]
