"""The login that a browser carries."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import CSRFProtect
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp import audit
from webapp.devices import AGENT_LONGEST, device_of
from webapp.models import Login, User, Visitor, db, now
from webapp.store.access import tell_watchers

View = TypeVar("View", bound=Callable[..., Any])
MOST_LOGINS = 100  # of one person at a time
LINKS = "links"  # what a session calls the keys of the public links that a visitor followed
MOST_LINKS = 20
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use of a login is kept
FORGOTTEN = timedelta(days=60)  # twice as long as a browser remembers a login

csrf = CSRFProtect()
login_manager = LoginManager()
login_manager.session_protection = "strong"
login_manager.anonymous_user = lambda: Visitor(session.get(LINKS, ()))


@login_manager.user_loader
def load_user(key: str) -> User | None:
    """The person whose login this is; none once it was ended, or they may not come in any more."""
    query = select(User, Login.last_used_at).join(Login).where(Login.key == key, User.deactivated_at.is_(None))
    found = db.session.execute(query).first()
    if found is None:
        return None
    user, last_used_at = found
    if last_used_at is None or now() - last_used_at > SEEN_EVERY:
        seen = {"last_used_at": now(), "ip": request.remote_addr or ""}
        db.session.execute(update(Login).where(Login.key == key).values(seen))
        db.session.commit()
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
    login = Login(user_id=user.id, user_agent=request.user_agent.string[:AGENT_LONGEST], ip=request.remote_addr or "")
    newest = select(Login.id).where(Login.user_id == user.id, Login.created_at > now() - FORGOTTEN)
    kept = newest.order_by(Login.id.desc()).limit(MOST_LOGINS)
    db.session.execute(delete(Login).where(Login.user_id == user.id, Login.id.not_in(kept)))
    db.session.add(login)
    audit.record(db.session(), user, "login", user.username)
    db.session.commit()
    user.login_key = login.key
    login_user(user, remember=remember)


def forget_browser() -> None:
    """Leave nothing in this browser of a login that has ended."""
    logout_user()
    session.clear()


def end_login(user: User) -> None:
    """Log this browser out; its cookie, wherever a copy may be, is worth nothing from now on."""
    db.session.execute(delete(Login).where(Login.key == user.login_key))
    audit.record(db.session(), user, "logout", user.username)
    db.session.commit()
    tell_watchers(current_app.extensions["redis"])
    forget_browser()


def logins_of(session: Session, user: User) -> list[Login]:
    """Where somebody is logged in, the last used first."""
    used = Login.last_used_at.desc().nulls_last()
    return list(session.scalars(select(Login).where(Login.user_id == user.id).order_by(used, Login.id.desc())))


def end_one_login(session: Session, actor: User, login: Login) -> None:
    """End somebody's login in one browser, committed."""
    owner, device = session.get_one(User, login.user_id), device_of(login.user_agent)
    ended = session.execute(delete(Login).where(Login.id == login.id))
    if ended.rowcount:  # type: ignore[attr-defined]
        audit.record(session, actor, "login.ended", owner.username, {"device": device})
    session.commit()
    tell_watchers(current_app.extensions["redis"])


@login_manager.unauthorized_handler
def ask_to_log_in() -> ResponseReturnValue:
    """Pages lead to the login and back. A page that asks for a fragment says so, and keeps what is being written on it."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.headers.get("HX-Request"):
        return "", 401
    return redirect(url_for("auth.login", next=wanted))
