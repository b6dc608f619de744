"""Tags, for programs."""

from typing import Annotated, Any

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, WithJsonSchema, with_config
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from typing_extensions import TypedDict

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import TAG_NAME, TAG_NAMES, Body, read_body, words
from webapp.api.description import ROW, documented
from webapp.api.matching import check_match, tag_of, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, invalid
from webapp.api.resources import Path
from webapp.ids import LARGEST
from webapp.models import COLOURS, Experiment, Tag, db
from webapp.tags import changes
from webapp.tags.service import TagProblem, parse_tags, tag_many
from webapp.tags.uses import CountedTag, counted_tags, is_known_to, known_tag, people_of, uses_of, why_taken

COLOUR: dict[str, Any] = {"enum": [*COLOURS]}


class TagBody(Body):
    """A new tag."""

    name: str = Field(description="One word, at most 40 characters.", json_schema_extra={**TAG_NAME, "minLength": 1})
    colour: str = Field(COLOURS[0], description="What it looks like.", json_schema_extra=COLOUR)


class TagPatch(Body):
    """What may be changed of a tag; what is left out stays."""

    name: str | None = Field(
        None,
        description="Another name, which no other tag has.",
        json_schema_extra={**words(TAG_NAME["maxLength"]), "pattern": TAG_NAME["pattern"]},
    )
    colour: str | None = Field(None, description="Another colour.", json_schema_extra={"enum": [*COLOURS, None]})


class MergeBody(Body):
    """Into which tag another is merged."""

    into: str = Field(description="The name of the tag that stays.")


class TaggingBody(Body):
    """Tags for many experiments."""

    experiments: list[int] = Field(
        description="Their ids, at most 200.", min_length=1, max_length=200, json_schema_extra={"items": ROW}
    )
    add: list[str] = Field(default_factory=list, description="Tags that they get.", json_schema_extra=TAG_NAMES)
    remove: list[str] = Field(default_factory=list, description="Tags that they lose.", json_schema_extra=TAG_NAMES)


@with_config(extra="forbid")
class TagResource(TypedDict):
    """A tag by itself."""

    id: int
    name: str
    colour: Annotated[str, WithJsonSchema({"type": "string", **COLOUR})]
    url: Annotated[Path, Field(description="Its page.")]


@with_config(extra="forbid")
class CountedTagResource(TagResource):
    """A tag with how many experiments and comments that you may see carry it."""

    experiments: int
    comments: int


@with_config(extra="forbid")
class TaggedExperiment(TypedDict):
    """An experiment that carries a tag."""

    id: int
    title: str


@with_config(extra="forbid")
class TaggedComment(TypedDict):
    """A comment that carries a tag."""

    id: int
    experiment: int


@with_config(extra="forbid")
class UsedTagResource(CountedTagResource):
    """A tag and what carries it; the counts are of all there is."""

    hidden: Annotated[int, Field(description="How many experiments and comments with it you may not see.")]
    first_experiments: list[TaggedExperiment]
    first_comments: list[TaggedComment]
    may_change: Annotated[bool, Field(description="Whether you may change, merge and delete it.")]


@with_config(extra="forbid")
class ExperimentTags(TypedDict):
    """An experiment and all its tags."""

    id: int
    tags: list[str]


@with_config(extra="forbid")
class TaggedResource(TypedDict):
    """The experiments that were tagged."""

    experiments: list[ExperimentTags]


TAGS = Listing("tags", CountedTagResource, default=200, most=1000)


@blueprint.get("/tags")
@documented(
    "List tags",
    query={"q": "Text that their names have; those that begin so come first."},
    answer=TAGS,
)
def list_tags() -> ResponseReturnValue:
    """By name, each with how many of the experiments and comments that you may see carry it."""
    text = request.args.get("q", "").strip().lstrip("#").lower()[:40]
    counted = counted_tags(db.session(), current_user, text)
    return TAGS.of_items(
        counted, lambda each: (int(not each.tag.name.startswith(text)), each.tag.name), counted_resource
    )


@blueprint.post("/tags")
@documented("Make a tag", body=TagBody, status=201, answer=TagResource)
def create_tag() -> ResponseReturnValue:
    """Tags are also made by giving one to an experiment or a comment."""
    if not policy.may_submit(current_user):
        raise Refused(403, "You may look at what is here, but make nothing.")
    body = read_body(TagBody)
    try:
        tag = changes.create(db.session(), body.name, body.colour)
    except (TagProblem, changes.NameTaken) as problem:
        raise refused(problem, "colour" if body.colour not in COLOURS else "name") from problem
    return tagged(jsonify(tag_resource(tag))), 201


