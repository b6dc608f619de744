"""Who is here: oneself, and the others."""

from typing import Annotated

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from sqlalchemy import select
from typing_extensions import TypedDict

from webapp.account import service
from webapp.api import blueprint
from webapp.api.access import granted_scopes
from webapp.api.bodies import Body, read_body
from webapp.api.description import documented
from webapp.api.paging import Listing
from webapp.api.problems import Refused, refused
from webapp.api.resources import PersonResource, person_resource
from webapp.auth.service import AccountProblem
from webapp.models import Scope, User, db
from webapp.models.scope import write_scopes


@with_config(extra="forbid")
class MeResource(TypedDict):
    """You, and what this request may do for you."""

    person: PersonResource
    email: str
    scopes: Annotated[list[str], Field(description="Those of the token; all of them where a browser's session asks.")]


class ProfilePatch(Body):
    """What may be changed of your profile; what is left out stays."""

    name: str | None = Field(None, description=f"How you are called, at most {service.LONGEST_NAME} characters.")
    about: str | None = Field(None, description=f"At most {service.LONGEST_ABOUT} characters.")


PEOPLE = Listing("people", PersonResource)


@blueprint.get("/me")
@documented("Show who you are", answer=MeResource)
def show_me() -> ResponseReturnValue:
    """With the scopes of the token that asks."""
    return jsonify(me())


@blueprint.patch("/me")
@documented("Change your profile", body=ProfilePatch, answer=MeResource, scope=Scope.ACCOUNT)
def change_me() -> ResponseReturnValue:
    """The e-mail address and the password are changed on the account page, by whoever knows the password."""
    body = read_body(ProfilePatch)
    try:
        service.change_profile(db.session(), current_user, body.name, body.about)
    except AccountProblem as problem:
        raise refused(problem) from problem
    return jsonify(me())


@blueprint.get("/people")
@documented("List everybody", query={"beginning": "Only those whose username begins so."}, answer=PEOPLE)
def list_people() -> ResponseReturnValue:
    """By username."""
    people = select(User).where(User.deactivated_at.is_(None))
    if beginning := request.args.get("beginning", "").strip().lower()[:40]:
        people = people.where(User.username.startswith(beginning, autoescape=True))
    return PEOPLE.of_query(people, {User.username: False}, person_resource)


@blueprint.get("/people/<int:person_id>")
@documented("Show somebody", errors=(404,), answer=PersonResource)
def show_person(person_id: int) -> ResponseReturnValue:
    """What everybody may know of them."""
    found = db.session.get(User, person_id)
    if found is None:
        raise Refused(404, f"There is nobody of the number {person_id}.")
    return jsonify(person_resource(found))


def me() -> MeResource:
    """Whoever asks."""
    scopes = write_scopes(granted_scopes()).split()
    return {"person": person_resource(current_user), "email": current_user.email, "scopes": scopes}
