"""Who sees an experiment, for programs."""

from typing import Annotated

from flask import Response, current_app, jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body, words
from webapp.api.description import documented
from webapp.api.experiments import find_experiment
from webapp.api.problems import Refused, refused
from webapp.api.resources import Moment
from webapp.formatting import iso
from webapp.models import Access, Experiment, Scope, Share, Visibility, db
from webapp.sharing import service


class VisibilityBody(Body):
    """Who sees something."""

    visibility: str = Field(
        description="private: you and administrators. shared: also the people it is shared with. open: everyone signed in. "
        "public: also whoever has its link.",
        json_schema_extra={"enum": list(Visibility)},
    )


class DefaultBody(Body):
    """Who sees what you submit from now on."""

    visibility: str = Field(description="private or open.", json_schema_extra={"enum": list(service.DEFAULTS)})


class ShareBody(Body):
    """Somebody it is shared with."""

    username: str = Field(description="Whom it is shared with.", json_schema_extra=words())
    access: str = Field("view", description="What they may do: view or edit.", json_schema_extra={"enum": list(Access)})


VisibilityName = Annotated[str, WithJsonSchema({"type": "string", "enum": list(Visibility)})]


@with_config(extra="forbid")
class ShareResource(TypedDict):
    """Somebody it is shared with."""

    id: int
    username: str
    name: str
    access: Annotated[str, WithJsonSchema({"type": "string", "enum": list(Access)})]
    created_at: Moment


@with_config(extra="forbid")
class SharingResource(TypedDict):
    """Who sees an experiment."""

    experiment: int
    visibility: VisibilityName
    link: Annotated[str | None, Field(description="Whoever has this address sees it without an account.")]
    shares: list[ShareResource]


@with_config(extra="forbid")
class DefaultVisibility(TypedDict):
    """Who sees what you submit."""

    visibility: VisibilityName


@blueprint.get("/experiments/<int:experiment_id>/sharing")
@documented("Show who sees an experiment", errors=(403, 404), answer=SharingResource)
def show_sharing(experiment_id: int) -> ResponseReturnValue:
    """Its visibility, its public link where it has one, and whom it is shared with. For its owner and administrators."""
    return jsonify(sharing_resource(managed(experiment_id)))


@blueprint.put("/experiments/<int:experiment_id>/visibility")
@documented("Say who sees an experiment", body=VisibilityBody, errors=(403, 404), answer=SharingResource)
def set_visibility(experiment_id: int) -> ResponseReturnValue:
    """At once, also for those who have it open. Becoming public makes a link; being public no longer ends it for good."""
    experiment = managed(experiment_id)
    word = read_body(VisibilityBody).visibility
    try:
        service.set_visibility(experiment, service.read_visibility(word))
    except service.SharingProblem as problem:
        raise refused(problem) from problem
    return jsonify(kept(experiment))


@blueprint.put("/experiments/<int:experiment_id>/shares")
@documented("Share an experiment with somebody", body=ShareBody, errors=(403, 404, 409), answer=SharingResource)
def share_experiment(experiment_id: int) -> ResponseReturnValue:
    """Or change what they may do. What was private becomes shared. A person whose role is viewer changes nothing even so."""
    experiment = managed(experiment_id)
    body = read_body(ShareBody)
    try:
        service.share(db.session(), experiment, body.username, body.access)
    except service.SharingProblem as problem:
        raise refused(problem) from problem
    return jsonify(kept(experiment))


@blueprint.delete("/experiments/<int:experiment_id>/shares/<int:person_id>")
@documented("Share an experiment no longer with somebody", status=204, errors=(403, 404, 409))
def unshare_experiment(experiment_id: int, person_id: int) -> ResponseReturnValue:
    """At once, also where they have it open. What is shared with nobody any more is private."""
    experiment = managed(experiment_id)
    if not any(share.user_id == person_id for share in experiment.shares):
        raise Refused(404, f"It is not shared with a person {person_id}.")
    service.unshare(experiment, person_id)
    kept(experiment)
    return Response(status=204)


@blueprint.post("/experiments/<int:experiment_id>/link")
@documented("Make a public link", status=201, errors=(403, 404), answer=SharingResource)
def make_link(experiment_id: int) -> ResponseReturnValue:
    """The experiment is public from now on; a link that there was stops working."""
    experiment = managed(experiment_id)
    service.make_link(experiment)
    return jsonify(kept(experiment)), 201


@blueprint.delete("/experiments/<int:experiment_id>/link")
@documented("Revoke the public link", status=204, errors=(403, 404))
def revoke_link(experiment_id: int) -> ResponseReturnValue:
    """At once, also for pages that are open. Everyone signed in still sees the experiment: it is open."""
    experiment = managed(experiment_id)
    service.revoke_link(experiment)
    kept(experiment)
    return Response(status=204)


@blueprint.get("/account/visibility")
@documented("Show who sees what you submit", answer=DefaultVisibility)
def show_default_visibility() -> ResponseReturnValue:
    """Unless a submission says otherwise."""
    return jsonify(visibility=current_user.default_visibility)


@blueprint.put("/account/visibility")
@documented("Say who sees what you submit", body=DefaultBody, answer=DefaultVisibility, scope=Scope.ACCOUNT)
def set_default_visibility() -> ResponseReturnValue:
    """From now on, unless a submission says otherwise."""
    word = read_body(DefaultBody).visibility
    try:
        current_user.default_visibility = service.read_visibility(word, service.DEFAULTS)
    except service.SharingProblem as problem:
        raise refused(problem) from problem
    db.session.commit()
    return jsonify(visibility=current_user.default_visibility)


def managed(experiment_id: int) -> Experiment:
    """The experiment when this person may say who sees it; Refused (404 or 403) otherwise."""
    experiment = find_experiment(experiment_id)
    if not policy.may_manage(current_user, experiment):
        raise Refused(403, "Only its owner and administrators say who sees an experiment.")
    return experiment


def kept(experiment: Experiment) -> SharingResource:
    """Commit what was changed, tell the streams that are open, and show it."""
    try:
        service.keep(db.session(), current_app.extensions["redis"])
    except service.ChangedMeanwhile as problem:
        raise Refused(409, str(problem)) from problem
    return sharing_resource(experiment)


def sharing_resource(experiment: Experiment) -> SharingResource:
    """Who sees an experiment."""
    link = url_for("experiments.public", key=experiment.link_key, _external=True) if experiment.link_key else None
    return {
        "experiment": experiment.id,
        "visibility": experiment.visibility,
        "link": link,
        "shares": [share_resource(share) for share in experiment.shares],
    }


def share_resource(share: Share) -> ShareResource:
    """Somebody it is shared with."""
    return {
        "id": share.user_id,
        "username": share.user.username,
        "name": share.user.name,
        "access": share.access,
        "created_at": iso(share.created_at),
    }
