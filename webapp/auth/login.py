"""The login that a browser carries."""

from datetime import timedelta

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, login_user, logout_user
from flask_wtf import CSRFProtect
from sqlalchemy import delete, select

from webapp.models import Login, User, Visitor, db, now

MOST_LOGINS = 100  # of one person at a time
LINKS = "links"  # what a session calls the keys of the public links that a visitor followed
FORGOTTEN = timedelta(days=60)  # twice as long as a browser remembers a login

csrf = CSRFProtect()
login_manager = LoginManager()
login_manager.session_protection = "strong"
login_manager.anonymous_user = lambda: Visitor(session.get(LINKS, ()))


@login_manager.user_loader
def load_user(key: str) -> User | None:
    """The person whose login this is; none once they logged out with it, or changed their password."""
    user = db.session.scalar(select(User).join(Login).where(Login.key == key))
    if user is not None:
        user.login_key = key
    return user


def begin_login(user: User, remember: bool = False) -> None:
    """Log this browser in, with a cookie of which nothing was known before."""
    session.clear()
    login = Login(user_id=user.id)
    newest = select(Login.id).where(Login.user_id == user.id, Login.created_at > now() - FORGOTTEN)
    kept = newest.order_by(Login.id.desc()).limit(MOST_LOGINS)
    db.session.execute(delete(Login).where(Login.user_id == user.id, Login.id.not_in(kept)))
    db.session.add(login)
    db.session.commit()
    user.login_key = login.key
    login_user(user, remember=remember)


def end_login(user: User) -> None:
    """Log this browser out; its cookie, wherever a copy may be, is worth nothing from now on."""
    db.session.execute(delete(Login).where(Login.key == user.login_key))
    db.session.commit()
    logout_user()
    session.clear()


@login_manager.unauthorized_handler
def ask_to_log_in() -> ResponseReturnValue:
    """Pages lead to the login and back; an htmx fragment makes the whole page go there."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("auth.login")}
    return redirect(url_for("auth.login", next=wanted))
