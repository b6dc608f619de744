"""The login that a browser carries."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from sqlalchemy import select

from webapp.models import User, db

csrf = CSRFProtect()
login_manager = LoginManager()
login_manager.session_protection = "strong"


@login_manager.user_loader
def load_user(session_key: str) -> User | None:
    """The person whose session this is; none once they logged out everywhere."""
    return db.session.scalar(select(User).where(User.session_key == session_key))


@login_manager.unauthorized_handler
def ask_to_log_in() -> ResponseReturnValue:
    """Pages lead to the login and back; an htmx fragment makes the whole page go there."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("auth.login")}
    return redirect(url_for("auth.login", next=wanted))
