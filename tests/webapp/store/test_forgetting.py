"""Comments that were deleted long ago, on either database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.making import make_trial
from webapp import policy
from webapp.models import Comment, CommentVersion, CommentWord, Reaction, Tag, Trial, comment_tags, now
from webapp.store import forgetting
from webapp.store.forgetting import forget_comments


@pytest.fixture
def say(sessions):
    """Comments on one experiment, with all that a comment can have; those that were deleted were so long ago."""
    trial_id = make_trial(sessions)

    def write(body: str, parent: int | None = None, deleted: bool = True) -> int:
        with sessions() as session:
            trial = session.get_one(Trial, trial_id)
            owner = trial.experiment.owner
            comment = Comment(body=body, body_html=body, experiment=trial.experiment, author=owner, parent_id=parent)
            comment.deleted_at = now() - policy.UNDO_FOR - timedelta(minutes=1) if deleted else None
            comment.tags = [Tag(name=body)]
            comment.versions = [CommentVersion(body=body, timestamp=now())]
            comment.reactions = [Reaction(user=owner, name="heart")]
            comment.pin_trial, comment.pin_key, comment.pin_step = trial, "train/loss", 3
            session.add(comment)
            session.commit()
            return comment.id

    return write


def test_what_was_deleted_is_forgotten_with_all_that_it_had_and_one_that_was_answered_keeps_its_place(sessions, say):
    say("alone")
    answered = say("answered")
    answer = say("answer", parent=answered, deleted=False)
    with sessions() as session:
        assert forget_comments(session) == 2
        session.commit()
    with sessions() as session:
        left = session.execute(select(Comment.id, Comment.body, Comment.pin_key).order_by(Comment.id)).all()
        assert left == [(answered, "", None), (answer, "answer", "train/loss")]
        for column in (
            CommentVersion.comment_id,
            CommentWord.comment_id,
            Reaction.comment_id,
            comment_tags.c.comment_id,
        ):
            assert session.scalars(select(column)).all() == [answer]
        assert forget_comments(session) == 0


def test_many_are_forgotten_some_at_a_time(sessions, say, monkeypatch):
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    for body in ("one", "two", "three"):
        say(body)
    with sessions() as session:
        assert [forget_comments(session) for _ in range(3)] == [2, 1, 0]


def test_what_another_worker_is_at_is_left_alone(sessions, say):
    say("alone")
    with sessions() as one, sessions() as other:
        if one.get_bind().dialect.name == "sqlite":
            pytest.skip("there one writer waits for the other")
        assert (forget_comments(one), forget_comments(other)) == (1, 0)
