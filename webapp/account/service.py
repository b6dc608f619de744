"""What a person may change of their profile; the API calls this, and the page's form has the same limits."""

from sqlalchemy.orm import Session

from webapp.auth.service import AccountProblem
from webapp.models import User

LONGEST_NAME, LONGEST_ABOUT = 80, 500


def change_profile(session: Session, user: User, name: str | None, about: str | None) -> None:
    """Another name or text, committed; None leaves it. Raises AccountProblem."""
    for field, text, longest in (("name", name, LONGEST_NAME), ("about", about, LONGEST_ABOUT)):
        if text is not None and len(text) > longest:
            raise AccountProblem(field, f"At most {longest} characters; this has {len(text):,}.")
    user.name = user.name if name is None else " ".join(name.split())
    user.about = user.about if about is None else about.strip()
    session.commit()
