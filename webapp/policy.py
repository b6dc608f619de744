"""Who may see and change what. Every route asks here, and nowhere else decides. ``docs/permissions.md`` says it for people.

What somebody may not see does not exist for them: routes answer 404. What they see and may not change: 403.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from webapp.models import (
    Access,
    Comment,
    Comparison,
    Dataset,
    Experiment,
    Share,
    Tag,
    Trial,
    User,
    Visibility,
    Visitor,
    comment_tags,
    experiment_tags,
    now,
)

Somebody = User | Visitor
FOR_EVERYONE = (Visibility.OPEN.value, Visibility.PUBLIC.value)  # who is signed in
UNDO_FOR = timedelta(days=7)  # so long after a comment was deleted its words are still kept


def may_submit(user: Somebody) -> bool:
    """Make experiments and data sets of one's own, and change what is there: a viewer never does."""
    return user.is_authenticated and not user.is_viewer


def refusal(user: Somebody) -> str:
    """Why somebody may not change what they see, for people."""
    if user.is_authenticated and user.is_viewer:
        return "Your account is for looking at things: it changes nothing. An administrator can make you a member."
    return "This belongs to somebody else. They may change it, administrators, and those it is shared with to edit."


def may_see(user: Somebody, experiment: Experiment) -> bool:
    """An experiment and all that belongs to it."""
    if not user.is_authenticated:
        return experiment.link_key is not None and experiment.link_key in user.link_keys
    if user.is_administrator or experiment.owner_id == user.id or experiment.visibility in FOR_EVERYONE:
        return True
    return share_of(user, experiment) is not None


def seen_by(user: Somebody) -> ColumnElement[bool]:
    """The same as ``may_see``, as a condition on ``Experiment`` for queries."""
    if user.is_administrator:
        return true()
    if not user.is_authenticated:
        return Experiment.link_key.in_(user.link_keys) if user.link_keys else false()
    shared = select(Share.experiment_id).where(Share.user_id == user.id)
    return or_(
        Experiment.visibility.in_(FOR_EVERYONE),
        Experiment.owner_id == user.id,
        and_(Experiment.visibility == Visibility.SHARED.value, Experiment.id.in_(shared)),
    )


def id_seen_by(user: Somebody, ids: Any) -> ColumnElement[bool]:
    """The same for a column of experiments' ids: it is none of those that are hidden, which an index on visibility finds."""
    if user.is_administrator:
        return true()
    if not user.is_authenticated:
        return cast("ColumnElement[bool]", ids.in_(select(Experiment.id).where(seen_by(user))))
    shared = select(Share.experiment_id).where(Share.user_id == user.id)
    closed = and_(Experiment.visibility == Visibility.SHARED.value, Experiment.id.not_in(shared))
    hidden = and_(Experiment.owner_id != user.id, or_(Experiment.visibility == Visibility.PRIVATE.value, closed))
    return cast("ColumnElement[bool]", ids.not_in(select(Experiment.id).where(hidden)))


def trials_seen_by(session: Session, user: Somebody, trial_ids: list[int]) -> set[int]:
    """Those of some trials whose experiments somebody sees."""
    query = select(Trial.id).join(Experiment).where(Trial.id.in_(trial_ids), seen_by(user))
    return set(session.scalars(query)) if trial_ids else set()


def may_take_weights(user: Somebody) -> bool:
    """Files of weights, of what they see: not by a public link."""
    return user.is_authenticated


def share_of(user: Somebody, experiment: Experiment) -> Share | None:
    """What an experiment's sharing says of a person, unless it is private."""
    if experiment.visibility == Visibility.PRIVATE.value:
        return None
    return next((share for share in experiment.shares if share.user_id == user.id), None)


def may_manage(user: Somebody, experiment: Experiment) -> bool:
    """Say who sees it, and delete it: its owner and administrators."""
    return may_submit(user) and (user.is_administrator or experiment.owner_id == user.id)


def may_change(user: Somebody, experiment: Experiment) -> bool:
    """Stop, edit and archive: who may manage it, and those it is shared with to edit."""
    if may_manage(user, experiment):
        return True
    share = share_of(user, experiment) if may_submit(user) else None
    return share is not None and share.access == Access.EDIT.value


def may_comment(user: Somebody, experiment: Experiment) -> bool:
    """Say something about an experiment, react, and tag what they said."""
    return may_submit(user) and may_see(user, experiment)


