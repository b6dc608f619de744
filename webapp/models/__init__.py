"""The tables."""

from webapp.models import comment_words, indexing  # noqa: F401 - follow every flush
from webapp.models.access import InstanceChoice, Invitation, MailLink, RecoveryCode
from webapp.models.audit import AuditEntry
from webapp.models.base import Model, db, now
from webapp.models.comment import Comment, CommentVersion, Reaction
from webapp.models.comparison import ComparedExperiment, Comparison
from webapp.models.dataset import Dataset
from webapp.models.experiment import Experiment
from webapp.models.facts import ResultFact, SpecFact, WordFact
from webapp.models.finding import CommentWord, Star, Visit
from webapp.models.idempotency import IdempotencyKey
from webapp.models.layout import Layout
from webapp.models.notification import (
    Channel,
    Digest,
    Happened,
    Happening,
    Kind,
    Notification,
    NotificationChoice,
    Rhythm,
    Watch,
)
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
from webapp.models.webhook import DeliveryState, Webhook, WebhookDelivery

__all__ = [
    "COLOURS",
    "Access",
    "ApiToken",
    "Artifact",
    "AuditEntry",
    "Channel",
    "Comment",
    "CommentVersion",
    "CommentWord",
    "ComparedExperiment",
    "Comparison",
    "CurveChunk",
    "Dataset",
    "DeliveryState",
    "Digest",
    "Experiment",
    "Happened",
    "Happening",
    "HistogramRow",
    "IdempotencyKey",
    "InstanceChoice",
    "Invitation",
    "Kind",
    "Layout",
    "LogLine",
    "Login",
    "MailLink",
    "Model",
    "Notification",
    "NotificationChoice",
    "OutboxMessage",
    "Priority",
    "Reaction",
    "RecoveryCode",
    "Request",
    "ResultFact",
    "Rhythm",
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
    "Watch",
    "Webhook",
    "WebhookDelivery",
    "WordFact",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
