"""Why what somebody asked for cannot be, and at which field: what every service's problems have in common."""

from typing import Literal

Why = Literal["wrong", "missing", "taken"]


class FieldProblem(ValueError):
    """``field`` names where, ``message`` says it to people.

    ``why``: it is ``wrong`` in itself; what it names is ``missing``, or not for this person; or it does not go with what is there
    already, where it is ``taken``.
    """

    def __init__(self, field: str, message: str, why: Why = "wrong") -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.why = why
