"""Pages of registering, logging in and out."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.auth import blueprint
from webapp.auth.forms import LoginForm, RegisterForm
from webapp.auth.limits import login_by_account, login_by_address, register_by_address
from webapp.auth.login import begin_login, end_login
from webapp.auth.passwords import password_fits
from webapp.auth.service import AccountProblem, create_user, find_user, has_administrator
from webapp.models import db


@blueprint.route("/login", methods=["GET", "POST"])
@login_by_address
@login_by_account
def login() -> ResponseReturnValue:
    """Log in, and go on to where the person wanted to be."""
    if current_user.is_authenticated:
        return redirect(inside(request.args.get("next")))
    form = LoginForm()
    if not form.validate_on_submit():
        return render_template("auth/login.html", form=form), 422 if form.is_submitted() else 200
    user = find_user(db.session(), form.login.data or "")
    if not password_fits(user, form.password.data or "") or user is None:
        form.password.errors = ["Username or password is wrong."]
        return render_template("auth/login.html", form=form), 422
    begin_login(user, remember=bool(form.remember.data))
    return redirect(inside(request.args.get("next")))


@blueprint.route("/register", methods=["GET", "POST"])
@register_by_address
def register() -> ResponseReturnValue:
    """Make an account and log in with it."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = RegisterForm()
    first = not has_administrator(db.session())
    if not form.validate_on_submit():
        return render_template("auth/register.html", form=form, first=first), 422 if form.is_submitted() else 200
    try:
        user = create_user(db.session(), form.username.data or "", form.email.data or "", form.password.data or "")
    except AccountProblem as problem:
        form[problem.field].errors = [problem.message]
        return render_template("auth/register.html", form=form, first=first), 422
    begin_login(user)
    flash("Welcome to Descent. Pick a recipe and watch it train.", "success")
    return redirect(url_for("home.index"))


@blueprint.post("/logout")
@login_required
def logout() -> ResponseReturnValue:
    """Log this browser out."""
    end_login(current_user)
    flash("You are logged out.", "info")
    return redirect(url_for("auth.login"))


def inside(target: str | None) -> str:
    """``target`` when it leads to a page of this site, else the home page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return url_for("home.index")
    if any(ord(character) < 33 for character in target) or "\\" in target:
        return url_for("home.index")
    parts = urlsplit(target)
    return url_for("home.index") if parts.scheme or parts.netloc else target
