"""The end of an account: what it is about, and what becomes of what was theirs."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from webapp import audit
from webapp.auth.people import DELETE, HAND_OVER, activate, deactivate, tell_streams
from webapp.auth.service import AccountProblem, find_user
from webapp.datasets import service as datasets
from webapp.experiments import service as experiments
from webapp.models import Comment, Comparison, Dataset, Experiment, Role, State, Trial, User, db, now
from webapp.models.comparison import NAME_LONGEST as COMPARISON_NAME_LONGEST
from webapp.sharing import service as sharing

DELETED_NAME = "a deleted account"


@dataclass(frozen=True)
class Affected:
    """What the end of an account is about."""

    experiments: int
    live_trials: int
    datasets: int
    comparisons: int
    comments: int
    tokens: int


def affected(session: Session, user: User) -> Affected:
    """Counted now."""
    mine = select(Experiment.id).where(Experiment.owner_id == user.id)
    ended = [state.value for state in State if state.ended]
    live = select(func.count(Trial.id)).where(Trial.experiment_id.in_(mine), Trial.state.not_in(ended))

    def count(*of: object) -> int:
        return session.scalar(select(func.count()).where(*of)) or 0  # type: ignore[arg-type]

    return Affected(
        experiments=count(Experiment.owner_id == user.id),
        live_trials=session.scalar(live) or 0,
        datasets=count(Dataset.owner_id == user.id),
        comparisons=count(Comparison.owner_id == user.id),
        comments=count(Comment.author_id == user.id),
        tokens=len(user.tokens),
    )


def delete_account(session: Session, actor: User, user: User, what: str, heir_name: str = "") -> None:
    """Take an account away. Experiments, data sets and comparisons are deleted or go to an heir; comments stay, by “a deleted account”.

    They are deactivated first, so that nothing new comes. Where it breaks off, it may be done again. Raises AccountProblem.
    """
    if what not in (DELETE, HAND_OVER):
        raise AccountProblem("experiments", f"Experiments are {DELETE} or {HAND_OVER}; you sent “{what[:40]}”.")
    heir = heir_of(session, user, heir_name) if what == HAND_OVER else None
    if heir is None:
        check_free_of_others(session, user)
    name, counts, was_active = user.username, affected(session, user), user.is_active
    try:
        deactivate(session, actor, user)
    except AccountProblem as problem:  # of the last administrator
        raise AccountProblem("experiments", problem.message) from problem
    if heir is not None:
        try:
            hold(session, heir)
        except AccountProblem:
            if was_active:
                activate(session, actor, user)
            raise
        hand_over(session, user, heir)
    else:
        delete_all(session, user)
    gone = update(User).where(User.id == user.id, User.deleted_at.is_(None)).values(deleted_at=now())
    if not session.execute(gone.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        session.commit()  # by another request, at this very moment
        return
    details: dict[str, object] = {"experiments": counts.experiments, "datasets": counts.datasets}
    details |= {"comparisons": counts.comparisons, "what": what}
    details |= {"heir": heir.username} if heir else {}
    audit.record(session, actor, "account.deleted", name, details)
    forget(session, user)
    session.commit()
    tell_streams()


def heir_of(session: Session, user: User, name: str) -> User:
    """Who gets somebody's experiments. Raises AccountProblem."""
    heir = find_user(session, name) if name.strip() else None
    if heir is None or heir.deleted_at is not None:
        said = f"There is no account “{name.strip()[:80]}”." if name.strip() else "Please name an account."
        raise AccountProblem("heir", f"{said} The experiments go to somebody who is here.", "missing")
    if heir.id == user.id or not heir.is_active or heir.role == Role.VIEWER.value:
        raise cannot_take(heir)
    return heir


def cannot_take(heir: User) -> AccountProblem:
    """Why they cannot."""
    return AccountProblem("heir", f"{heir.username} cannot take experiments: name an active member or administrator.")


