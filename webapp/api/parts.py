"""What a spec may be composed of, for programs."""

from functools import cache
from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import with_config
from typing_extensions import TypedDict

from dlcore.part import Part
from webapp.api import blueprint
from webapp.api.description import documented
from webapp.api.paging import Listing
from webapp.parts.declared import declared_parts


@with_config(extra="forbid")
class PartResource(TypedDict):
    """What a program may want to know of a part."""

    family: str
    kind: str
    also: list[str]
    name: str
    summary: str
    description: str
    schema: dict[str, Any]


PARTS = Listing("parts", PartResource, default=500, most=1000)


@blueprint.get("/parts")
@documented("List every declared part", answer=PARTS)
def list_parts() -> ResponseReturnValue:
    """Each part with its family, kind, name, help and JSON schema. The schema of the whole spec is at ``/api/v1/specs/schema``."""
    return PARTS.of_items(declared_parts(), lambda part: (part.family, part.kinds()[0]), as_data)


@cache
def as_data(part: type[Part]) -> PartResource:
    """What a program may want to know of a part."""
    return {
        "family": part.family,
        "kind": part.kinds()[0],
        "also": list(part.kinds()[1:]),
        "name": part.name(),
        "summary": part.summary(),
        "description": (part.__doc__ or "").strip(),
        "schema": part.model_json_schema(),
    }
