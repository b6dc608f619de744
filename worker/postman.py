"""Tells people what happened: notifications from what was promised, live news of them, webhooks and mails.

A thread in the keeper's process, so that all of it goes on while every child trains. Each part claims what it does, so that
any number of workers may do it side by side.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import redis
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from webapp.models import Digest, Notification, User, WebhookDelivery, now
from webapp.notifying import deliveries, digests, inbox
from webapp.notifying.spreading import spread
from webapp.settings import Settings
from webapp.store.database import AWAY
from webapp.store.forgetting import forget_comments
from webapp.store.news import person_topic, tell

log = logging.getLogger(__name__)
EVERY_S = 0.5
MAIL_EVERY_S = 2.0
PRUNE_EVERY_S = 3600.0
RESTS_S = 5.0  # after something went wrong
KEPT = timedelta(days=180)
DELIVERIES_KEPT = timedelta(days=30)


class Postman:
    """Its rounds, for as long as the process lives."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, client: redis.Redis | None) -> None:
        self.sessions = sessions
        self.settings = settings
        self.client = client

    def start(self) -> None:
        """Begin. What is sent by one part is not waited for by the others."""
        for name, act, every_s in (
            ("notifications", self.spread, EVERY_S),
            ("webhooks", self.deliver, EVERY_S),
            ("mail", self.mail, MAIL_EVERY_S),
            ("pruning", self.prune, PRUNE_EVERY_S),
        ):
            threading.Thread(target=self.rounds, args=(act, every_s), name=f"postman-{name}", daemon=True).start()

    def rounds(self, act: Callable[[Session], None], every_s: float) -> None:
        """Do it again and again; what is away now is tried again soon."""
        while True:
            try:
                with self.sessions() as session:
                    act(session)
                time.sleep(every_s)
            except (*AWAY, OSError) as error:
                log.warning("people are told later: %s", error)
                time.sleep(RESTS_S)
            except Exception:  # a mistake of ours in one message must not end all of them
                log.exception("people are told later")
                time.sleep(RESTS_S)

    def spread(self, session: Session) -> None:
        """Make notifications, and let the bells of those who have a page open ring."""
        self.ring(session, spread(session))

    def deliver(self, session: Session) -> None:
        """Send what is due to webhooks."""
        for user_id, switched_off in deliveries.deliver(session, self.settings):
            tell(self.client, person_topic(user_id), "webhook", {})
            self.ring(session, {user_id} if switched_off else set())

    def mail(self, session: Session) -> None:
        """Put together what is due by mail, and send it."""
        digests.put_together(session)
        digests.send(session, self.settings)

    def ring(self, session: Session, user_ids: set[int]) -> None:
        """How many are unread, to these people's open pages."""
        for user in session.scalars(select(User).where(User.id.in_(user_ids))) if user_ids else ():
            inbox.ring(self.client, session, user)
        session.rollback()  # nothing is held while the next is waited for

    def prune(self, session: Session) -> None:
        """Forget what is old. What people were not yet told of, and mails that are not sent yet, are never too old."""
        moment = now()
        for query in (
            delete(WebhookDelivery).where(WebhookDelivery.created_at < moment - DELIVERIES_KEPT),
            delete(Digest).where(Digest.created_at < moment - DELIVERIES_KEPT, Digest.sent_at.is_not(None)),
            delete(Notification).where(Notification.created_at < moment - KEPT),
        ):
            session.execute(query.execution_options(synchronize_session=False))
            session.commit()
        while forget_comments(session):
            session.commit()  # in between others may write
