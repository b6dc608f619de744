"""Pages of choosing another password by a link in a mail, and of confirming an address."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import mail
from webapp.auth import blueprint, mailed_links
from webapp.auth.forms import ForgottenForm, NewPasswordForm
from webapp.auth.limits import link_by_address, reset_by_account, reset_by_address
from webapp.auth.service import AccountProblem
from webapp.models import db


@blueprint.route("/password/forgotten", methods=["GET", "POST"])
@reset_by_address
@reset_by_account
def forgotten() -> ResponseReturnValue:
    """Mail a link, where there is such an account; the answer is the same where there is none, and takes as long."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("auth/forgotten.html", form=form), 422 if form.is_submitted() else 200
    mail.behind(mailed_links.mail_reset, form.login.data or "", request.remote_addr or "")
    return render_template("auth/forgotten.html", form=None, sends=mail.goes_out())


@blueprint.route("/password/reset/<secret>", methods=["GET", "POST"])
@link_by_address
def reset(secret: str) -> ResponseReturnValue:
    """Choose another password."""
    link = mailed_links.find(db.session(), mailed_links.RESET, secret)
    if link is None:
        return render_template("auth/worthless.html", again=url_for("auth.forgotten")), 404
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("auth/reset.html", form=form, user=link.user), 422 if form.is_submitted() else 200
    try:
        mailed_links.reset_password(db.session(), link, form.password.data or "")
    except AccountProblem as problem:
        form.password.errors = [problem.message]
        return render_template("auth/reset.html", form=form, user=link.user), 422
    flash("Your password is changed, and all browsers are logged out. Log in with the new one.", "success")
    return redirect(url_for("auth.login"))


@blueprint.route("/account/address/<secret>", methods=["GET", "POST"])
@link_by_address
def confirm_address(secret: str) -> ResponseReturnValue:
    """Make the address theirs. It takes a press of a button: programs that look through mails follow links."""
    link = mailed_links.find(db.session(), mailed_links.ADDRESS, secret)
    if link is None:
        return render_template("auth/worthless.html", again=None), 404
    if request.method == "GET":
        return render_template("auth/address.html", link=link)
    try:
        user = mailed_links.confirm_address(db.session(), link)
    except AccountProblem as problem:
        flash(problem.message, "danger")
        return redirect(url_for("home.index"))
    flash(f"{user.email} is the address of {user.username} from now on.", "success")
    return redirect(url_for("home.index"))
