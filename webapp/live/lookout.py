"""Whether somebody who has a stream open still sees what it is about."""

from collections.abc import Callable, Sequence

from flask import current_app, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from webapp import policy
from webapp.models import Experiment, db
from webapp.store.live import Source
from webapp.store.news import person_topic, read_topic

Lookout = Callable[[Sequence[Source]], set[Source]]


def lookout() -> Lookout:
    """Says which of some trials and topics may no longer be watched by whoever made this request, as if it came anew:
    their login, token or link may have ended, their role have changed, an experiment be deleted or no longer shared.
    """
    app, environ = current_app._get_current_object(), request.environ.copy()  # type: ignore[attr-defined]

    def gone(sources: Sequence[Source]) -> set[Source]:
        try:
            with app.request_context(environ):
                return set(sources) - seen(sources)
        except SQLAlchemyError:  # the database is away: what cannot be known now is asked again in a while
            return set()

    return gone


def seen(sources: Sequence[Source]) -> set[Source]:
    """Those that the request's person sees."""
    trials = [source for source in sources if isinstance(source, int)]
    found: set[Source] = set(policy.trials_seen_by(db.session(), current_user, trials))
    topics = {str(topic): topic for source in sources if isinstance(source, str) and (topic := read_topic(source))}
    ids = [topic.id for topic in topics.values() if topic.kind == "experiment"]
    query = select(Experiment.id).where(Experiment.id.in_(ids), policy.seen_by(current_user))
    there = set(db.session.scalars(query)) if ids else set()
    found |= {name for name, topic in topics.items() if topic.kind == "experiment" and topic.id in there}
    return found | ({person_topic(current_user.id)} & set(sources) if current_user.is_authenticated else set())
