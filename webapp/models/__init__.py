"""The tables."""

from webapp.models import comment_words, indexing  # noqa: F401 - follow every flush
from webapp.models.base import Model, db, now
from webapp.models.comment import Comment, CommentVersion, Reaction
from webapp.models.comparison import ComparedExperiment, Comparison
from webapp.models.dataset import Dataset
from webapp.models.experiment import Experiment
from webapp.models.facts import ResultFact, SpecFact, WordFact
from webapp.models.finding import CommentWord, Star, Visit
from webapp.models.idempotency import IdempotencyKey
from webapp.models.layout import Layout
from webapp.models.scope import Scope
from webapp.models.share import Access, Share, Visibility
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
from webapp.models.user import ApiToken, Login, Role, User, Visitor

__all__ = [
    "COLOURS",
    "Access",
    "ApiToken",
    "Artifact",
    "Comment",
    "CommentVersion",
    "CommentWord",
    "ComparedExperiment",
    "Comparison",
    "CurveChunk",
    "Dataset",
    "Experiment",
    "HistogramRow",
    "IdempotencyKey",
    "Layout",
    "LogLine",
    "Login",
    "Model",
    "OutboxMessage",
    "Priority",
    "Reaction",
    "Request",
    "ResultFact",
    "Role",
    "Scope",
    "Share",
    "SpecFact",
    "Star",
    "State",
    "StateCannotFollow",
    "Tag",
    "Trial",
    "User",
    "Visibility",
    "Visit",
    "Visitor",
    "WordFact",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
