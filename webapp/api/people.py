"""For administrators: people, invitations, registration, and the audit log."""

from typing import Annotated, Any

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from typing_extensions import TypedDict

from dlcore.validation import Problem
from webapp import mail, policy
from webapp.api import blueprint
from webapp.api.account import (
    LOGINS,
    AccountResource,
    LeaveBody,
    check_own_password,
    last_used_first,
    login_resource,
    person_resource,
)
from webapp.api.bodies import Body, read_body
from webapp.api.description import Parameter, documented, one_of
from webapp.api.matching import check_match, tag_of, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid, refused
from webapp.api.resources import Moment
from webapp.audit import listing
from webapp.audit.export import KINDS, export
from webapp.audit.listing import FIELDS, Filter, FilterProblem
from webapp.auth import farewell, mailed_links, people, registration, two_factor
from webapp.auth.limits import mails_by_person, password_change_by_program
from webapp.auth.login import end_one_login, logins_of
from webapp.auth.service import AccountProblem
from webapp.models import AuditEntry, Invitation, Login, Role, Scope, User, db

DAY = {"type": "string", "anyOf": [{"format": "date"}, {"maxLength": 0}]}
AUDIT_QUERY: dict[str, str | Parameter] = {
    "actor": "Whose deeds: a username.",
    "action": "What kind, such as role.changed; login means login.failed as well.",
    "subject": "A part of what it was done to; in quotation marks, the whole of it.",
    "since": Parameter("From this day on, such as 2026-11-28 (UTC).", DAY),
    "until": Parameter("Up to this day, and with it.", DAY),
}


class PersonPatch(Body):
    """What administrators may change of somebody; what is left out stays."""

    role: str | None = Field(
        None, description="Another role.", json_schema_extra={"enum": [*[role.value for role in Role], None]}
    )
    active: bool | None = Field(None, description="false: lets them in no more; true: again.")


class InvitationBody(Body):
    """A new invitation."""

    role: str = Field(
        "member", description="The role of the account.", json_schema_extra={"enum": [role.value for role in Role]}
    )
    email: str = Field(
        "",
        description="The link is mailed there. Empty: you pass it on yourself.",
        json_schema_extra={"anyOf": [{"format": "email"}, {"maxLength": 0}]},
    )
    days: int = Field(7, ge=1, le=registration.MOST_DAYS, description="How long it lasts.")


class RegistrationBody(Body):
    """Who may make an account."""

    registration: str = Field(
        description="Everybody, who was invited, or nobody.", json_schema_extra={"enum": list(registration.MODES)}
    )


@with_config(extra="forbid")
class AffectedResource(TypedDict):
    """How much the end of an account is about."""

    experiments: int
    live_trials: int
    datasets: int
    comparisons: int
    comments: int
    tokens: int


@with_config(extra="forbid")
class WholeAccountResource(AccountResource):
    """An account, and what its end would be about."""

    affected: AffectedResource


@with_config(extra="forbid")
class MailedResource(TypedDict):
    """That a link was mailed."""

    mailed: bool


@with_config(extra="forbid")
class InvitationResource(TypedDict):
    """An invitation, without its link."""

    id: int
    state: str
    role: str
    email: str
    made_by: str
    used_by: str | None
    created_at: Moment
    expires_at: Moment


@with_config(extra="forbid")
class NewInvitationResource(InvitationResource):
    """An invitation that was just made."""

    link: Annotated[str | None, Field(description="Told this once; null when the same request comes again.")]
    mail_problem: Annotated[str | None, Field(description="Why its link could not be mailed.")]


@with_config(extra="forbid")
class RegistrationResource(TypedDict):
    """Who may make an account."""

    registration: str


@with_config(extra="forbid")
class AuditEntryResource(TypedDict):
    """One thing that somebody did."""

    id: int
    at: Moment
    actor_id: int | None
    actor: Annotated[str, Field(description="Their username then.")]
    action: str
    subject: str
    details: dict[str, Any]
    ip: str


ACCOUNTS = Listing("accounts", AccountResource, default=200)
INVITATIONS = Listing("invitations", InvitationResource, default=200)
ENTRIES = Listing("entries", AuditEntryResource, default=listing.PAGE, most=listing.AT_ONCE)


def for_administrators() -> None:
    """Raises Refused (403) for everybody else."""
    if not policy.may_administer(current_user):
        raise Refused(403, "This is for administrators.")


def somebody(user_id: int) -> User:
    """Who is here, for administrators alone; raises Refused."""
    for_administrators()
    user = db.session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise Refused(404, f"There is no account {user_id}.")
    return user


