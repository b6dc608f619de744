"""Numbers of rows, as addresses name them: none beyond what a database's whole numbers reach, and in plain digits."""

import contextlib
from typing import Any

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class IdConverter(IntegerConverter):
    """``<int:experiment_id>``: what is larger than any row's number is not found, by whatever method."""

    regex = r"[0-9]{1,10}"

    def to_python(self, value: str) -> Any:
        """The number. Raises NotFound: werkzeug would say of a bound that is passed that another method fits."""
        number = int(value)
        if number > LARGEST:
            raise NotFound
        return number


def register_ids(app: Flask) -> None:
    """Comes before the routes."""
    app.url_map.converters["int"] = IdConverter


def row_ids(text: str) -> list[int]:
    """The numbers in a text with commas between; what is none is left out."""
    found = []
    for word in text.split(","):
        with contextlib.suppress(ValueError):
            found.append(row_id(word))
    return found


def row_id(text: str) -> int:
    """The number of a row in a query. Raises ValueError, which ``request.args.get(type=row_id)`` takes for nothing given."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= LARGEST):
        raise ValueError(text)
    return int(text)
