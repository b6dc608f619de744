"""What a person may change of their profile; the API calls this, and the page's form has the same limits."""

from sqlalchemy.orm import Session

from webapp.auth.service import AccountProblem
from webapp.models import User

LONGEST_NAME, LONGEST_ABOUT = 80, 500
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # by which one name could look like another


def change_profile(session: Session, user: User, name: str | None, about: str | None) -> None:
    """Another name or text, committed; None leaves it. Raises AccountProblem."""
    for field, text, longest in (("name", name, LONGEST_NAME), ("about", about, LONGEST_ABOUT)):
        if text is not None and len(text) > longest:
            raise AccountProblem(field, f"At most {longest} characters; this has {len(text):,}.")
    if name and (odd := next((sign for sign in name if sign in TURNING), None)):
        raise AccountProblem(
            "name", f"A name cannot hold U+{ord(odd):04X}, by which what stands beside it is written backwards."
        )
    user.name = user.name if name is None else " ".join(name.split())
    user.about = user.about if about is None else about.strip()
    session.commit()