def invitation_resource(invitation: Invitation) -> InvitationResource:
    """An invitation, without its link."""
    return {
        "id": invitation.id,
        "state": invitation.state,
        "role": invitation.role,
        "email": invitation.email,
        "made_by": invitation.made_by.username,
        "used_by": invitation.used_by.username if invitation.used_by else None,
        "created_at": invitation.created_at.isoformat(),
        "expires_at": invitation.expires_at.isoformat(),
    }


@blueprint.get("/accounts")
@documented("List accounts", answer=ACCOUNTS, scope=Scope.ADMIN)
def list_accounts() -> ResponseReturnValue:
    """All accounts, for administrators."""
    for_administrators()
    everybody = select(User).where(User.deleted_at.is_(None))
    return ACCOUNTS.of_query(everybody, {User.username: False}, person_resource)


@blueprint.get("/accounts/<int:user_id>")
@documented("Show an account", errors=(404,), answer=WholeAccountResource, scope=Scope.ADMIN)
def show_account(user_id: int) -> ResponseReturnValue:
    """With what the end of the account would be about, for administrators."""
    user = somebody(user_id)
    counts = farewell.affected(db.session(), user)
    answer = jsonify({**person_resource(user), "affected": vars(counts)})
    answer.set_etag(tag_of(person_resource(user)))
    return answer


@blueprint.patch("/accounts/<int:user_id>")
@documented(
    "Change a person's role, or whether they may come in",
    body=PersonPatch,
    errors=(404, 409, 412),
    answer=AccountResource,
    scope=Scope.ADMIN,
)
def change_person(user_id: int) -> ResponseReturnValue:
    """The last administrator stays one. For administrators."""
    user, body = somebody(user_id), read_body(PersonPatch)
    check_match(user, lambda: person_resource(user))
    try:
        if body.role is not None:
            registration.checked_role(body.role)
    except AccountProblem as problem:
        raise refused(problem) from problem
    try:
        if body.role is not None:
            people.change_role(db.session(), current_user, user, body.role)
        if body.active is not None:
            act = people.activate if body.active else people.deactivate
            act(db.session(), current_user, user)
    except AccountProblem as problem:
        raise Refused(409, problem.message) from problem
    return tagged(jsonify(person_resource(user)))


@blueprint.delete("/accounts/<int:user_id>")
@password_change_by_program
@documented("Delete a person's account", body=LeaveBody, status=204, errors=(404,), scope=Scope.ADMIN)
def delete_person(user_id: int) -> ResponseReturnValue:
    """Comments stay, by “a deleted account”. For administrators."""
    user, body = somebody(user_id), read_body(LeaveBody)
    check_own_password(body.password)
    actor = db.session.get_one(User, current_user.id)
    try:
        farewell.delete_account(db.session(), actor, user, body.experiments, body.heir)
    except AccountProblem as problem:
        raise refused(problem) from problem
    return Response(status=204)


@blueprint.get("/accounts/<int:user_id>/logins")
@documented("List where somebody is logged in", errors=(404,), answer=LOGINS, scope=Scope.ADMIN)
def list_logins_of_person(user_id: int) -> ResponseReturnValue:
    """For administrators."""
    return LOGINS.of_items(logins_of(db.session(), somebody(user_id)), last_used_first, login_resource)


@blueprint.delete("/accounts/<int:user_id>/logins")
@documented("Log somebody out everywhere", status=204, errors=(404,), scope=Scope.ADMIN)
def end_logins_of_person(user_id: int) -> ResponseReturnValue:
    """For administrators."""
    people.end_logins(db.session(), current_user, somebody(user_id))
    return Response(status=204)


@blueprint.delete("/accounts/<int:user_id>/logins/<int:login_id>")
@documented("End a login of somebody", status=204, errors=(404,), scope=Scope.ADMIN)
def end_login_of_person(user_id: int, login_id: int) -> ResponseReturnValue:
    """For administrators."""
    user, login = somebody(user_id), db.session.get(Login, login_id)
    if login is None or login.user_id != user.id:
        raise Refused(404, f"{user.username} has no login {login_id}.")
    end_one_login(db.session(), current_user, login)
    return Response(status=204)


@blueprint.post("/accounts/<int:user_id>/reset")
@mails_by_person
@documented(
    "Mail somebody a link for another password", status=202, errors=(404, 409), answer=MailedResource, scope=Scope.ADMIN
)
def mail_reset_to_person(user_id: int) -> ResponseReturnValue:
    """For administrators."""
    user = somebody(user_id)
    if not user.is_active:
        raise Refused(409, mailed_links.NOT_TO_DEACTIVATED.format(who=user.username))
    mail.behind(mailed_links.mail_reset, user.username, request.remote_addr or "", current_user.id)
    return jsonify(mailed=True), 202


