"""Who may make an account: everybody, who was invited, or nobody. The environment says it until an administrator chooses."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from webapp import audit, mail
from webapp.auth.service import AccountProblem, clean_email, create_user, find_user
from webapp.models import InstanceChoice, Invitation, Role, User, now
from webapp.models.access import digest_of, new_secret

MODES = {
    "open": "Open: whoever reaches this page",
    "invited": "Invited only: whoever has an invitation",
    "closed": "Closed: nobody, and invitations wait",
}
CHOICE = "registration"
MOST_DAYS, MOST_OPEN = 90, 200


def mode(session: Session) -> str:
    """open, invited or closed."""
    chosen = session.get(InstanceChoice, CHOICE)
    return str(chosen.value) if chosen else str(current_app.config["SETTINGS"].registration)


def choose_mode(session: Session, actor: User, chosen: str) -> None:
    """Another one from now on, committed. Raises AccountProblem."""
    if chosen not in MODES:
        raise AccountProblem("registration", f"Registration is {', '.join(MODES)}; you sent “{chosen[:40]}”.")
    before = mode(session)
    session.merge(InstanceChoice(name=CHOICE, value=chosen))
    if before != chosen:
        audit.record(session, actor, "registration.changed", "this instance", {"from": before, "to": chosen})
    try:
        session.commit()
    except IntegrityError:  # nobody had ever chosen, and somebody else did at this very moment
        session.rollback()
        choose_mode(session, actor, chosen)


def checked_role(role: str) -> Role:
    """The role of this name. Raises AccountProblem."""
    try:
        return Role(role)
    except ValueError as error:
        raise AccountProblem("role", f"A role is {', '.join(Role)}; you sent “{role[:40]}”.") from error


def invite(session: Session, actor: User, role: str, email: str, days: int) -> tuple[Invitation, str]:
    """A new invitation, committed, and the path of its link, which nobody can find out later. Raises AccountProblem."""
    kept_role, email = checked_role(role), clean_email(email) if email.strip() else ""
    there = find_user(session, email) if email else None
    if there is not None:
        raise AccountProblem("email", f"{there.username} has an account with this address already.", "taken")
    if not 1 <= days <= MOST_DAYS:
        raise AccountProblem("days", f"An invitation lasts 1 to {MOST_DAYS} days; you entered {days:,}.")
    if len(session.scalars(select(Invitation.id).where(is_open()).limit(MOST_OPEN)).all()) >= MOST_OPEN:
        raise AccountProblem("role", f"There are {MOST_OPEN} open invitations already. Please revoke some first.")
    secret = new_secret()
    made = Invitation(role=kept_role.value, email=email, digest=digest_of(secret), made_by=actor)
    made.expires_at = now() + timedelta(days=days)
    session.add(made)
    session.flush()
    details = {"role": made.role, "email": email, "days": days}
    audit.record(session, actor, "invitation.made", f"invitation {made.id}", details)
    session.commit()
    return made, f"/invitations/{secret}"


def send_invitation(actor: User, invitation: Invitation, address: str) -> None:
    """Mail its link to whom it is for. Raises MailNotSent."""
    days = max(1, round((invitation.expires_at - now()).total_seconds() / 86400))
    text = (
        f"{actor.shown_name} invites you to Descent, where people train neural networks together.\n\n"
        f"Make your account here within {days} day{'' if days == 1 else 's'}:\n\n{address}\n"
    )
    mail.send(invitation.email, "You are invited to Descent", text)


def is_open() -> ColumnElement[bool]:
    """Invitations that may still be used."""
    return and_(Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now())


def find_invitation(session: Session, secret: str) -> Invitation | None:
    """The open invitation of a link."""
    query = select(Invitation).where(Invitation.digest == digest_of(secret), is_open())
    found = session.scalar(query.options(joinedload(Invitation.made_by)))
    return found if found and found.state == "open" else None


def invitations(session: Session, most: int = 200) -> list[Invitation]:
    """All there are, newest first."""
    people = joinedload(Invitation.made_by), joinedload(Invitation.used_by)
    return list(session.scalars(select(Invitation).options(*people).order_by(Invitation.id.desc()).limit(most)))


def revoke(session: Session, actor: User, invitation: Invitation) -> bool:
    """Take it back, committed; False where it was used or revoked before."""
    query = update(Invitation).where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
    done = session.execute(query.where(Invitation.revoked_at.is_(None)).values(revoked_at=now()))
    if done.rowcount:  # type: ignore[attr-defined]
        audit.record(session, actor, "invitation.revoked", f"invitation {invitation.id}")
    session.commit()
    return bool(done.rowcount)  # type: ignore[attr-defined]


def accept(session: Session, invitation: Invitation, username: str, email: str, password: str) -> User:
    """Make the account that it is for, and use it up, both or neither. Raises AccountProblem."""
    number = invitation.id
    used = session.execute(update(Invitation).where(Invitation.id == number, is_open()).values(used_at=now()))
    if not used.rowcount:  # type: ignore[attr-defined]
        session.rollback()
        raise AccountProblem("username", "This invitation was used, revoked or has expired at this very moment.")
    try:
        user = create_user(session, username, email, password, Role(invitation.role))
    except AccountProblem:
        session.rollback()
        raise
    session.execute(update(Invitation).where(Invitation.id == number).values(used_by_id=user.id))
    audit.record(session, user, "account.made", user.username, {"invitation": number, "role": user.role})
    session.commit()
    return user
