"""Why a comment cannot be."""

from webapp.fields import FieldProblem


class CommentProblem(FieldProblem):
    """``field`` names where."""
