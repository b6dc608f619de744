"""The step between the password and being in, for those who have a second factor."""

import hashlib
import time
from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from webapp import audit
from webapp.auth import blueprint, two_factor
from webapp.auth.forms import CodeForm
from webapp.auth.limits import code_by_account
from webapp.auth.login import begin_login
from webapp.models import User, db

WAITS_S = 600
WAITING = "second_factor"


def ask_for_code(user: User, remember: bool, target: str) -> ResponseReturnValue:
    """Remember in the browser's signed cookie whose password was right, and ask for a code."""
    session.clear()
    session[WAITING] = {
        "user": user.id,
        "remember": remember,
        "target": target,
        "at": time.time(),
        "password": mark(user),
    }
    return redirect(url_for("auth.code"))


def mark(user: User) -> str:
    """Another one after another password."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]


def waiting() -> tuple[User, dict[str, Any]] | None:
    """Whose password was entered in this browser within the last minutes."""
    found = session.get(WAITING)
    if not found or time.time() - found["at"] > WAITS_S:
        return None
    user = db.session.get(User, found["user"])
    if user is None or not user.is_active or mark(user) != found["password"]:
        return None
    return user, found


@blueprint.route("/login/code", methods=["GET", "POST"])
@code_by_account
def code() -> ResponseReturnValue:
    """Ask for the second factor, and log in."""
    found = waiting()
    if found is None:
        flash("Please log in again: that took too long.", "info")
        return redirect(url_for("auth.login"))
    user, asked = found
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("auth/code.html", form=form), 422 if form.is_submitted() else 200
    if not two_factor.let_in(db.session(), user, form.code.data or ""):
        audit.record(db.session(), None, "login.failed", user.username, {"why": "wrong code"})
        db.session.commit()
        form.code.errors = ["This code is wrong, or was used before. Wait for the next one, or use a recovery code."]
        return render_template("auth/code.html", form=form), 422
    begin_login(user, remember=asked["remember"])
    return redirect(asked["target"])
