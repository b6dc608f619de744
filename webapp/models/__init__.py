"""The tables."""

from webapp.models import comment_words, indexing  # noqa: F401 - follow every flush
from webapp.models.base import Model, db, now
from webapp.models.comment import Comment
from webapp.models.dataset import Dataset
from webapp.models.experiment import Experiment
from webapp.models.facts import ResultFact, SpecFact, WordFact
from webapp.models.finding import CommentWord, Star, Visit
from webapp.models.layout import Layout
from webapp.models.tag import COLOURS, Tag, comment_tags, experiment_tags
from webapp.models.trial import (
    Artifact,
    CurveChunk,
    HistogramRow,
    LogLine,
    OutboxMessage,
    Priority,
    Request,
    State,
    StateCannotFollow,
    Trial,
)
from webapp.models.user import ApiToken, Login, Role, User

__all__ = [
    "COLOURS",
    "ApiToken",
    "Artifact",
    "Comment",
    "CommentWord",
    "CurveChunk",
    "Dataset",
    "Experiment",
    "HistogramRow",
    "Layout",
    "LogLine",
    "Login",
    "Model",
    "OutboxMessage",
    "Priority",
    "Request",
    "ResultFact",
    "Role",
    "SpecFact",
    "Star",
    "State",
    "StateCannotFollow",
    "Tag",
    "Trial",
    "User",
    "Visit",
    "WordFact",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
