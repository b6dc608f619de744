"""What a spec may be composed of, for programs."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from dlcore.part import Part
from dlcore.spec import Spec
from webapp.api import blueprint
from webapp.api.document import documented
from webapp.parts.declared import declared_parts


@blueprint.get("/parts")
@documented("List every declared part")
def list_parts() -> ResponseReturnValue:
    """Each part with its family, kind, name, help and JSON schema; and the schema of the whole spec."""
    return jsonify(parts=every_part(), spec=Spec.model_json_schema())


def every_part() -> list[dict[str, Any]]:
    """The parts that a spec can hold, at any depth."""
    return sorted(map(as_data, declared_parts()), key=lambda part: (part["family"], part["kind"]))


def as_data(part: type[Part]) -> dict[str, Any]:
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
