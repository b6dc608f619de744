"""What a spec may be composed of, for programs."""

from typing import Any, get_args

from flask import jsonify
from flask.typing import ResponseReturnValue

from dlcore.part import parts_of
from dlcore.spec import Spec
from webapp.api import blueprint
from webapp.api.document import documented
from webapp.experiments.form_data import Shape, shape_of


@blueprint.get("/parts")
@documented("List every declared part")
def list_parts() -> ResponseReturnValue:
    """Each part with its family, kind, name, help and JSON schema; and the schema of the whole spec."""
    return jsonify(parts=every_part(), spec=Spec.model_json_schema())


def every_part() -> list[dict[str, Any]]:
    """The parts that a spec can hold, at any depth."""
    found: dict[type, dict[str, Any]] = {}
    collect(Spec, found)
    return sorted(found.values(), key=lambda part: (part["family"], part["kind"]))


def collect(model: Any, found: dict[type, dict[str, Any]]) -> None:
    """Walk the fields of ``model`` and of what they hold."""
    for info in model.model_fields.values():
        shape = shape_of(info)
        if shape is Shape.SECTION:
            collect(info.annotation, found)
        if shape not in (Shape.CHOICE, Shape.LIST):
            continue
        for part in parts_of(get_args(info.annotation)[0] if shape is Shape.LIST else info.annotation):
            if part not in found:
                found[part] = {
                    "family": part.family,
                    "kind": part.kinds()[0],
                    "also": list(part.kinds()[1:]),
                    "name": part.name(),
                    "summary": part.summary(),
                    "description": (part.__doc__ or "").strip(),
                    "schema": part.model_json_schema(),
                }
                collect(part, found)
