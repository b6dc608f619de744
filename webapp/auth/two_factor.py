"""A second factor: a code that a phone makes anew every thirty seconds (TOTP, RFC 6238), and codes for when it is lost."""

import hmac
import io
import secrets
import time

import pyotp
import segno
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from webapp import audit, mail
from webapp.auth.service import AccountProblem
from webapp.models import RecoveryCode, User, now
from webapp.models.access import digest_of

STEP_S = 30
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
ISSUER = "Descent"


def begin(session: Session, user: User) -> None:
    """A secret to put into the phone, committed; it counts once a code of it was entered. Raises AccountProblem."""
    if user.has_second_factor:
        raise AccountProblem("code", "Two-factor login is on already.", "taken")
    user.totp_secret, user.totp_step = pyotp.random_base32(), None
    session.commit()


def confirm(session: Session, user: User, code: str) -> list[str]:
    """Switch it on, committed; the recovery codes, which are shown this once. Raises AccountProblem."""
    if user.has_second_factor or not user.totp_secret:
        raise AccountProblem("code", "There is nothing to confirm. Please begin again.", "taken")
    if not take_code(session, user, code):
        session.commit()
        raise AccountProblem("code", "This is not the code that the app shows now. Is the phone's clock right?")
    user.totp_since = now()
    made = new_recovery_codes(session, user)
    audit.record(session, user, "two-factor.on", user.username)
    session.commit()
    told(user, "switched on", "From now on a code of the app is asked for at every login.")
    return made


def renew_recovery_codes(session: Session, user: User) -> list[str]:
    """New ones in the place of all older, committed. Raises AccountProblem."""
    if not user.has_second_factor:
        raise AccountProblem("code", "Two-factor login is off, so there is nothing to recover.", "taken")
    made = new_recovery_codes(session, user)
    audit.record(session, user, "two-factor.codes-renewed", user.username)
    session.commit()
    told(user, "given new recovery codes", "The older codes are worth nothing any more.")
    return made


def switch_off(session: Session, actor: User, user: User) -> None:
    """Ask for no code any more, committed. An administrator does it for who lost everything."""
    user.totp_secret = user.totp_since = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record(session, actor, "two-factor.off", user.username)
    session.commit()
    told(user, f"switched off by {actor.username}", "From now on the password alone lets you in.")


def told(user: User, what: str, follows: str) -> None:
    """The owner hears of it by mail: who has their browser or token could have done it."""
    text = f"The two-factor login of your account {user.username} was {what}. {follows}"
    mail.tell(user.email, "Your two-factor login at Descent", text)


def new_recovery_codes(session: Session, user: User) -> list[str]:
    """Ten codes of 50 random bits; only digests are kept. Commits nothing."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    made = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, digest=digest_of(code)) for code in made)
    return [f"{code[:5]}-{code[5:]}" for code in made]


def recovery_codes_left(session: Session, user: User) -> int:
    """How many have not been used."""
    return session.scalar(select(func.count()).where(RecoveryCode.user_id == user.id)) or 0


def let_in(session: Session, user: User, code: str) -> bool:
    """Whether a code, of the phone or for recovery, lets them in. It does so once. Commits nothing."""
    return take_code(session, user, code) or take_recovery_code(session, user, code)


def take_code(session: Session, user: User, code: str) -> bool:
    """Whether the phone shows this code, or did half a minute ago. A step's code is taken once, also by two requests at once."""
    code = "".join(code.split())
    if not user.totp_secret or len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    phone, present = pyotp.TOTP(user.totp_secret), int(time.time()) // STEP_S
    fits = [step for step in (present, present - 1, present + 1) if hmac.compare_digest(phone.generate_otp(step), code)]
    if not fits:
        return False
    newer = or_(User.totp_step.is_(None), User.totp_step < fits[0])
    taken = session.execute(update(User).where(User.id == user.id, newer).values(totp_step=fits[0]))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def take_recovery_code(session: Session, user: User, code: str) -> bool:
    """Whether this is one of their codes; it is used up."""
    plain = "".join(code.lower().split()).replace("-", "")[:40]
    mine = RecoveryCode.user_id == user.id, RecoveryCode.digest == digest_of(plain)
    used = session.execute(delete(RecoveryCode).where(*mine))
    if used.rowcount:  # type: ignore[attr-defined]
        audit.record(session, user, "two-factor.recovery-code-used", user.username)
    return bool(used.rowcount)  # type: ignore[attr-defined]


def address_of(user: User) -> str:
    """What the QR code says."""
    return pyotp.TOTP(user.totp_secret or "").provisioning_uri(name=user.username, issuer_name=ISSUER)


def picture_of(user: User) -> bytes:
    """The QR code as a PNG, dark on light in either theme: phones do not read the reverse."""
    made = io.BytesIO()
    segno.make(address_of(user), error="m").save(made, kind="png", scale=6, border=4)
    return made.getvalue()
