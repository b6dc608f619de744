"""The tables."""

from webapp.models import indexing  # noqa: F401 - follows every flush
from webapp.models.access import InstanceChoice, Invitation, MailLink, RecoveryCode
from webapp.models.audit import AuditEntry
from webapp.models.base import Model, db, now
from webapp.models.comment import Comment, CommentVersion, Reaction
from webapp.models.dataset import Dataset
from webapp.models.experiment import Experiment
from webapp.models.facts import ResultFact, SpecFact, WordFact
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
from webapp.models.webhook import DeliveryState, Webhook, WebhookDelivery

__all__ = [
    "ApiToken",
    "Artifact",
    "AuditEntry",
    "Channel",
    "Comment",
    "CommentVersion",
    "CurveChunk",
    "Dataset",
    "DeliveryState",
    "Digest",
    "Experiment",
    "Happened",
    "Happening",
    "HistogramRow",
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
    "SpecFact",
    "State",
    "StateCannotFollow",
    "Tag",
    "Trial",
    "User",
    "Watch",
    "Webhook",
    "WebhookDelivery",
    "WordFact",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
