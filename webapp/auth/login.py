"""The login that a browser carries."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from sqlalchemy import delete, select

from webapp.models import Login, User, Visitor, db, now
from webapp.store.access import tell_watchers

View = TypeVar("View", bound=Callable[..., Any])
MOST_LOGINS = 100  # of one person at a time
LINKS = "links"  # what a session calls the keys of the public links that a visitor followed
MOST_LINKS = 20
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


def login_or_link(view: View) -> View:
    """A route for those who are logged in, and for those who followed a public link; what they see there, the policy says."""

    @wraps(view)
    def guarded(*args: Any, **rest: Any) -> Any:
        if not current_user.is_authenticated and not current_user.link_keys:
            return ask_to_log_in()
        return view(*args, **rest)

    return cast("View", guarded)


def remember_link(key: str) -> None:
    """This visitor may see what a public link leads to, as long as it does."""
    others = [other for other in session.get(LINKS, ()) if other != key]
    session[LINKS] = [*others, key][-MOST_LINKS:]
    current_user.link_keys = tuple(session[LINKS])


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
    tell_watchers(current_app.extensions["redis"])
    logout_user()
    session.clear()


@login_manager.unauthorized_handler
def ask_to_log_in() -> ResponseReturnValue:
    """Pages lead to the login and back; an htmx fragment makes the whole page go there."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("auth.login")}
    return redirect(url_for("auth.login", next=wanted))
