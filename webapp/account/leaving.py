"""Deleting one's own account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.account import blueprint
from webapp.account.forms import LeaveForm
from webapp.auth.farewell import affected, delete_account
from webapp.auth.limits import password_change
from webapp.auth.login import forget_browser
from webapp.auth.passwords import password_fits
from webapp.auth.service import AccountProblem
from webapp.models import User, db


@blueprint.route("/account/delete", methods=["GET", "POST"])
@login_required
@password_change
def leave() -> ResponseReturnValue:
    """Say what it is about, and do it."""
    form, user = LeaveForm(), db.session.get_one(User, current_user.id)
    if form.validate_on_submit() and is_sure(form, user):
        try:
            heir = form.heir.data or ""
            delete_account(db.session(), user, user, form.experiments.data or "", heir)
        except AccountProblem as problem:
            field = problem.field if problem.field in form else "experiments"
            form[field].errors = [problem.message]
        else:
            forget_browser()
            flash("The account is deleted.", "success")
            return redirect(url_for("auth.login"))
    counts = affected(db.session(), user)
    status = 422 if form.is_submitted() else 200
    return render_template("account/delete.html", form=form, user=user, affected=counts, own=True), status


def is_sure(form: LeaveForm, user: User) -> bool:
    """Whether name and password are right."""
    if (form.sure.data or "").strip().lower() != user.username:
        form.sure.errors = [f"This is not the username: it is {user.username}."]
        return False
    if not password_fits(current_user, form.password.data or ""):
        form.password.errors = ["This is not your password."]
        return False
    return True