def hold(session: Session, heir: User) -> None:
    """Whoever deactivates or demotes the heir waits until this transaction ends, or was first. Raises AccountProblem."""
    fits = User.id == heir.id, User.deactivated_at.is_(None), User.role != Role.VIEWER.value
    held = session.execute(
        update(User).where(*fits).values(name=User.name).execution_options(synchronize_session=False)
    )
    if not held.rowcount:  # type: ignore[attr-defined]
        session.rollback()
        raise cannot_take(heir)


def check_free_of_others(session: Session, user: User) -> None:
    """That no trial of somebody else trains on their data sets now. Raises AccountProblem."""
    for dataset in session.scalars(select(Dataset).where(Dataset.owner_id == user.id)):
        uses = [use for use in datasets.used_by(session, dataset) if use.owner_id != user.id]
        live = any(not State(trial.state).ended for use in uses for trial in use.trials)
        if live and not datasets.shared(session, dataset):
            message = f"Trials of others train on the data set “{dataset.name}”. Hand it over, or wait until they end."
            raise AccountProblem("experiments", message)


def hand_over(session: Session, user: User, heir: User) -> None:
    """Experiments, data sets and comparisons get another owner. Commits nothing."""
    sharing.take_out(session, heir.id, Experiment.owner_id == user.id)  # an owner needs no share
    session.execute(
        update(Experiment)
        .where(Experiment.owner_id == user.id)
        .values(owner_id=heir.id, updated_at=Experiment.updated_at)
    )
    owned = {dataset.file for dataset in datasets.own(session, heir)}
    names = {dataset.name for dataset in datasets.own(session, heir)}
    for dataset in datasets.own(session, user):
        if dataset.file in owned:
            session.delete(dataset)  # the heir has the very same
            continue
        dataset.owner_id, dataset.name = heir.id, free_name(dataset.name, user.username, names, datasets.NAME_LONGEST)
        names.add(dataset.name)
    session.flush()
    hand_over_comparisons(session, user, heir)


def hand_over_comparisons(session: Session, user: User, heir: User) -> None:
    """With their notes, and under the address that they have. Commits nothing."""
    names = set(session.scalars(select(Comparison.name).where(Comparison.owner_id == heir.id)))
    theirs = select(Comparison.id, Comparison.name).where(Comparison.owner_id == user.id).order_by(Comparison.id)
    for number, before in session.execute(theirs).all():
        name = free_name(before, user.username, names, COMPARISON_NAME_LONGEST)
        query = update(Comparison).where(Comparison.id == number)
        session.execute(query.values(owner_id=heir.id, name=name, updated_at=Comparison.updated_at))
        names.add(name)


def free_name(name: str, of: str, taken: set[str], longest: int) -> str:
    """The name of something where it goes to somebody who may have one of that name."""
    candidate, number = name, 1
    while candidate in taken:
        ending = f" ({of})" if number == 1 else f" ({of} {number})"
        candidate, number = name[: longest - len(ending)] + ending, number + 1
    return candidate


def delete_all(session: Session, user: User) -> None:
    """Experiments, and then data sets, each committed for itself."""
    found = select(Experiment).where(Experiment.owner_id == user.id).options(selectinload(Experiment.trials))
    for experiment in session.scalars(found.order_by(Experiment.id)).all():
        experiments.delete(session, experiment)
    for dataset in datasets.own(session, user):
        datasets.delete(session, current_app.config["SETTINGS"].var, dataset)


def forget(session: Session, user: User) -> None:
    """Take all of a person out of their row, and what is theirs alone: every row that would go with it. Commits nothing."""
    sharing.take_out(session, user.id)
    for table in reversed(db.metadata.sorted_tables):
        for column in table.columns:
            for key in column.foreign_keys:
                if key.column is User.__table__.c.id and key.ondelete == "CASCADE":
                    session.execute(delete(table).where(column == user.id))
    session.expire(user)
    user.username, user.email = f"~deleted-{user.id}", f"~deleted-{user.id}@invalid"
    user.name, user.about, user.role, user.password_hash = DELETED_NAME, "", Role.MEMBER.value, None
    user.totp_secret = user.totp_since = user.totp_step = None
