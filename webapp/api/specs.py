"""Specs before they are submitted: what they may hold, whether one is right, what it takes, and some to begin with."""

from typing import Annotated, Any

import yaml
from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from dlcore.describe import Row, describe
from dlcore.errors import SpecError
from dlcore.recipes import Recipe, recipes
from dlcore.spec import Spec
from dlcore.validation import Problem, SpecInvalid, parse_spec
from webapp.api import blueprint
from webapp.api.bodies import Body, read_body
from webapp.api.description import documented
from webapp.api.paging import Listing
from webapp.api.problems import invalid, pointer
from webapp.experiments import service
from webapp.experiments.new import read_yaml
from webapp.models import Scope, db


def has(name: str, kind: str) -> dict[str, Any]:
    """The schema of what has this field."""
    return {"required": [name], "properties": {name: {"type": kind}}}


class SpecBody(Body):
    """A spec to look at: as data, or as YAML."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [has("spec", "object"), has("yaml", "string")]})

    spec: dict[str, Any] | None = Field(None, description="As an experiment has it.")
    yaml: str | None = Field(None, description="The same as text, at most 200,000 characters.")


@with_config(extra="forbid")
class Mistake(TypedDict):
    """Something that is wrong."""

    field: str
    pointer: str
    detail: str


@with_config(extra="forbid")
class LayerResource(TypedDict):
    """A layer of the network."""

    name: str
    label: str
    output_shape: list[int]
    parameters: int
    multiply_adds: int
    activation_bytes: int


@with_config(extra="forbid")
class DescriptionResource(TypedDict):
    """The layers, and what training takes."""

    rows: list[LayerResource]
    parameters: int
    multiply_adds: int
    activation_bytes: int
    training_bytes: int


@with_config(extra="forbid")
class SpecResource(TypedDict):
    """What there is to say of a spec."""

    valid: Annotated[bool, Field(description="Whether it could be submitted now.")]
    errors: list[Mistake]
    spec: Annotated[dict[str, Any] | None, Field(description="The whole of it, every default written out.")]
    yaml: str | None
    description: DescriptionResource | None


@with_config(extra="forbid")
class RecipeResource(TypedDict):
    """A spec worth starting from."""

    name: str
    title: str
    summary: Annotated[str, Field(description="What it shows.")]
    watch: Annotated[str, Field(description="What to look at while it trains.")]
    spec: dict[str, Any]


RECIPES = Listing("recipes", RecipeResource)


@blueprint.get("/recipes")
@documented("List the recipes", answer=RECIPES)
def list_recipes() -> ResponseReturnValue:
    """Specs worth starting from, simplest first."""
    numbered = dict(enumerate(recipes()))
    return RECIPES.of_items(numbered, lambda number: (number,), lambda number: recipe_resource(numbered[number]))


@blueprint.get("/specs/schema")
@documented(
    "Read the JSON schema of a spec",
    answer=dict[str, Any],
    example={"title": "Spec", "type": "object", "properties": {"epochs": {"type": "integer", "minimum": 1}}},
)
def show_schema() -> ResponseReturnValue:
    """All that a spec may hold; ``/api/v1/parts`` says the same part by part."""
    return jsonify(Spec.model_json_schema())


@blueprint.post("/specs/validate")
@documented("Check a spec", body=SpecBody, answer=SpecResource, scope=Scope.READ)
def validate_spec() -> ResponseReturnValue:
    """As the form does: nothing is submitted. All mistakes are told, with the layer table and what training takes."""
    data = given(read_body(SpecBody))
    try:
        spec = parse_spec(data)
    except SpecInvalid as error:
        return jsonify(looked_at(None, error.problems))
    problems = []
    try:
        service.check_runnable(db.session(), spec, current_user)
    except service.ExperimentProblem as problem:
        problems.append(Problem(problem.field, problem.message))
    return jsonify(looked_at(spec, problems))


def given(body: SpecBody) -> Any:
    """The data of what was sent. Raises Refused (422)."""
    if (body.spec is None) == (body.yaml is None):
        raise invalid([Problem("spec", "Send either spec or yaml.")])
    if body.yaml is None:
        return body.spec
    data, problem = read_yaml(body.yaml)
    if problem:
        raise invalid([Problem("yaml", problem)])
    return data


def looked_at(spec: Spec | None, problems: list[Problem]) -> SpecResource:
    """The answer about a spec, or about data that is none."""
    errors: list[Mistake] = [{"field": p.path, "pointer": pointer(p.path), "detail": p.message} for p in problems]
    whole = spec.model_dump(mode="json") if spec else None
    text = yaml.safe_dump(whole, sort_keys=False, default_flow_style=None, width=100) if whole else None
    return {
        "valid": spec is not None and not errors,
        "errors": errors,
        "spec": whole,
        "yaml": text,
        "description": description_of(spec) if spec else None,
    }


def description_of(spec: Spec) -> DescriptionResource | None:
    """The layer table; None for a network that is too large to be told of."""
    try:
        found = describe(spec)
    except SpecError:
        return None
    return {
        "rows": [layer_resource(row) for row in found.rows],
        "parameters": found.parameters,
        "multiply_adds": found.multiply_adds,
        "activation_bytes": found.activation_bytes,
        "training_bytes": found.training_bytes,
    }


def layer_resource(row: Row) -> LayerResource:
    """A layer of the table."""
    return {
        "name": row.name,
        "label": row.label,
        "output_shape": list(row.output_shape),
        "parameters": row.parameters,
        "multiply_adds": row.multiply_adds,
        "activation_bytes": row.activation_bytes,
    }


def recipe_resource(recipe: Recipe) -> RecipeResource:
    """A recipe with its whole spec."""
    return {
        "name": recipe.name,
        "title": recipe.title,
        "summary": recipe.summary,
        "watch": recipe.watch,
        "spec": recipe.spec.model_dump(mode="json"),
    }
