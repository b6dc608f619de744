"""A person's own account: profile, address, password, logins, tokens, second factor."""

from typing import Annotated

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from typing_extensions import TypedDict

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body
from webapp.api.description import documented
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid, refused
from webapp.api.resources import Moment
from webapp.auth import farewell, mailed_links, people, two_factor
from webapp.auth.limits import mails_by_person, password_change_by_program
from webapp.auth.login import end_one_login, logins_of
from webapp.auth.passwords import password_fits, replace_password
from webapp.auth.service import AccountProblem, check_password
from webapp.devices import device_of
from webapp.mail import MailNotSent
from webapp.models import Login, Scope, User, db


class AddressBody(Body):
    """Another e-mail address."""

    email: str = Field(
        description="The new address; a link is mailed there, and the address is yours once it is opened."
    )
    password: str = Field(description="Your password.")


class PasswordBody(Body):
    """Another password."""

    current: str = Field(description="Your password as it is.")
    password: str = Field(description="The new one, 8 to 200 characters.")


class CodeBody(Body):
    """The first code of a new second factor."""

    code: str = Field(description="The six digits that the app shows.")
    password: str = Field(description="Your password.")


class SureBody(Body):
    """Something that takes the password."""

    password: str = Field(description="Your password.")


class LeaveBody(Body):
    """The end of an account."""

    experiments: str = Field(
        description="What becomes of experiments, data sets and comparisons.",
        json_schema_extra={"enum": [people.HAND_OVER, people.DELETE]},
    )
    heir: str = Field("", description="Who gets them: a username or e-mail address.")
    password: str = Field(description="Your own password.")


@with_config(extra="forbid")
class AccountResource(TypedDict):
    """An account, as its owner and administrators see it."""

    id: int
    username: str
    name: str
    about: str
    email: str
    role: str
    active: Annotated[bool, Field(description="Whether they may come in.")]
    two_factor: bool
    created_at: Moment


@with_config(extra="forbid")
class LoginResource(TypedDict):
    """Where somebody is logged in."""

    id: int
    device: Annotated[str, Field(description="The browser and the system, in words.")]
    ip: str
    created_at: Moment
    last_used_at: Moment | None


@with_config(extra="forbid")
class AddressResource(TypedDict):
    """An address, and the one that waits for its link to be opened."""

    email: str
    waiting: str


@with_config(extra="forbid")
class SecondFactorResource(TypedDict):
    """A secret for an app that shows codes; both are null when the same request comes again."""

    secret: str | None
    uri: Annotated[str | None, Field(description="The same as an otpauth address, for a QR code.")]


@with_config(extra="forbid")
class RecoveryCodesResource(TypedDict):
    """Codes that each let you in once without the app."""

    recovery_codes: Annotated[
        list[str] | None, Field(description="Told this once; null when the same request comes again.")
    ]


LOGINS = Listing("logins", LoginResource, default=200)


def last_used_first(login: Login) -> tuple[float, int]:
    """The place of a login in a list."""
    used = login.last_used_at
    return -used.timestamp() if used else 0.0, -login.id


def person_resource(user: User) -> AccountResource:
    """An account, as its owner and administrators see it."""
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "about": user.about,
        "email": user.email,
        "role": user.role,
        "active": user.is_active,
        "two_factor": user.has_second_factor,
        "created_at": user.created_at.isoformat(),
    }


def login_resource(login: Login) -> LoginResource:
    """Where somebody is logged in."""
    used = login.last_used_at
    return {
        "id": login.id,
        "device": device_of(login.user_agent),
        "ip": login.ip,
        "created_at": login.created_at.isoformat(),
        "last_used_at": used.isoformat() if used else None,
    }


def check_own_password(password: str, field: str = "password") -> None:
    """Raises Refused (403) where this is not the password of who asks."""
    if not password_fits(current_user, password):
        raise invalid([Problem(field, "This is not your password.")], 403)


@blueprint.delete("/account")
@password_change_by_program
@documented("Delete your account", body=LeaveBody, status=204, scope=Scope.ACCOUNT)
def leave_account() -> ResponseReturnValue:
    """Comments stay, by “a deleted account”."""
    body, user = read_body(LeaveBody), db.session.get_one(User, current_user.id)
    check_own_password(body.password)
    try:
        farewell.delete_account(db.session(), user, user, body.experiments, body.heir)
    except AccountProblem as problem:
        raise refused(problem) from problem
    return Response(status=204)


