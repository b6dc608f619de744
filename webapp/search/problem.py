"""What is wrong with a search, a sort, a choice of columns or a cursor."""


class SearchProblem(ValueError):
    """``field`` names what is wrong; ``start`` and ``end`` where in the text of a search (``None``: all of it)."""

    def __init__(self, field: str, message: str, start: int | None = None, end: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.start = start
        self.end = start if end is None else end

    @property
    def told(self) -> str:
        """The message with the position, counted from one, for those who cannot see it marked."""
        if self.start is None:
            return self.message
        return f"{self.message} (at character {self.start + 1})"
