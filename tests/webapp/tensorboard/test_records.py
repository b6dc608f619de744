"""Event files: written so that others read them, read as others write them, and damage is found."""

import io
from pathlib import Path

import pytest

from tests.test_arrows import loaded_by
from webapp.tensorboard.records import HEAD, LONGEST, Damaged, framed, read_messages

MESSAGES = [bytes([n % 251]) * (n % 90) for n in range(1, 400)] + [b"x" * 30] * 500


def read(content: bytes) -> list[bytes]:
    return [message for messages in read_messages(io.BytesIO(content)) for message in messages]


def test_records_are_those_of_tensorboardx(tmp_path: Path) -> None:
    from tensorboardX.record_writer import RecordWriter

    writer = RecordWriter(str(tmp_path / "events"))
    for message in MESSAGES:
        writer.write(message)
    writer.close()
    assert framed(MESSAGES) == (tmp_path / "events").read_bytes()


def test_records_read_back() -> None:
    assert read(framed(MESSAGES)) == MESSAGES


@pytest.mark.parametrize("cut", [1, 4, 5, 20, 33, 40])
def test_a_torn_last_record_is_the_end_of_a_log_that_is_being_written(cut: int) -> None:
    assert read(framed(MESSAGES)[:-cut]) == MESSAGES[:-1]


@pytest.mark.parametrize("at", [0, 8, HEAD, HEAD + 29, HEAD + 30])
def test_a_flipped_bit_is_found_and_its_record_named(at: int) -> None:
    before = len(framed(MESSAGES[:600]))
    content = bytearray(framed(MESSAGES))
    content[before + at] ^= 4
    with pytest.raises(Damaged) as damaged:
        read(bytes(content))
    assert damaged.value.position == before


def test_a_length_that_reaches_far_beyond_the_end_is_damage_and_no_torn_record() -> None:
    content = bytearray(framed([b"x" * 30]))
    content[6] = 1
    with pytest.raises(Damaged):
        read(bytes(content))


def test_long_records_are_passed_over() -> None:
    long = b"p" * (3 * LONGEST + 7)
    content = framed([b"before", long, b"between", b"q" * (LONGEST + 1), b"r" * (LONGEST + 1), b"after"])
    assert read(content) == [b"before", b"between", b"after"]
    assert read(framed([b"q" * (LONGEST + 1)] * 5 + [b"after"] * 3)) == [b"after"] * 3


def test_the_messages_come_without_torch() -> None:
    assert "torch" not in loaded_by("webapp.tensorboard.messages")


def test_tensorboardx_can_be_imported_whole_afterwards() -> None:
    assert "tensorboardX.writer" in loaded_by("webapp.tensorboard.messages, tensorboardX")
