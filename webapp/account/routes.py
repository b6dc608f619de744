"""The account page: profile, address, password, API tokens."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.account import blueprint, tokens
from webapp.account.forms import AddressForm, PasswordForm, ProfileForm, TokenForm
from webapp.account.service import change_profile
from webapp.auth import mailed_links
from webapp.auth.limits import mails_by_person, password_change
from webapp.auth.login import begin_login, logins_of
from webapp.auth.passwords import password_fits, replace_password
from webapp.auth.people import tell_streams
from webapp.auth.service import AccountProblem, check_password
from webapp.mail import MailNotSent, where_it_goes
from webapp.models import db


@blueprint.get("/account")
@login_required
def index() -> ResponseReturnValue:
    """The page."""
    return page()


@blueprint.post("/account/profile")
@login_required
def profile() -> ResponseReturnValue:
    """Another name or text."""
    form = ProfileForm()
    if not form.validate_on_submit():
        return page(profile_form=form), 422
    change_profile(db.session(), current_user, form.name.data or "", form.about.data or "")
    flash("Your profile is saved.", "success")
    return redirect(url_for("account.index"))


@blueprint.post("/account/address")
@login_required
@password_change
@mails_by_person
def address() -> ResponseReturnValue:
    """Mail a link to another address."""
    form = AddressForm()
    if not form.validate_on_submit():
        return page(address_form=form), 422
    if not password_fits(current_user, form.address_password.data or ""):
        form.address_password.errors = ["This is not your password."]
        return page(address_form=form), 422
    try:
        new = mailed_links.ask_for_address(db.session(), current_user, form.email.data or "")
    except AccountProblem as problem:
        form.email.errors = [problem.message]
        return page(address_form=form), 422
    except MailNotSent as problem:
        form.email.errors = [f"{problem} Your address stays as it is."]
        return page(address_form=form), 422
    flash(f"{where_it_goes(new)} Open the link in it, and the address is yours.", "info")
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
    replace_password(db.session(), current_user, form.password.data or "")
    begin_login(current_user)
    tell_streams()
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
    tokens.revoke(db.session(), tokens.find(db.session(), current_user, token_id) or abort(404))
    flash("The token is revoked.", "success")
    return redirect(url_for("account.index"))


def page(new_token: str | None = None, **given: Any) -> str:
    """The page, with the forms that are given and fresh ones for the rest."""
    forms = {
        "profile_form": ProfileForm(formdata=None, obj=current_user),
        "address_form": AddressForm(formdata=None),
        "password_form": PasswordForm(formdata=None),
        "token_form": TokenForm(formdata=None),
    }
    known = {
        "tokens": tokens.of_person(db.session(), current_user),
        "logins": logins_of(db.session(), current_user),
        "waiting_address": mailed_links.waiting_address(db.session(), current_user),
        "new_token": new_token,
    }
    return render_template("account/index.html", **known, **{**forms, **given})
