"""CSV: key, step, value, time, a line for each point."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from webapp.exports.contents import Contents, stretches


def csv_pieces(session: Session, contents: Contents) -> Iterator[bytes]:
    """The file in pieces. Numbers are written so that they read back to the same bits; NaN and infinities by name."""
    yield b"key,step,value,time\n"
    for key, data in stretches(session, contents):
        name = quoted(key)
        numbers = zip(data.steps.tolist(), data.values.tolist(), data.times.tolist(), strict=True)
        yield "".join([f"{name},{step},{value!r},{time!r}\n" for step, value, time in numbers]).encode()


def quoted(text: str) -> str:
    """A field as CSV has it (RFC 4180)."""
    return '"' + text.replace('"', '""') + '"' if any(letter in text for letter in ',"\r\n') else text
