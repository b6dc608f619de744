"""The tables."""

from webapp.models import indexing  # noqa: F401 - follows every flush
from webapp.models.access import InstanceChoice, Invitation, MailLink, RecoveryCode
from webapp.models.audit import AuditEntry
from webapp.models.base import Model, db, now
from webapp.models.comment import Comment
from webapp.models.dataset import Dataset
from webapp.models.experiment import Experiment
from webapp.models.facts import ResultFact, SpecFact, WordFact
from webapp.models.layout import Layout
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
from webapp.models.user import ApiToken, Login, Role, User

__all__ = [
    "ApiToken",
    "Artifact",
    "AuditEntry",
    "Comment",
    "CurveChunk",
    "Dataset",
    "Experiment",
    "HistogramRow",
    "InstanceChoice",
    "Invitation",
    "Layout",
    "LogLine",
    "Login",
    "MailLink",
    "Model",
    "OutboxMessage",
    "Priority",
    "RecoveryCode",
    "Request",
    "ResultFact",
    "Role",
    "SpecFact",
    "State",
    "StateCannotFollow",
    "Tag",
    "Trial",
    "User",
    "WordFact",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
