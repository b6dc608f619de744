"""One's own tokens, for programs: what a token issues may do no more than it may itself, and is good no longer."""

from flask import Response, g, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field
from sqlalchemy import select

from dlcore.validation import Problem
from webapp.account import tokens
from webapp.api import blueprint
from webapp.api.access import granted_scopes
from webapp.api.bodies import Body, read_body
from webapp.api.description import documented
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid
from webapp.api.resources import IssuedTokenResource, TokenResource, token_resource
from webapp.models import ApiToken, Scope, db

TOKENS = Listing("tokens", TokenResource)


class TokenBody(Body):
    """A new token."""

    label: str = Field("", description=f"What it is for, at most {tokens.LONGEST_LABEL} characters.")
    scopes: list[str] = Field(
        description="What it may do; at least one.",
        json_schema_extra={"items": {"type": "string", "enum": list(Scope)}, "minItems": 1},
    )
    expires_in_days: int | None = Field(
        90, ge=1, le=tokens.LONGEST_DAYS, description="For how many days it is good; null: until it is revoked."
    )


@blueprint.get("/tokens")
@documented("List your tokens", answer=TOKENS, scope=Scope.ACCOUNT)
def list_tokens() -> ResponseReturnValue:
    """Oldest first, those that have expired among them; never with their text."""
    return TOKENS.of_query(
        select(ApiToken).where(ApiToken.user_id == current_user.id), {ApiToken.id: False}, token_resource
    )


@blueprint.post("/tokens")
@documented(
    "Issue a token",
    body=TokenBody,
    status=201,
    answer=IssuedTokenResource,
    scope=Scope.ACCOUNT,
    secrets=("token",),
)
def create_token() -> ResponseReturnValue:
    """Its text is in the answer, and can be found nowhere afterwards. A token may not issue a wider one, or one that outlives it."""
    body = read_body(TokenBody)
    until = g.bearer.expires_at if g.get("bearer") else None
    try:
        made, text = tokens.issue(
            db.session(), current_user, body.label, body.scopes, body.expires_in_days, granted_scopes(), until
        )
    except tokens.TokenProblem as problem:
        field = "expires_in_days" if problem.field == "days" else problem.field
        raise invalid([Problem(field, problem.message)]) from problem
    answer = {**token_resource(made), "token": text}
    return jsonify(answer), 201, {"Location": url_for("api.show_token", token_id=made.id)}


@blueprint.get("/tokens/<int:token_id>")
@documented("Show a token", errors=(404,), answer=TokenResource, scope=Scope.ACCOUNT)
def show_token(token_id: int) -> ResponseReturnValue:
    """Without its text."""
    return jsonify(token_resource(own_token(token_id)))


@blueprint.delete("/tokens/<int:token_id>")
@documented("Revoke a token", status=204, errors=(404,), scope=Scope.ACCOUNT)
def delete_token(token_id: int) -> ResponseReturnValue:
    """Programs that use it are refused from now on; it may be the very one that asks."""
    tokens.revoke(db.session(), own_token(token_id))
    return Response(status=204)


def own_token(token_id: int) -> ApiToken:
    """This person's token, or Refused (404)."""
    token = tokens.find(db.session(), current_user, token_id)
    if token is None:
        raise Refused(404, f"You have no token {token_id}.")
    return token
