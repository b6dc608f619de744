"""People are told of what really ran, and what is old is forgotten."""

import time
from datetime import timedelta

from sqlalchemy import select

from dlcore.recipes import recipe_of
from tests.making import SMALL, make_trial, state_of
from webapp import policy
from webapp.models import (
    Comment,
    CommentWord,
    Happened,
    Happening,
    Kind,
    Notification,
    State,
    Trial,
    now,
)
from webapp.store.live import entries
from worker.postman import Postman
from worker.runner import run_trial


def kinds(sessions):
    with sessions() as session:
        return list(session.scalars(select(Notification.kind).order_by(Notification.id)))


def test_a_trial_that_diverges_and_one_that_ends_are_told_with_how(sessions, client, settings):
    diverges = recipe_of("learning-rate-too-high").spec.model_dump(mode="json")
    for spec, state in ((SMALL, State.COMPLETED), (diverges, State.FAILED)):
        trial_id = make_trial(sessions, spec)
        run_trial(trial_id, sessions, client, settings, lambda: False)
        assert state_of(sessions, trial_id) is state
        with sessions() as session:
            Postman(sessions, settings, client).spread(session)
    assert kinds(sessions) == [Kind.ENDED, Kind.DIVERGED]
    with sessions() as session:
        owner = session.get_one(Trial, trial_id).experiment.owner_id
    news = [(kind, payload) for _, kind, payload in entries(client, f"person:{owner}")]
    assert news == [("news", {"kind": "notification", "unread": count}) for count in (1, 2)]


def test_what_happened_before_a_long_outage_is_still_told(sessions, client, settings):
    trial_id = make_trial(sessions, state=State.COMPLETED.value)
    with sessions() as session:
        long_ago = now() - timedelta(days=5)
        session.add(Happening(what=Happened.TRIAL_ENDED.value, trial_id=trial_id, created_at=long_ago))
        session.commit()
    postman = Postman(sessions, settings, client)
    for act in (postman.prune, postman.spread):
        with sessions() as session:
            act(session)
    assert kinds(sessions) == [Kind.ENDED]


def test_what_is_away_for_a_while_is_done_when_it_is_back(sessions, settings, monkeypatch):
    monkeypatch.setattr("worker.postman.RESTS_S", 0.01)
    rounds = []

    def act(session):
        rounds.append(session)
        if len(rounds) == 1:
            raise OSError("away")
        if len(rounds) == 2:
            raise ValueError("a mistake of ours")
        time.sleep(60)

    postman = Postman(sessions, settings, None)
    postman.spread = act
    postman.deliver = postman.mail = postman.prune = lambda session: time.sleep(60)
    postman.start()
    deadline = time.monotonic() + 10
    while len(rounds) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_words_of_deleted_comments_are_forgotten_when_nobody_can_bring_them_back(sessions, settings):
    long_ago = now() - policy.UNDO_FOR - timedelta(minutes=1)
    with sessions() as session:
        experiment = session.get_one(Trial, make_trial(sessions)).experiment
        for body, moment in (("Regretted", long_ago), ("Lately", now()), ("Said", None)):
            comment = Comment(body=body, body_html=body, experiment=experiment, author=experiment.owner)
            comment.deleted_at = moment
            session.add(comment)
        session.commit()
        Postman(sessions, settings, None).prune(session)
    with sessions() as session:
        assert set(session.scalars(select(Comment.body))) == {"Lately", "Said"}
        assert set(session.scalars(select(CommentWord.word))) == {"lately", "said"}