@blueprint.delete("/accounts/<int:user_id>/two-factor")
@documented("Switch somebody's two-factor login off", status=204, errors=(404,), scope=Scope.ADMIN)
def end_two_factor_of_person(user_id: int) -> ResponseReturnValue:
    """For who lost phone and recovery codes. For administrators."""
    two_factor.switch_off(db.session(), current_user, somebody(user_id))
    return Response(status=204)


@blueprint.get("/invitations")
@documented("List invitations", answer=INVITATIONS, scope=Scope.ADMIN)
def list_invitations() -> ResponseReturnValue:
    """Newest first, for administrators."""
    for_administrators()
    found = select(Invitation).options(joinedload(Invitation.made_by), joinedload(Invitation.used_by))
    return INVITATIONS.of_query(found, {Invitation.id: True}, invitation_resource)


@blueprint.post("/invitations")
@mails_by_person
@documented(
    "Make an invitation",
    body=InvitationBody,
    status=201,
    answer=NewInvitationResource,
    scope=Scope.ADMIN,
    secrets=("link",),
)
def create_invitation() -> ResponseReturnValue:
    """Its link is in this answer, and shown this once. For administrators."""
    for_administrators()
    body = read_body(InvitationBody)
    try:
        made, path = registration.invite(db.session(), current_user, body.role, body.email, body.days)
    except AccountProblem as problem:
        raise refused(problem) from problem
    address = (current_app.config["SETTINGS"].url or request.host_url.rstrip("/")) + path
    problem_text = None
    if made.email:
        try:
            registration.send_invitation(current_user, made, address)
        except mail.MailNotSent as not_sent:
            problem_text = str(not_sent)
    return jsonify(**invitation_resource(made), link=address, mail_problem=problem_text), 201


@blueprint.delete("/invitations/<int:invitation_id>")
@documented("Revoke an invitation", status=204, errors=(404,), scope=Scope.ADMIN)
def delete_invitation(invitation_id: int) -> ResponseReturnValue:
    """Its link is worth nothing from now on. For administrators."""
    for_administrators()
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        raise Refused(404, f"There is no invitation {invitation_id}.")
    registration.revoke(db.session(), current_user, invitation)
    return Response(status=204)


@blueprint.get("/registration")
@documented("Show who may make an account", answer=RegistrationResource, scope=Scope.ADMIN)
def show_registration() -> ResponseReturnValue:
    """For administrators."""
    for_administrators()
    return jsonify(registration=registration.mode(db.session()))


@blueprint.put("/registration")
@documented("Choose who may make an account", body=RegistrationBody, answer=RegistrationResource, scope=Scope.ADMIN)
def choose_registration() -> ResponseReturnValue:
    """From now on. For administrators."""
    for_administrators()
    try:
        registration.choose_mode(db.session(), current_user, read_body(RegistrationBody).registration)
    except AccountProblem as problem:
        raise refused(problem) from problem
    return jsonify(registration=registration.mode(db.session()))


@blueprint.get("/audit")
@documented(
    "Read the audit log",
    query=AUDIT_QUERY,
    answer=ENTRIES,
    scope=Scope.ADMIN,
)
def read_audit() -> ResponseReturnValue:
    """Newest first, for administrators."""
    return ENTRIES.of_query(wanted_entries().query().order_by(None), {AuditEntry.id: True}, listing.as_json)


@blueprint.get("/audit/export")
@documented(
    "Export the audit log",
    query={**AUDIT_QUERY, "format": one_of("csv otherwise.", *KINDS)},
    answers=("text/csv", "application/json"),
    answer=list[AuditEntryResource],
    scope=Scope.ADMIN,
)
def export_audit_log() -> ResponseReturnValue:
    """All that fits, as a file. For administrators."""
    wanted, kind = wanted_entries(), request.args.get("format", "csv")
    if kind not in KINDS:
        raise invalid([Problem("format", f"format is {' or '.join(KINDS)}; you sent “{kind[:40]}”.")])
    return export(kind, wanted)


def wanted_entries() -> Filter:
    """What the query asks for, for administrators alone; raises Refused."""
    for_administrators()
    try:
        return Filter.read({name: request.args.get(name, "") for name in FIELDS})
    except FilterProblem as problem:
        raise refused(problem) from problem
