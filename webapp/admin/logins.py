"""Everybody's logins."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from webapp.admin import blueprint
from webapp.auth.login import end_one_login
from webapp.models import Login, User, db

MOST_SHOWN = 200


@blueprint.get("/logins")
def logins() -> ResponseReturnValue:
    """The last used first."""
    query = select(Login, User).join(User, Login.user_id == User.id)
    query = query.order_by(Login.last_used_at.desc().nulls_last(), Login.id.desc()).limit(MOST_SHOWN)
    return render_template("admin/logins.html", rows=db.session.execute(query).all(), most=MOST_SHOWN)


@blueprint.post("/logins/<int:login_id>/end")
def end_login(login_id: int) -> ResponseReturnValue:
    """End one."""
    login = db.session.get(Login, login_id)
    if login is None:
        abort(404)
    end_one_login(db.session(), current_user, login)
    flash("That browser is logged out.", "success")
    return redirect(url_for("admin.logins"))
