"""The account page: profile, password, API tokens."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.account import blueprint, tokens
from webapp.account.forms import PasswordForm, ProfileForm, TokenForm
from webapp.auth.limits import password_change
from webapp.auth.login import begin_login
from webapp.auth.passwords import password_fits, set_password
from webapp.auth.service import AccountProblem, check_free, check_password, clean_email
from webapp.models import db


@blueprint.get("/account")
@login_required
def index() -> ResponseReturnValue:
    """The page."""
    return page()


@blueprint.post("/account/profile")
@login_required
def profile() -> ResponseReturnValue:
    """Another name, address or text."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return page(profile_form=form), 422
    try:
        email = clean_email(form.email.data or "")
        check_free(db.session(), current_user.username, email, besides=current_user)
    except AccountProblem as problem:
        form.email.errors = [problem.message]
        return page(profile_form=form), 422
    current_user.name = (form.name.data or "").strip()
    current_user.about = (form.about.data or "").strip()
    current_user.email = email
    db.session.commit()
    flash("Your profile is saved.", "success")
    return redirect(url_for("account.index"))


@blueprint.post("/account/password")
@login_required
@password_change
def password() -> ResponseReturnValue:
    """Another password; all other browsers are logged out."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return page(password_form=form), 422
    if not password_fits(current_user, form.current.data or ""):
        form.current.errors = ["This is not your current password."]
        return page(password_form=form), 422
    try:
        check_password(form.password.data or "")
    except AccountProblem as problem:
        form.password.errors = [problem.message]
        return page(password_form=form), 422
    set_password(current_user, form.password.data or "")
    begin_login(current_user)
    flash("Your password is changed, and all other browsers are logged out.", "success")
    return redirect(url_for("account.index"))


@blueprint.post("/account/tokens")
@login_required
def issue_token() -> ResponseReturnValue:
    """A new API token, shown this once."""
    form = TokenForm()
    if not form.validate_on_submit():
        return page(token_form=form), 422
    days = int(form.days.data or 0) or None
    try:
        _, text = tokens.issue(db.session(), current_user, form.label.data or "", form.scopes.data or [], days)
    except tokens.TokenProblem as problem:
        form[problem.field].errors = [problem.message]
        return page(token_form=form), 422
    return page(new_token=text)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@login_required
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token; programs that use it are refused from now on."""
    token = tokens.find(db.session(), current_user, token_id) or abort(404)
    db.session.delete(token)
    db.session.commit()
    flash("The token is revoked.", "success")
    return redirect(url_for("account.index"))


def page(new_token: str | None = None, **given: Any) -> str:
    """The page, with the forms that are given and fresh ones for the rest."""
    forms = {
        "profile_form": ProfileForm(formdata=None, obj=current_user),
        "password_form": PasswordForm(formdata=None),
        "token_form": TokenForm(formdata=None),
    }
    return render_template(
        "account/index.html",
        tokens=tokens.of_person(db.session(), current_user),
        new_token=new_token,
        **{**forms, **given},
    )
