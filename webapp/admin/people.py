"""Everybody who has an account, and what administrators do about it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select

from webapp import mail, policy
from webapp.account.forms import LeaveForm
from webapp.account.leaving import is_sure
from webapp.admin import blueprint
from webapp.admin.forms import RoleForm
from webapp.audit.listing import Filter, exactly, page
from webapp.auth import farewell, mailed_links, people, two_factor
from webapp.auth.limits import mails_by_person, password_change
from webapp.auth.login import logins_of
from webapp.auth.service import AccountProblem
from webapp.models import Experiment, Login, User, db


@blueprint.get("")
def index() -> ResponseReturnValue:
    """All accounts."""
    seen = select(Login.user_id, func.max(Login.last_used_at)).group_by(Login.user_id)
    owned = select(Experiment.owner_id, func.count()).group_by(Experiment.owner_id)
    return render_template(
        "admin/people.html",
        people=people.people(db.session()),
        seen={row[0]: row[1] for row in db.session.execute(seen)},
        owned={row[0]: row[1] for row in db.session.execute(owned)},
    )


@blueprint.get("/people/<int:user_id>")
def show_person(user_id: int) -> ResponseReturnValue:
    """One of them."""
    return person_page(found(user_id))


@blueprint.post("/people/<int:user_id>/role")
def change_role(user_id: int) -> ResponseReturnValue:
    """Another role."""
    user, form = found(user_id), RoleForm()
    if not form.validate_on_submit():
        return person_page(user, role_form=form), 422
    try:
        people.change_role(db.session(), current_user, user, form.role.data)
    except AccountProblem as problem:
        form.role.errors = [problem.message]
        return person_page(user, role_form=form), 422
    flash(f"{user.username} is {'an' if user.is_administrator else 'a'} {user.role} from now on.", "success")
    return back(user)


@blueprint.post("/people/<int:user_id>/deactivate")
def deactivate(user_id: int) -> ResponseReturnValue:
    """Let them in no more."""
    user = found(user_id)
    try:
        people.deactivate(db.session(), current_user, user)
    except AccountProblem as problem:
        flash(problem.message, "danger")
    else:
        flash(f"{user.username} is deactivated: logged out everywhere, and their tokens are refused.", "success")
    return back(user)


@blueprint.post("/people/<int:user_id>/activate")
def activate(user_id: int) -> ResponseReturnValue:
    """Let them in again."""
    user = found(user_id)
    people.activate(db.session(), current_user, user)
    flash(f"{user.username} may log in again.", "success")
    return back(user)


@blueprint.post("/people/<int:user_id>/logins/end")
def end_logins(user_id: int) -> ResponseReturnValue:
    """Log them out everywhere."""
    user = found(user_id)
    people.end_logins(db.session(), current_user, user)
    flash(f"{user.username} is logged out everywhere.", "success")
    return back(user)


@blueprint.post("/people/<int:user_id>/two-factor/off")
def factor_off(user_id: int) -> ResponseReturnValue:
    """For who lost phone and recovery codes."""
    user = found(user_id)
    two_factor.switch_off(db.session(), current_user, user)
    flash(f"{user.username} logs in with the password alone now.", "success")
    return back(user)


@blueprint.post("/people/<int:user_id>/reset")
@mails_by_person
def mail_reset(user_id: int) -> ResponseReturnValue:
    """Mail them a link by which they choose another password."""
    user = found(user_id)
    if not user.is_active:
        flash(mailed_links.NOT_TO_DEACTIVATED.format(who=user.username), "warning")
        return back(user)
    mail.behind(mailed_links.mail_reset, user.username, request.remote_addr or "", current_user.id)
    if mail.goes_out():
        flash(f"A link is on its way to {user.email}.", "success")
    else:
        flash("There is no mail server, so the mail with the link is a file. The page Mail says where.", "info")
    return back(user)


@blueprint.route("/people/<int:user_id>/delete", methods=["GET", "POST"])
@password_change
def delete(user_id: int) -> ResponseReturnValue:
    """Say what it is about, and do it."""
    user, form = found(user_id), LeaveForm()
    if form.validate_on_submit() and is_sure(form, user):
        own, name = user.id == current_user.id, user.username
        actor = db.session.get_one(User, current_user.id)
        try:
            farewell.delete_account(db.session(), actor, user, form.experiments.data or "", form.heir.data or "")
        except AccountProblem as problem:
            field = problem.field if problem.field in form else "experiments"
            form[field].errors = [problem.message]
        else:
            flash(f"The account {name} is deleted.", "success")
            return redirect(url_for("auth.login") if own else url_for("admin.index"))
    counts, status = farewell.affected(db.session(), user), 422 if form.is_submitted() else 200
    return render_template("account/delete.html", form=form, user=user, affected=counts, own=False), status


def found(user_id: int) -> User:
    """Somebody who is here, or 404."""
    user = db.session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        abort(404)
    return user


def back(user: User) -> ResponseReturnValue:
    """To their page; home for who has just ceased to be an administrator."""
    if not policy.may_administer(current_user):
        return redirect(url_for("home.index"))
    return redirect(url_for("admin.show_person", user_id=user.id))


def person_page(user: User, role_form: Any = None) -> str:
    """Their page, with the form that is given."""
    entries, _ = page(db.session(), Filter(subject=exactly(user.username)), size=10)
    return render_template(
        "admin/person.html",
        user=user,
        role_form=role_form or RoleForm(formdata=None, role=user.role),
        logins=logins_of(db.session(), user),
        tokens=user.tokens,
        affected=farewell.affected(db.session(), user),
        entries=entries,
        subject=exactly(user.username),
    )
