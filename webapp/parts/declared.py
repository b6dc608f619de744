"""What a spec can hold at any depth: the parts, and the groups of fields that are no part of their own."""

from typing import get_args

from pydantic import BaseModel

from dlcore.part import Part, parts_of
from dlcore.spec import Spec
from webapp.experiments.form_data import Shape, shape_of


def declared_models() -> tuple[type[BaseModel], ...]:
    """The spec, and every part and group of fields below it, in the order in which a reader of a spec meets them."""
    found: dict[type[BaseModel], None] = {}
    collect(Spec, found)
    return tuple(found)


def declared_parts() -> tuple[type[Part], ...]:
    """Those of them that are parts."""
    return tuple(model for model in declared_models() if issubclass(model, Part))


def collect(model: type[BaseModel], found: dict[type[BaseModel], None]) -> None:
    """Walk the fields of ``model`` and of what they hold."""
    if model in found:
        return
    found[model] = None
    for info in model.model_fields.values():
        shape = shape_of(info)
        if shape is Shape.SECTION and isinstance(info.annotation, type):
            collect(info.annotation, found)
        elif shape in (Shape.CHOICE, Shape.LIST):
            for part in parts_of(get_args(info.annotation)[0] if shape is Shape.LIST else info.annotation):
                collect(part, found)
