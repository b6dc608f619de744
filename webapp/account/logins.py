"""Where somebody is logged in, and ending it."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.account import blueprint
from webapp.auth.login import end_login, end_one_login, forget_browser
from webapp.auth.people import end_logins
from webapp.models import Login, db


@blueprint.post("/account/logins/<int:login_id>/end")
@login_required
def end_one(login_id: int) -> ResponseReturnValue:
    """End the login of one browser; the cookie that it has is worth nothing from now on."""
    login = db.session.get(Login, login_id)
    if login is None or login.user_id != current_user.id:
        abort(404)
    if login.key == current_user.login_key:
        end_login(current_user)
        return redirect(url_for("auth.login"))
    end_one_login(db.session(), current_user, login)
    flash("That browser is logged out.", "success")
    return redirect(url_for("account.index"))


@blueprint.post("/account/logins/end")
@login_required
def end_all() -> ResponseReturnValue:
    """Log out everywhere, here as well."""
    end_logins(db.session(), current_user, current_user)
    forget_browser()
    flash("You are logged out everywhere.", "success")
    return redirect(url_for("auth.login"))
