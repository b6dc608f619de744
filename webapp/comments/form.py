"""What the form of a comment says: its words and its place."""

from collections.abc import Mapping

from webapp.comments.pins import Pin
from webapp.comments.problem import CommentProblem
from webapp.ids import row_id


def read_body(form: Mapping[str, str]) -> str:
    """The words with lines as they are counted and kept: browsers send two characters for the end of each."""
    return form.get("body", "").replace("\r\n", "\n")


def read_row(form: Mapping[str, str], field: str) -> int | None:
    """The number of a row; None where none is given. Raises CommentProblem."""
    text = form.get(field, "").strip()
    try:
        return row_id(text) if text else None
    except ValueError as error:
        raise CommentProblem(field, f"The field {field} must be a number; you sent “{text[:40]}”.") from error


def read_pin(form: Mapping[str, str]) -> Pin | None:
    """The point that the comment is about: a curve and a step; None where neither is given. Raises CommentProblem."""
    key, step = form.get("pin_key", "").strip(), form.get("pin_step", "").strip()
    if not key and not step:
        return None
    trial = read_row(form, "pin_trial")
    if not key or trial is None:
        raise CommentProblem("pin.key", "To pin a comment to a point, choose a curve and a step.")
    if not (step.isascii() and step.isdecimal() and len(step) <= 16):
        raise CommentProblem("pin.step", f"A step is a whole number, such as 120; you entered “{step[:40]}”.")
    return Pin(trial, key, int(step), read_value(form.get("pin_value", "")))


def read_value(text: str) -> float | None:
    """What the curve showed there, as far as it is known."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return None
