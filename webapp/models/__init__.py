"""The tables."""

from webapp.models.base import Model, db, now
from webapp.models.comment import Comment
from webapp.models.experiment import Experiment
from webapp.models.layout import Layout
from webapp.models.tag import Tag, comment_tags, experiment_tags
from webapp.models.trial import (
    Artifact,
    CurveChunk,
    HistogramRow,
    LogLine,
    OutboxMessage,
    State,
    StateCannotFollow,
    Trial,
)
from webapp.models.user import ApiToken, Role, User

__all__ = [
    "ApiToken",
    "Artifact",
    "Comment",
    "CurveChunk",
    "Experiment",
    "HistogramRow",
    "Layout",
    "LogLine",
    "Model",
    "OutboxMessage",
    "Role",
    "State",
    "StateCannotFollow",
    "Tag",
    "Trial",
    "User",
    "comment_tags",
    "db",
    "experiment_tags",
    "now",
]