@blueprint.post("/account/address")
@password_change_by_program
@mails_by_person
@documented("Ask for another e-mail address", body=AddressBody, status=202, answer=AddressResource, scope=Scope.ACCOUNT)
def ask_for_address() -> ResponseReturnValue:
    """Mails a link to the new address."""
    body = read_body(AddressBody)
    check_own_password(body.password)
    try:
        waiting = mailed_links.ask_for_address(db.session(), current_user, body.email)
    except AccountProblem as problem:
        raise refused(problem) from problem
    except MailNotSent as problem:
        raise Refused(503, str(problem)) from problem
    return jsonify(email=current_user.email, waiting=waiting), 202


@blueprint.post("/account/password")
@password_change_by_program
@documented("Change your password", body=PasswordBody, status=204, scope=Scope.ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Every browser is logged out. Tokens go on."""
    body = read_body(PasswordBody)
    check_own_password(body.current, "current")
    try:
        check_password(body.password)
    except AccountProblem as problem:
        raise refused(problem) from problem
    replace_password(db.session(), current_user, body.password)
    people.tell_streams()
    return Response(status=204)


@blueprint.get("/account/logins")
@documented("List where you are logged in", answer=LOGINS, scope=Scope.ACCOUNT)
def list_logins() -> ResponseReturnValue:
    """The last used first."""
    return LOGINS.of_items(logins_of(db.session(), current_user), last_used_first, login_resource)


@blueprint.delete("/account/logins")
@documented("Log out everywhere", status=204, scope=Scope.ACCOUNT)
def end_all_logins() -> ResponseReturnValue:
    """Every browser is logged out. Tokens go on."""
    people.end_logins(db.session(), current_user, current_user)
    return Response(status=204)


@blueprint.delete("/account/logins/<int:login_id>")
@documented("End a login", status=204, errors=(404,), scope=Scope.ACCOUNT)
def end_login(login_id: int) -> ResponseReturnValue:
    """That browser is logged out."""
    login = db.session.get(Login, login_id)
    if login is None or login.user_id != current_user.id:
        raise Refused(404, f"You have no login {login_id}.")
    end_one_login(db.session(), current_user, login)
    return Response(status=204)


@blueprint.post("/account/two-factor")
@documented(
    "Begin with two-factor login",
    status=201,
    answer=SecondFactorResource,
    scope=Scope.ACCOUNT,
    secrets=("secret", "uri"),
)
def begin_two_factor() -> ResponseReturnValue:
    """A secret for the app. It counts once it is confirmed."""
    try:
        two_factor.begin(db.session(), current_user)
    except AccountProblem as problem:
        raise refused(problem) from problem
    return jsonify(secret=current_user.totp_secret, uri=two_factor.address_of(current_user)), 201


@blueprint.post("/account/two-factor/confirm")
@password_change_by_program
@documented(
    "Switch two-factor login on",
    body=CodeBody,
    answer=RecoveryCodesResource,
    scope=Scope.ACCOUNT,
    secrets=("recovery_codes",),
)
def confirm_two_factor() -> ResponseReturnValue:
    """The recovery codes are in this answer, and shown this once."""
    body = read_body(CodeBody)
    check_own_password(body.password)
    try:
        return jsonify(recovery_codes=two_factor.confirm(db.session(), current_user, body.code))
    except AccountProblem as problem:
        raise refused(problem) from problem


@blueprint.post("/account/two-factor/codes")
@password_change_by_program
@documented(
    "Make other recovery codes",
    body=SureBody,
    answer=RecoveryCodesResource,
    scope=Scope.ACCOUNT,
    secrets=("recovery_codes",),
)
def renew_recovery_codes() -> ResponseReturnValue:
    """The older ones are worth nothing from now on."""
    check_own_password(read_body(SureBody).password)
    try:
        return jsonify(recovery_codes=two_factor.renew_recovery_codes(db.session(), current_user))
    except AccountProblem as problem:
        raise refused(problem) from problem


@blueprint.delete("/account/two-factor")
@password_change_by_program
@documented("Switch two-factor login off", body=SureBody, status=204, scope=Scope.ACCOUNT)
def end_two_factor() -> ResponseReturnValue:
    """The password alone lets you in then."""
    check_own_password(read_body(SureBody).password)
    two_factor.switch_off(db.session(), current_user, current_user)
    return Response(status=204)
