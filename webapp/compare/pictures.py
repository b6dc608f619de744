"""The pictures of first layers, for filters side by side."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Artifact, Trial

MOST_PICTURES = 20_000


def filters_of(session: Session, experiment_ids: Sequence[int]) -> dict[int, list[Artifact]]:
    """Of each experiment the pictures of its first trial that has any, by their steps."""
    query = (
        select(Artifact, Trial.experiment_id, Trial.number)
        .join(Trial, Trial.id == Artifact.trial_id)
        .where(Trial.experiment_id.in_(experiment_ids), Artifact.kind == "filters", Artifact.media_type == "image/png")
        .order_by(Trial.number, Artifact.step, Artifact.id)
        .limit(MOST_PICTURES)
    )
    found: dict[int, list[Artifact]] = {}
    first: dict[int, int] = {}
    for artifact, experiment_id, number in session.execute(query):
        if first.setdefault(experiment_id, number) == number:
            found.setdefault(experiment_id, []).append(artifact)
    return found
