"""The tables."""

from webapp.models import indexing  # noqa: F401 - follows every flush
from webapp.models.base import Model, db, now
from webapp.models.comment import Comment, CommentVersion, Reaction
from webapp.models.dataset import Dataset
from webapp.models.experiment import Experiment
from webapp.models.facts import ResultFact, SpecFact, WordFact
from webapp.models.idempotency import IdempotencyKey
from webapp.models.layout import Layout
from webapp.models.scope import Scope
from webapp.models.share import Access, Share, Visibility
from webapp.models.tag import Tag, comment_tags, experiment_tags
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
    "Access",
    "ApiToken",
    "Artifact",
    "Comment",
    "CommentVersion",
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
    "State",
    "StateCannotFollow",
    "Tag",
    "Trial",
    "User",
    "Visibility",
    "Visitor",
    "WordFact",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
