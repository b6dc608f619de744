"""Links that are mailed and work once: to choose another password, and to confirm another address."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from webapp import audit, mail
from webapp.auth.passwords import replace_password
from webapp.auth.people import tell_streams
from webapp.auth.service import AccountProblem, check_free, check_password, clean_email, find_user
from webapp.models import MailLink, User, db, now
from webapp.models.access import digest_of

RESET, ADDRESS = "reset", "address"
BY_LINK = "by a link that we mailed to this address, and all browsers are logged out. API tokens still work; the account page revokes them."
RESET_LASTS, ADDRESS_LASTS = timedelta(hours=1), timedelta(days=1)
NOT_TO_DEACTIVATED = "{who} is deactivated, so no link is mailed: let them in again first."


def issue(session: Session, user: User, purpose: str, lasts: timedelta, address: str = "") -> str:
    """The secret of a new link, committed; older ones of the same purpose are worthless from now on."""
    session.execute(delete(MailLink).where(MailLink.user_id == user.id, MailLink.purpose == purpose))
    made, secret = MailLink.issue(user, purpose, lasts, address)
    session.add(made)
    session.commit()
    return secret


def find(session: Session, purpose: str, secret: str) -> MailLink | None:
    """The link of this secret, while it is worth something."""
    query = select(MailLink).where(MailLink.digest == digest_of(secret), MailLink.purpose == purpose)
    found = session.scalar(query.where(MailLink.expires_at > now()).options(joinedload(MailLink.user)))
    return found if found and found.user.is_active else None


def use_up(session: Session, link: MailLink) -> None:
    """Only one request finds it there. Commits nothing. Raises AccountProblem."""
    used = session.execute(delete(MailLink).where(MailLink.id == link.id).execution_options(synchronize_session=False))
    if not used.rowcount:  # type: ignore[attr-defined]
        session.rollback()
        raise AccountProblem("password", "This link was used at this very moment.")


def mail_reset(login: str, ip: str, actor_id: int | None = None) -> None:
    """Mail a link to whose account it is, for themselves or for an administrator who asks.

    Runs behind the request, so that it takes as long where there is no account.
    """
    session = db.session()
    user = find_user(session, login)
    known = user is not None and user.is_active
    actor = session.get(User, actor_id) if actor_id else None
    audit.record(session, actor, "password.forgotten", user.username if user and known else "an unknown account", ip=ip)
    session.commit()
    if user is None or not known:
        return
    secret = issue(session, user, RESET, RESET_LASTS)
    text = (
        f"Somebody, we hope you, asked for another password of your account {user.username} at Descent.\n\n"
        f"Choose it within an hour here:\n\n{mail.link(f'/password/reset/{secret}')}\n\n"
        "All browsers are logged out then. If it was not you, do nothing: your password stays as it is.\n"
    )
    mail.send(user.email, "Choose another password for Descent", text)


def reset_password(session: Session, link: MailLink, password: str) -> User:
    """Another password; all logins end, and the owner is told. Committed. Raises AccountProblem."""
    check_password(password)
    user = link.user
    use_up(session, link)
    replace_password(session, user, password, "password.reset", BY_LINK)
    tell_streams()
    return user


def ask_for_address(session: Session, user: User, address: str) -> str:
    """Mail a link to the new address, which is theirs once the link is used. Returns the address. Raises AccountProblem, MailNotSent."""
    address = clean_email(address)
    if address == user.email:
        raise AccountProblem("email", "This is your address already.", "taken")
    check_free(session, user.username, address, besides=user)
    secret = issue(session, user, ADDRESS, ADDRESS_LASTS, address)
    text = (
        f"This address is to belong to the account {user.username} at Descent. Confirm it within a day here:\n\n"
        f"{mail.link(f'/account/address/{secret}')}\n\nIf that is not your account, do nothing.\n"
    )
    mail.send(address, "Confirm your address for Descent", text)
    return address


def waiting_address(session: Session, user: User) -> str:
    """The address that waits for its confirmation, or nothing."""
    query = select(MailLink.address).where(MailLink.user_id == user.id, MailLink.purpose == ADDRESS)
    return session.scalar(query.where(MailLink.expires_at > now()).limit(1)) or ""


def confirm_address(session: Session, link: MailLink) -> User:
    """The address is theirs now; the old one is told. Committed. Raises AccountProblem."""
    user, before, address = link.user, link.user.email, link.address
    check_free(session, user.username, address, besides=user)
    use_up(session, link)
    session.execute(delete(MailLink).where(MailLink.user_id == user.id))  # a reset that went to the old one, too
    user.email = address
    audit.record(session, user, "address.changed", user.username, {"from": before, "to": address})
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        check_free(session, user.username, address, besides=user)  # somebody took it at this very moment
        raise
    mail.tell(
        before,
        "Your address at Descent was changed",
        f"The account {user.username} has another e-mail address from now on: {address}.",
    )
    return user