@blueprint.get("/tags/<int:tag_id>")
@documented("Show a tag", errors=(404,), answer=UsedTagResource)
def show_tag(tag_id: int) -> ResponseReturnValue:
    """What carries it: how much, the first few that you may see, and how many you may not see; and whether you may change it."""
    tag = find_tag(tag_id)
    uses = uses_of(db.session(), tag, current_user)
    answer = jsonify(
        **tag_resource(tag),
        experiments=uses.experiments,
        comments=uses.comments,
        hidden=uses.hidden,
        first_experiments=[{"id": each.id, "title": each.title} for each in uses.first_experiments],
        first_comments=[{"id": each.id, "experiment": each.experiment_id} for each in uses.first_comments],
        may_change=policy.may_manage_tag(current_user, people_of(db.session(), tag)),
    )
    answer.set_etag(tag_of(tag_resource(tag)))
    return answer


@blueprint.patch("/tags/<int:tag_id>")
@documented("Rename or recolour a tag", body=TagPatch, errors=(403, 404, 409, 412), answer=TagResource)
def change_tag(tag_id: int) -> ResponseReturnValue:
    """Everything that carries it keeps it. 409 where another tag has the name: merge the two then."""
    tag, body = own_tag(tag_id), read_body(TagPatch)
    check_match(tag, lambda: tag_resource(tag))
    try:
        changes.change(db.session(), tag, body.name, body.colour)
    except (TagProblem, changes.NameTaken) as problem:
        raise refused(problem, "colour" if body.colour not in (None, *COLOURS) else "name") from problem
    return tagged(jsonify(tag_resource(tag)))


@blueprint.post("/tags/<int:tag_id>/merge")
@documented("Merge a tag into another", body=MergeBody, errors=(403, 404), answer=TagResource)
def merge_tag(tag_id: int) -> ResponseReturnValue:
    """Everything that carries it carries the other one from now on, and it is gone. Answers the one that stays."""
    tag, body = own_tag(tag_id), read_body(MergeBody)
    into = known_tag(db.session(), body.into.strip().lstrip("#"), current_user)
    if into is None:
        raise invalid([Problem("into", f"There is no tag “{body.into[:40]}”.")], 404)
    stays = tag_resource(into)
    try:
        changes.merge(db.session(), current_user, tag, into)
    except TagProblem as problem:
        raise refused(problem, "into") from problem
    return jsonify(stays)


@blueprint.delete("/tags/<int:tag_id>")
@documented("Delete a tag", status=204, errors=(403, 404, 412))
def delete_tag(tag_id: int) -> ResponseReturnValue:
    """It is taken from everything that carries it."""
    tag = own_tag(tag_id)
    check_match(tag, lambda: tag_resource(tag))
    changes.delete(db.session(), current_user, tag)
    return Response(status=204)


@blueprint.post("/experiments/tags")
@documented("Tag many experiments", body=TaggingBody, errors=(403, 404), answer=TaggedResource)
def tag_experiments() -> ResponseReturnValue:
    """All of them or none: each keeps what tags it has else."""
    body = read_body(TaggingBody)
    found = find_experiments(body.experiments)
    try:
        tag_many(db.session(), found, parse_tags(body.add), parse_tags(body.remove))
    except TagProblem as problem:
        raise refused(problem, "add") from problem
    return jsonify(experiments=[{"id": each.id, "tags": [tag.name for tag in each.tags]} for each in found])


def find_experiments(ids: list[int]) -> list[Experiment]:
    """These experiments, all of which this person may change; Refused (404 or 403) otherwise."""
    known = [number for number in ids if 0 <= number <= LARGEST]
    query = select(Experiment).where(Experiment.id.in_(known), policy.seen_by(current_user))
    found = {each.id: each for each in db.session.scalars(query.options(selectinload(Experiment.tags)))}
    for number in ids:
        if number not in found:
            raise Refused(404, f"There is no experiment {number}.")
        if not policy.may_change(current_user, found[number]):
            raise Refused(403, f"Experiment {number} belongs to somebody else; its owner may change it.")
    return list(found.values())


def tag_resource(tag: Tag) -> TagResource:
    """A tag by itself."""
    return {"id": tag.id, "name": tag.name, "colour": tag.colour, "url": url_for("tags.show", name=tag.name)}


def counted_resource(counted: CountedTag) -> CountedTagResource:
    """A tag with how much carries it."""
    return {**tag_resource(counted.tag), "experiments": counted.experiments, "comments": counted.comments}


def find_tag(tag_id: int) -> Tag:
    """The tag, or Refused (404): also where only things carry it that this person may not see."""
    tag = db.session.get(Tag, tag_id)
    if tag is None or not is_known_to(db.session(), tag, current_user):
        raise Refused(404, f"There is no tag {tag_id}.")
    return tag


def own_tag(tag_id: int) -> Tag:
    """The tag when this person may change it; Refused (404 or 403) otherwise."""
    tag = find_tag(tag_id)
    if not policy.may_manage_tag(current_user, people_of(db.session(), tag)):
        raise Refused(403, "Others use this tag, too: only an administrator may change or delete it.")
    return tag


def refused(problem: Exception, field: str) -> Refused:
    """409 where a name is taken, else 422 with the field."""
    if isinstance(problem, changes.NameTaken):
        return Refused(409, why_taken(db.session(), problem, current_user))
    return invalid([Problem(field, str(problem))])
