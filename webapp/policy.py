"""Who may see and change what. Every route asks here, and nowhere else decides."""

from datetime import timedelta

from sqlalchemy import ColumnElement, true

from webapp.models import Comment, Dataset, Experiment, User, now

UNDO_FOR = timedelta(days=7)  # so long after a comment was deleted its words are still kept


def may_submit(user: User) -> bool:
    """Make experiments and data sets of one's own."""
    return user.is_authenticated


def may_see(user: User, experiment: Experiment) -> bool:
    """An experiment and all that belongs to it."""
    return user.is_authenticated


def seen_by(user: User) -> ColumnElement[bool]:
    """The same as ``may_see``, as a condition on ``Experiment`` for queries."""
    return true()


def may_comment(user: User, experiment: Experiment) -> bool:
    """Say something about an experiment, react, and tag what they said."""
    return may_see(user, experiment)


def may_change(user: User, experiment: Experiment) -> bool:
    """Stop, edit, archive and delete: the owner and administrators."""
    return user.is_administrator or experiment.owner_id == user.id


def may_edit_comment(user: User, comment: Comment) -> bool:
    """Only its author may put words into a comment, and not after a moderator or they themselves took it away."""
    written_by_them = comment.author_id == user.id and not comment.disabled and not comment.is_deleted
    return written_by_them and may_comment(user, comment.experiment)


def may_delete_comment(user: User, comment: Comment) -> bool:
    """Its author and administrators."""
    return not comment.is_deleted and (comment.author_id == user.id or user.is_administrator)


def may_undelete_comment(user: User, comment: Comment) -> bool:
    """Bring back what one has deleted oneself, for a while."""
    lately = comment.deleted_at is not None and now() - comment.deleted_at < UNDO_FOR
    return lately and comment.deleted_by_id == user.id


def may_moderate(user: User, experiment: Experiment) -> bool:
    """Disable and restore comments: administrators and the experiment's owner."""
    return may_change(user, experiment)


def may_read_comment(user: User, comment: Comment) -> bool:
    """A disabled comment's words are for its author and for moderators, and a deleted one's for nobody."""
    if comment.is_deleted:
        return False
    return not comment.disabled or comment.author_id == user.id or may_moderate(user, comment.experiment)


def may_read_history(user: User, comment: Comment) -> bool:
    """What a comment said before it was edited: its author and moderators."""
    if not may_read_comment(user, comment):
        return False
    return comment.author_id == user.id or may_moderate(user, comment.experiment)


def may_react(user: User, comment: Comment) -> bool:
    """Answer a comment with a reaction or a reply: whoever may comment, and read it."""
    return may_comment(user, comment.experiment) and may_read_comment(user, comment)


def may_see_dataset(user: User, dataset: Dataset) -> bool:
    """Its page, its name and its end: for its owner and administrators. An experiment that uses it can be seen as any other."""
    return dataset.owner_id == user.id or user.is_administrator
