"""Mails with what somebody has not read: put together once, in one transaction, and sent until that has worked.

Which notifications are in a digest is decided where it is made, so that of several workers one mails them. A worker that ends
between sending and recording sends it again with the same Message-ID, by which mail programs know a second copy.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, joinedload

from webapp.models import Digest, Notification, NotificationChoice, Rhythm, User, now
from webapp.notifying import inbox, mailing, wording
from webapp.settings import Settings

log = logging.getLogger(__name__)
CLAIM_S = 120.0
LONGEST_WAIT = timedelta(hours=6)
MOST_LISTED = 100


def put_together(session: Session, moment: datetime | None = None) -> int:
    """Make the digests whose time has come; how many. ``moment`` is now, unless a test says otherwise."""
    moment = moment or now()
    waiting = (Notification.by_mail.is_(True), Notification.read_at.is_(None))
    oldest = select(Notification.user_id, func.min(Notification.created_at).label("since")).where(*waiting)
    people = oldest.group_by(Notification.user_id).subquery()
    query = select(NotificationChoice, people.c.since).join(people, people.c.user_id == NotificationChoice.user_id)
    found = session.execute(query.where(NotificationChoice.rhythm != Rhythm.OFF.value)).all()
    due = [choice.user_id for choice, since in found if since <= boundary(choice, moment)]
    session.rollback()
    return sum(put_one_together(session, user_id) for user_id in due)


def boundary(choice: NotificationChoice, moment: datetime) -> datetime:
    """What was there before this moment is due: the newest full hour, the newest time that it was so late, or now."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    match Rhythm(choice.rhythm):
        case Rhythm.HOURLY:
            return hour
        case Rhythm.DAILY:
            at = hour.replace(hour=choice.hour)
            return at if at <= moment else at - timedelta(days=1)
        case _:
            return moment


def put_one_together(session: Session, user_id: int) -> bool:
    """A digest of all that this person has not read and was not mailed, committed; False where another worker was first."""
    digest_id = session.scalars(insert(Digest).values(user_id=user_id).returning(Digest.id)).one()
    waiting = (Notification.user_id == user_id, Notification.by_mail.is_(True), Notification.read_at.is_(None))
    taken = session.execute(
        update(Notification).where(*waiting).values(by_mail=False, digest_id=digest_id).returning(Notification.id),
        execution_options={"synchronize_session": False},
    ).all()
    if not taken:
        session.rollback()
        return False
    session.commit()
    return True


def send(session: Session, settings: Settings) -> int:
    """Send the digests that are due; how many went out."""
    due = (Digest.sent_at.is_(None), Digest.next_at <= now())
    waiting = session.scalars(select(Digest.id).where(*due).order_by(Digest.id).limit(20)).all()
    session.rollback()
    return sum(send_one(session, settings, digest_id) for digest_id in waiting)


def send_one(session: Session, settings: Settings, digest_id: int) -> bool:
    """Claim it, send it, record it."""
    digest = claimed(session, digest_id)
    if digest is None:
        return False
    listed = contents(session, digest)
    session.commit()  # nothing is held while the mail server is spoken to
    if listed:
        try:
            words = subject(listed), text(digest.user, listed, settings)
            mailing.send(settings, digest.user.email, *words, message_id_of(digest, settings))
        except (
            OSError,
            ValueError,
        ) as error:  # those of smtplib are the former, an address that cannot be is the latter
            return put_off(session, digest, error)
    digest.sent_at, digest.failure = now(), None
    session.commit()
    return bool(listed)


def claimed(session: Session, digest_id: int) -> Digest | None:
    """The digest, committed as this worker's for some minutes; None where another has it."""
    moment = now()
    free = (Digest.id == digest_id, Digest.sent_at.is_(None), Digest.next_at <= moment)
    taken = session.execute(
        update(Digest)
        .where(*free)
        .values(attempts=Digest.attempts + 1, next_at=moment + timedelta(seconds=CLAIM_S))
        .returning(Digest.id),
        execution_options={"synchronize_session": False},
    ).first()
    session.commit()
    if taken is None:
        return None
    return session.get(Digest, digest_id, options=[joinedload(Digest.user)], populate_existing=True)


def put_off(session: Session, digest: Digest, error: Exception) -> bool:
    """It is tried again later, at longer and longer intervals, and never given up."""
    log.warning("the digest %s could not be mailed: %s", digest.id, error)
    digest.failure = str(error)[:1000]
    doublings = min(digest.attempts, 9)  # more would be beyond the longest wait, and beyond what numbers hold one day
    digest.next_at = now() + min(timedelta(minutes=2**doublings), LONGEST_WAIT)
    session.commit()
    return False


def contents(session: Session, digest: Digest) -> list[Notification]:
    """What is in it that its person has not read meanwhile, and may still see."""
    if not digest.user.is_active:
        return []
    mine = (Notification.digest_id == digest.id, Notification.read_at.is_(None), inbox.visible(digest.user))
    return list(session.scalars(inbox.loaded().where(*mine).order_by(Notification.id)))


def message_id_of(digest: Digest, settings: Settings) -> str:
    """The same for each try at sending it, and no other mail's."""
    host = urlsplit(settings.public_url).hostname
    return f"<digest.{digest.id}.{digest.created_at.timestamp():.6f}@{host}>"


def subject(listed: list[Notification]) -> str:
    """What the mail is called."""
    if len(listed) == 1:
        return f"Descent: {wording.sentence(listed[0])}"
    return f"Descent: {len(listed)} notifications"


def text(user: User, listed: list[Notification], settings: Settings) -> str:
    """The mail."""
    parts = [f"Hello {user.shown_name},", "what you have not read yet:" if len(listed) > 1 else ""]
    for notification in listed[:MOST_LISTED]:
        details = wording.details(notification)
        lines = [
            wording.sentence(notification),
            f"  {details}" if details else "",
            f"  {settings.public_url}{wording.place(notification)}",
        ]
        parts.append("\n".join(line for line in lines if line))
    if len(listed) > MOST_LISTED:
        parts.append(f"… and {len(listed) - MOST_LISTED} more: {settings.public_url}/notifications")
    parts.append(f"Choose what you get, and how often: {settings.public_url}/account/notifications")
    return "\n\n".join(part for part in parts if part) + "\n"