def may_edit_comment(user: Somebody, comment: Comment) -> bool:
    """Only its author may put words into a comment, and not after a moderator or they themselves took it away."""
    written_by_them = comment.author_id == user.id and not comment.disabled and not comment.is_deleted
    return written_by_them and may_comment(user, comment.experiment)


def may_delete_comment(user: Somebody, comment: Comment) -> bool:
    """Its author and administrators."""
    is_theirs = comment.author_id == user.id or user.is_administrator
    return not comment.is_deleted and is_theirs and may_comment(user, comment.experiment)


def may_undelete_comment(user: Somebody, comment: Comment) -> bool:
    """Bring back what one has deleted oneself, for a while."""
    lately = comment.deleted_at is not None and now() - comment.deleted_at < UNDO_FOR
    return lately and comment.deleted_by_id == user.id and may_comment(user, comment.experiment)


def may_moderate(user: Somebody, experiment: Experiment) -> bool:
    """Disable and restore comments: whoever may change the experiment."""
    return may_change(user, experiment)


def may_read_comment(user: Somebody, comment: Comment) -> bool:
    """A disabled comment's words are for its author and for moderators, and a deleted one's for nobody."""
    if comment.is_deleted:
        return False
    return not comment.disabled or comment.author_id == user.id or may_moderate(user, comment.experiment)


def comments_read_by(user: Somebody) -> ColumnElement[bool]:
    """The same as ``may_see`` and ``may_read_comment``, as a condition on ``Comment`` joined with ``Experiment``."""
    there = and_(Comment.deleted_at.is_(None), seen_by(user))
    if user.is_administrator:
        return there
    edited = select(Share.experiment_id).where(Share.user_id == user.id, Share.access == Access.EDIT.value)
    theirs = or_(Experiment.owner_id == user.id, Experiment.id.in_(edited)) if may_submit(user) else false()
    return and_(there, or_(Comment.disabled.is_(False), Comment.author_id == user.id, theirs))


def may_read_history(user: Somebody, comment: Comment) -> bool:
    """What a comment said before it was edited: its author and moderators."""
    if not may_read_comment(user, comment):
        return False
    return comment.author_id == user.id or may_moderate(user, comment.experiment)


def may_react(user: Somebody, comment: Comment) -> bool:
    """Answer a comment with a reaction or a reply: whoever may comment, and read it."""
    return may_comment(user, comment.experiment) and may_read_comment(user, comment)


def may_manage_tag(user: User, used_by: Iterable[int]) -> bool:
    """Rename, merge, recolour and delete a tag: whoever alone uses it, and administrators. ``used_by``: the people who use it."""
    return user.is_administrator or (may_submit(user) and set(used_by) <= {user.id})


def may_see_dataset(user: Somebody, dataset: Dataset) -> bool:
    """Its page, its name and its end: for its owner and administrators. An experiment that uses it can be seen as any other."""
    return dataset.owner_id == user.id or user.is_administrator


def tag_seen_by(user: Somebody) -> ColumnElement[bool]:
    """Whether an experiment that somebody sees, or a comment that they read, carries a tag, as a condition on ``Tag``."""
    on_experiment = exists().where(
        experiment_tags.c.tag_id == Tag.id, id_seen_by(user, experiment_tags.c.experiment_id)
    )
    on_comment = exists().where(
        comment_tags.c.tag_id == Tag.id,
        comment_tags.c.comment_id == Comment.id,
        Comment.experiment_id == Experiment.id,
        comments_read_by(user),
    )
    return or_(on_experiment, on_comment)


def may_change_dataset(user: Somebody, dataset: Dataset) -> bool:
    """Rename and delete it: who may see it, unless they may only look."""
    return may_submit(user) and may_see_dataset(user, dataset)


def may_keep_comparisons(user: User) -> bool:
    """Save a comparison under a name."""
    return may_submit(user)


def may_see_comparison(user: User, comparison: Comparison, key: str = "") -> bool:
    """Its owner, administrators, and whoever was given its key. Of its experiments each sees those that ``may_see`` says."""
    return user.is_authenticated and (key == comparison.key or may_change_comparison(user, comparison))


def may_change_comparison(user: User, comparison: Comparison) -> bool:
    """Rename and delete it, and write its notes."""
    return user.is_administrator or (comparison.owner_id == user.id and may_keep_comparisons(user))


def may_administer(user: User) -> bool:
    """People, invitations, the audit log and mails of the instance."""
    return user.is_authenticated and user.is_administrator
