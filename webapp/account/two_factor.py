"""The page of the second factor: switching it on and off, recovery codes."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.account import blueprint
from webapp.account.forms import ConfirmFactorForm, FactorForm
from webapp.auth import two_factor as factor
from webapp.auth.limits import password_change
from webapp.auth.passwords import password_fits
from webapp.auth.service import AccountProblem
from webapp.models import db

WRONG_PASSWORD = "This is not your password."  # a sentence  # noqa: S105  # nosec B105


@blueprint.get("/account/two-factor")
@login_required
def two_factor() -> ResponseReturnValue:
    """How it stands."""
    return page()


@blueprint.post("/account/two-factor/begin")
@login_required
def begin_factor() -> ResponseReturnValue:
    """A new secret for the app."""
    try:
        factor.begin(db.session(), current_user)
    except AccountProblem as problem:
        flash(problem.message, "info")
    return redirect(url_for("account.two_factor"))


@blueprint.get("/account/two-factor/qr.png")
@login_required
def factor_picture() -> ResponseReturnValue:
    """What the phone's camera reads; only while it is being set up, so that whoever finds the browser open cannot take a copy."""
    if not current_user.totp_secret or current_user.has_second_factor:
        abort(404)
    headers = {"Cache-Control": "no-store"}
    return Response(factor.picture_of(current_user), content_type="image/png", headers=headers)


@blueprint.post("/account/two-factor/confirm")
@login_required
@password_change
def confirm_factor() -> ResponseReturnValue:
    """Switch it on with a first code."""
    form = ConfirmFactorForm()
    if not form.validate_on_submit():
        return page(confirm_form=form), 422
    if not password_fits(current_user, form.password.data or ""):
        form.password.errors = [WRONG_PASSWORD]
        return page(confirm_form=form), 422
    try:
        codes = factor.confirm(db.session(), current_user, form.code.data or "")
    except AccountProblem as problem:
        form.code.errors = [problem.message]
        return page(confirm_form=form), 422
    return page(codes=codes)


@blueprint.post("/account/two-factor/codes")
@login_required
@password_change
def renew_codes() -> ResponseReturnValue:
    """Other recovery codes."""
    form = FactorForm(prefix="codes-")
    if not checked(form):
        return page(codes_form=form), 422
    try:
        return page(codes=factor.renew_recovery_codes(db.session(), current_user))
    except AccountProblem as problem:
        form.password.errors = [problem.message]
        return page(codes_form=form), 422


@blueprint.post("/account/two-factor/off")
@login_required
@password_change
def factor_off() -> ResponseReturnValue:
    """Ask for no code any more."""
    form = FactorForm(prefix="off-")
    if not checked(form):
        return page(off_form=form), 422
    factor.switch_off(db.session(), current_user, current_user)
    flash("Two-factor login is off.", "success")
    return redirect(url_for("account.two_factor"))


def checked(form: FactorForm) -> bool:
    """Whether it holds the password."""
    if not form.validate_on_submit():
        return False
    if not password_fits(current_user, form.password.data or ""):
        form.password.errors = [WRONG_PASSWORD]
        return False
    return True


def page(codes: list[str] | None = None, **given: Any) -> str:
    """The page, with the forms that are given and fresh ones for the rest."""
    forms = {
        "confirm_form": ConfirmFactorForm(formdata=None),
        "codes_form": FactorForm(formdata=None, prefix="codes-"),
        "off_form": FactorForm(formdata=None, prefix="off-"),
    }
    left = factor.recovery_codes_left(db.session(), current_user)
    return render_template("account/two_factor.html", codes=codes, codes_left=left, **{**forms, **given})
