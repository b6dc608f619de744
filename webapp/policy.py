"""Who may see and change what. Every route asks here, and nowhere else decides. ``docs/permissions.md`` says it for people.

What somebody may not see does not exist for them: routes answer 404. What they see and may not change: 403.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from webapp.models import Access, Comment, Dataset, Experiment, Share, Trial, User, Visibility, Visitor

Somebody = User | Visitor
FOR_EVERYONE = (Visibility.OPEN.value, Visibility.PUBLIC.value)  # who is signed in


def may_submit(user: Somebody) -> bool:
    """Make experiments and data sets of one's own, and change what is there: a viewer never does."""
    return user.is_authenticated and not user.is_viewer


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


def hidden_from(user: Somebody) -> ColumnElement[bool]:
    """The opposite of ``seen_by``, in such a form that an index on visibility finds the few that are hidden."""
    if user.is_administrator:
        return false()
    if not user.is_authenticated:
        return ~seen_by(user)
    shared = select(Share.experiment_id).where(Share.user_id == user.id)
    closed = and_(Experiment.visibility == Visibility.SHARED.value, Experiment.id.not_in(shared))
    return and_(or_(Experiment.visibility == Visibility.PRIVATE.value, closed), Experiment.owner_id != user.id)


def trials_seen_by(session: Session, user: Somebody, trial_ids: list[int]) -> set[int]:
    """Those of some trials whose experiments somebody sees."""
    query = select(Trial.id).join(Experiment).where(Trial.id.in_(trial_ids), seen_by(user))
    return set(session.scalars(query)) if trial_ids else set()


def share_of(user: Somebody, experiment: Experiment) -> Share | None:
    """What an experiment's sharing says of a person, unless it is private."""
    if experiment.visibility == Visibility.PRIVATE.value:
        return None
    return next((share for share in experiment.shares if share.user_id == user.id), None)


def may_manage(user: Somebody, experiment: Experiment) -> bool:
    """Say who sees it, hand it over and delete it: its owner and administrators."""
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
    """Only its author may put words into a comment, and not after a moderator took it away."""
    return comment.author_id == user.id and not comment.disabled and may_comment(user, comment.experiment)


def may_delete_comment(user: Somebody, comment: Comment) -> bool:
    """Its author and administrators."""
    return may_comment(user, comment.experiment) and (comment.author_id == user.id or user.is_administrator)


def may_moderate(user: Somebody, experiment: Experiment) -> bool:
    """Disable and restore comments: whoever may change the experiment."""
    return may_change(user, experiment)


def may_read_comment(user: Somebody, comment: Comment) -> bool:
    """A disabled comment's words are for its author and for moderators."""
    return not comment.disabled or comment.author_id == user.id or may_moderate(user, comment.experiment)


def may_see_dataset(user: Somebody, dataset: Dataset) -> bool:
    """Its page, its name and its end: for its owner and administrators. An experiment that uses it can be seen as any other."""
    return dataset.owner_id == user.id or user.is_administrator


def may_change_dataset(user: Somebody, dataset: Dataset) -> bool:
    """Rename and delete it: who may see it, unless they may only look."""
    return may_submit(user) and may_see_dataset(user, dataset)
