"""Why a comment cannot be."""


class CommentProblem(ValueError):
    """``field`` names where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
