"""Who may see and change what. Every route asks here, and nowhere else decides."""

from sqlalchemy import ColumnElement, true

from webapp.models import Comment, Dataset, Experiment, User


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
    """Only its author may put words into a comment, and not after a moderator took it away."""
    return comment.author_id == user.id and not comment.disabled


def may_delete_comment(user: User, comment: Comment) -> bool:
    """Its author and administrators."""
    return comment.author_id == user.id or user.is_administrator


def may_moderate(user: User, experiment: Experiment) -> bool:
    """Disable and restore comments: administrators and the experiment's owner."""
    return may_change(user, experiment)


def may_read_comment(user: User, comment: Comment) -> bool:
    """A disabled comment's words are for its author and for moderators."""
    return not comment.disabled or comment.author_id == user.id or may_moderate(user, comment.experiment)


def may_see_dataset(user: User, dataset: Dataset) -> bool:
    """Its page, its name and its end: for its owner and administrators. An experiment that uses it can be seen as any other."""
    return dataset.owner_id == user.id or user.is_administrator


def may_administer(user: User) -> bool:
    """People, invitations, the audit log and mails of the instance."""
    return user.is_authenticated and user.is_administrator
