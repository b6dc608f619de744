"""Who may make an account, and invitations."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.admin import blueprint
from webapp.admin.forms import InviteForm, RegistrationForm
from webapp.auth import registration
from webapp.auth.limits import mails_by_person
from webapp.auth.service import AccountProblem
from webapp.mail import MailNotSent
from webapp.models import Invitation, db


@blueprint.get("/invitations")
def invitations() -> ResponseReturnValue:
    """How it stands."""
    return page()


@blueprint.post("/registration")
def choose_registration() -> ResponseReturnValue:
    """Open, invited only or closed."""
    form = RegistrationForm()
    if not form.validate_on_submit():
        return page(registration_form=form), 422
    registration.choose_mode(db.session(), current_user, form.registration.data)
    flash("Saved. It counts from now on.", "success")
    return redirect(url_for("admin.invitations"))


@blueprint.post("/invitations")
@mails_by_person
def invite() -> ResponseReturnValue:
    """A new one, whose link is shown this once, and mailed where there is an address."""
    form = InviteForm()
    if not form.validate_on_submit():
        return page(invite_form=form), 422
    try:
        made, path = registration.invite(
            db.session(), current_user, form.role.data, form.email.data or "", form.days.data or 0
        )
    except AccountProblem as problem:
        form[problem.field].errors = [problem.message]
        return page(invite_form=form), 422
    address, problem_text = link_of(path), ""
    if made.email:
        try:
            registration.send_invitation(current_user, made, address)
        except MailNotSent as problem:
            problem_text = str(problem)
    return page(address=address, made=made, mail_problem=problem_text)


@blueprint.post("/invitations/<int:invitation_id>/revoke")
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Take one back."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        abort(404)
    if registration.revoke(db.session(), current_user, invitation):
        flash("The invitation is revoked: its link is worth nothing any more.", "success")
    else:
        flash("It was used or revoked already.", "info")
    return redirect(url_for("admin.invitations"))


def link_of(path: str) -> str:
    """The whole address: as the instance is called, else as this administrator reached it."""
    return (current_app.config["SETTINGS"].url or request.host_url.rstrip("/")) + path


def page(**given: Any) -> str:
    """The page, with the forms that are given and fresh ones for the rest."""
    mode = registration.mode(db.session())
    forms = {
        "registration_form": RegistrationForm(formdata=None, registration=mode),
        "invite_form": InviteForm(formdata=None),
    }
    known = {
        "invitations": registration.invitations(db.session()),
        "mode": mode,
        "has_server": current_app.config["SETTINGS"].mail_server is not None,
    }
    return render_template("admin/invitations.html", **known, **{**forms, **given})
