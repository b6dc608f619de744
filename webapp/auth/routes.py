"""Pages of registering, logging in and out."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp import audit
from webapp.auth import blueprint, registration
from webapp.auth.forms import LoginForm, RegisterForm
from webapp.auth.limits import login_by_account, login_by_address, register_by_address
from webapp.auth.login import begin_login, end_login
from webapp.auth.passwords import password_fits
from webapp.auth.second_factor import ask_for_code
from webapp.auth.service import AccountProblem, create_user, find_user, has_administrator
from webapp.models import User, db


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
        return refuse(form, user, "wrong password", "Username or password is wrong.")
    if not user.is_active:
        return refuse(form, user, "deactivated", "This account is deactivated. An administrator can open it again.")
    if user.has_second_factor:
        return ask_for_code(user, bool(form.remember.data), inside(request.args.get("next")))
    begin_login(user, remember=bool(form.remember.data))
    return redirect(inside(request.args.get("next")))


def refuse(form: LoginForm, user: User | None, why: str, sentence: str) -> ResponseReturnValue:
    """Say so, and enter it. What was typed for a name is not entered where nobody has it: it may be a password."""
    subject = user.username if user else "an unknown account"
    audit.record(db.session(), None, "login.failed", subject, {"why": why if user else "unknown name"})
    db.session.commit()
    form.password.errors = [sentence]
    return render_template("auth/login.html", form=form), 422


@blueprint.route("/register", methods=["GET", "POST"])
@register_by_address
def register() -> ResponseReturnValue:
    """Make an account and log in with it."""
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    form = RegisterForm()
    first = not has_administrator(db.session())
    mode = registration.mode(db.session())
    if mode != "open":
        return render_template("auth/not_open.html", mode=mode, first=first), 403
    if not form.validate_on_submit():
        return render_template("auth/register.html", form=form, first=first), 422 if form.is_submitted() else 200
    try:
        user = create_user(db.session(), form.username.data or "", form.email.data or "", form.password.data or "")
    except AccountProblem as problem:
        form[problem.field].errors = [problem.message]
        return render_template("auth/register.html", form=form, first=first), 422
    audit.record(db.session(), user, "account.made", user.username, {"role": user.role})
    begin_login(user)
    flash("Welcome to Descent. Pick a recipe and watch it train.", "success")
    return redirect(url_for("home.index"))


@blueprint.route("/invitations/<secret>", methods=["GET", "POST"])
@register_by_address
def invited(secret: str) -> ResponseReturnValue:
    """Make the account that an invitation is for, and log in with it."""
    invitation = registration.find_invitation(db.session(), secret)
    if invitation is None:
        return render_template("auth/worthless.html", again=None), 404
    if registration.mode(db.session()) == "closed":
        return render_template("auth/not_open.html", mode="closed", first=False, invitation=invitation), 404
    if current_user.is_authenticated:
        flash("You have an account here already. The invitation is for somebody who has none.", "info")
        return redirect(url_for("home.index"))
    form, known = RegisterForm(), {"first": False, "invitation": invitation}
    if not form.validate_on_submit():
        form.email.data = form.email.data or invitation.email
        return render_template("auth/register.html", form=form, **known), 422 if form.is_submitted() else 200
    fields = (form.username.data or "", form.email.data or "", form.password.data or "")
    try:
        user = registration.accept(db.session(), invitation, *fields)
    except AccountProblem as problem:
        form[problem.field].errors = [problem.message]
        return render_template("auth/register.html", form=form, **known), 422
    begin_login(user)
    flash("Welcome to Descent.", "success")
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
