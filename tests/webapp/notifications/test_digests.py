"""Mails with what somebody has not read."""

import email
import email.policy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Person, Store
from tests.webapp.notifications.conftest import say
from webapp import policy
from webapp.models import Digest, Experiment, Notification, NotificationChoice, User, now
from webapp.notifying import digests
from webapp.settings import Settings
from worker.postman import Postman

Submit = Callable[..., Experiment]
Rounds = Callable[[], None]


def mails(settings: Settings) -> list[EmailMessage]:
    """What was written in place of being sent, oldest first."""
    found: list[EmailMessage] = []
    for path in sorted(Path(settings.var, "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns):
        found.append(email.message_from_bytes(path.read_bytes(), policy=email.policy.default))  # type: ignore[arg-type]
    return found


def want(who: Person, rhythm: str, **rest: object) -> None:
    assert who.api("PATCH", "/notifications/preferences", json={"rhythm": rhythm, **rest}).status_code == 200


def test_one_mail_holds_what_is_unread_and_was_not_mailed(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, settings: Settings
) -> None:
    want(ada, "hourly")
    experiment = submit(ada, "LeNet").id
    say(grace, experiment, "First")
    rounds()
    ada.api("POST", "/notifications/read", json={})
    say(grace, experiment, "Second, with a long story")
    say(grace, experiment, "Third @ada")
    rounds()
    assert mails(settings) == []  # the hour is not full
    want(ada, "at_once")
    rounds()
    (message,) = mails(settings)
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "Descent: 2 notifications"
    body = message.get_content()
    assert "First" not in body
    assert "grace commented on “LeNet”\n  Second, with a long story\n  https://descent.test/experiments/" in body
    assert "grace mentioned you in “LeNet”" in body
    assert "https://descent.test/account/notifications" in body
    rounds()
    assert len(mails(settings)) == 1
    say(grace, experiment, "Fourth")
    rounds()
    assert [one["Subject"].strip() for one in mails(settings)][1:] == ["Descent: grace commented on “LeNet”"]


@pytest.mark.parametrize(
    ("rhythm", "hour", "moment", "due_before"),
    [
        ("at_once", 7, "2026-11-28T10:20:30", "2026-11-28T10:20:30"),
        ("hourly", 7, "2026-11-28T10:20:30", "2026-11-28T10:00:00"),
        ("daily", 7, "2026-11-28T10:20:30", "2026-11-28T07:00:00"),
        ("daily", 7, "2026-11-28T06:59:59", "2026-11-27T07:00:00"),
        ("daily", 0, "2026-11-28T00:00:00", "2026-11-28T00:00:00"),
    ],
)
def test_what_is_older_than_the_newest_time_for_mail_is_due(
    rhythm: str, hour: int, moment: str, due_before: str
) -> None:
    choice = NotificationChoice(rhythm=rhythm, hour=hour)
    found = digests.boundary(choice, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(due_before).replace(tzinfo=UTC)


def test_the_daily_mail_comes_at_its_hour_and_not_before(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, maker: sessionmaker[Session]
) -> None:
    want(ada, "daily", hour=7)
    say(grace, submit(ada).id, "A word")
    rounds()
    evening = datetime(2026, 11, 27, 20, tzinfo=UTC)
    with maker() as session:
        session.execute(update(Notification).values(created_at=evening))
        session.execute(update(Digest).values(sent_at=None))
        session.execute(update(Notification).values(by_mail=True, digest_id=None))
        session.commit()
        assert digests.put_together(session, evening + timedelta(hours=10, minutes=59)) == 0
        assert digests.put_together(session, evening + timedelta(hours=11)) == 1
        assert digests.put_together(session, evening + timedelta(days=3)) == 0


def test_who_wants_no_mail_gets_none_and_none_of_what_was_before(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, settings: Settings
) -> None:
    experiment = submit(ada).id
    say(grace, experiment, "Nobody is mailed")
    rounds()
    want(ada, "at_once", channels={"comment": ["page"]})
    say(grace, experiment, "Not by mail")
    rounds()
    assert mails(settings) == []
    want(ada, "at_once", channels={"comment": ["mail"]})
    say(grace, experiment, "By mail alone")
    rounds()
    assert [one["Subject"].strip() for one in mails(settings)] == ["Descent: grace commented on “An experiment”"]
    assert ada.api("GET", "/notifications").json["unread"] == 2


@pytest.mark.parametrize("change", [{"rhythm": "off"}, {"rhythm": "at_once", "channels": {"comment": ["page"]}}])
def test_what_waits_for_mail_when_its_person_wants_none_any_more_is_not_mailed(
    ada: Person,
    grace: Person,
    submit: Submit,
    rounds: Rounds,
    settings: Settings,
    maker: sessionmaker[Session],
    change: dict[str, Any],
) -> None:
    want(ada, "at_once")
    folder = settings.var / "mail"
    folder.write_text("in the way")
    experiment = submit(ada).id
    say(grace, experiment, "In a mail that the server did not take")
    rounds()
    want(ada, "hourly")
    say(grace, experiment, "Not in a mail yet")
    rounds()
    want(ada, **change)
    folder.unlink()
    want(ada, "at_once")
    with maker() as session:
        session.execute(update(Digest).values(next_at=now()))
        session.commit()
    rounds()
    assert mails(settings) == []
    assert ada.api("GET", "/notifications").json["unread"] == 2


@pytest.mark.parametrize("by", ["page", "api"])
def test_marking_all_as_read_leaves_what_comes_by_mail_alone(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, settings: Settings, by: str
) -> None:
    want(ada, "hourly", channels={"comment": ["mail"]})
    say(grace, submit(ada).id, "By mail alone")
    rounds()
    if by == "page":
        assert ada.browser.post("/notifications/read").status_code == 302
    else:
        assert ada.api("POST", "/notifications/read", json={}).status_code == 204
    want(ada, "at_once")
    rounds()
    (message,) = mails(settings)
    assert "By mail alone" in message.get_content()


def test_what_one_may_no_longer_see_is_not_mailed(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    want(grace, "hourly")
    say(ada, submit(ada, "Secret plan").id, "@grace")
    rounds()
    want(grace, "at_once")
    monkeypatch.setattr(policy, "seen_by", lambda user: Experiment.owner_id == user.id)
    rounds()
    assert mails(settings) == []


def test_a_mail_that_cannot_be_sent_is_tried_again_and_a_second_copy_says_that_it_is_one(
    ada: Person,
    grace: Person,
    submit: Submit,
    rounds: Rounds,
    settings: Settings,
    maker: sessionmaker[Session],
    store: Store,
) -> None:
    want(ada, "at_once")
    say(grace, submit(ada).id, "A word")
    folder = settings.var / "mail"
    folder.write_text("in the way")
    rounds()
    folder.unlink()
    (digest,) = store.scalars(select(Digest)).all()
    assert digest.sent_at is None
    assert "exists" in str(digest.failure)
    with maker() as session:
        session.execute(update(Digest).values(next_at=Digest.created_at))
        session.commit()
    rounds()
    (digest,) = store.scalars(select(Digest)).all()
    assert digest.sent_at is not None
    with maker() as session:  # as if the worker had ended before it could say that it had sent it
        session.execute(update(Digest).values(sent_at=None, next_at=Digest.created_at))
        session.commit()
    rounds()
    first, second = mails(settings)
    assert first["Message-ID"] == second["Message-ID"] == f"<{first['Message-ID'].strip('<>')}>"


def test_a_mail_is_not_given_up_while_the_mail_server_is_away_for_weeks(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, settings: Settings, maker: sessionmaker[Session]
) -> None:
    want(ada, "at_once")
    say(grace, submit(ada).id, "A word")
    folder = settings.var / "mail"
    folder.write_text("in the way")
    rounds()
    with maker() as session:
        weeks_ago = now() - timedelta(days=40)
        session.execute(update(Digest).values(attempts=2000, created_at=weeks_ago, next_at=weeks_ago))
        session.commit()
        Postman(maker, settings, None).prune(session)
    rounds()
    with maker() as session:
        (digest,) = session.scalars(select(Digest)).all()
        assert timedelta(hours=5) < digest.next_at - now() <= timedelta(hours=6)
        digest.next_at = now()
        session.commit()
    folder.unlink()
    rounds()
    (message,) = mails(settings)
    assert "A word" in message.get_content()


def test_a_name_with_a_line_break_forges_no_header(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, settings: Settings, maker: sessionmaker[Session]
) -> None:
    want(ada, "at_once")
    with maker() as session:
        session.get_one(User, grace.id).name = "Grace\nBcc: everybody@example.com"
        session.commit()
    say(grace, submit(ada).id, "A word")
    rounds()
    (message,) = mails(settings)
    assert message["Bcc"] is None
    assert message["Subject"].strip().startswith("Descent: Grace Bcc: everybody@example.com commented")
