"""A spec to begin with, in which a part of a reader's choice stands."""

from collections.abc import Iterator
from typing import Any, get_args

from dlcore.part import Part, parts_of
from dlcore.recipes import recipes
from dlcore.spec import Spec
from dlcore.validation import SpecInvalid, parse_spec
from webapp.experiments.form_data import Shape, shape_of


def fields_of_families() -> dict[str, tuple[str, bool]]:
    """Family -> the spec's own field that holds parts of it, and whether as a list."""
    found = {}
    for name, info in Spec.model_fields.items():
        several = shape_of(info) is Shape.LIST
        for part in parts_of(get_args(info.annotation)[0] if several else info.annotation):
            found[part.family] = (name, several)
    return found


def part_of_anchor(anchor: str) -> type[Part] | None:
    """The part of the spec's own fields that ``anchor`` names, such as ``optimizer-adam``."""
    every = (
        part
        for info in Spec.model_fields.values()
        for part in parts_of(get_args(info.annotation)[0] if shape_of(info) is Shape.LIST else info.annotation)
    )
    return next((part for part in every if part.anchor() == anchor), None)


def spec_with_part(anchor: str) -> dict[str, Any] | None:
    """The first recipe that the part fits into, with it; None when there is no such part.

    Where it fits into none, as with data that needs a path, the first recipe with it: the form says what is missing.
    """
    part = part_of_anchor(anchor)
    return None if part is None else first_that_fits(part.family, {"kind": part.kinds()[0]})


def first_that_fits(family: str, given: dict[str, Any]) -> dict[str, Any]:
    """The first recipe that a part, given with some of its fields, fits into; where it fits into none, the first with it."""
    for data in candidates(family, given):
        try:
            return parse_spec(data).model_dump(mode="json")
        except SpecInvalid:
            continue
    return next(candidates(family, given))


def candidates(family: str, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each recipe with the part in it; for data and losses, which must suit each other, then an MLP with every one of the other."""
    name, several = fields_of_families()[family]
    for recipe in recipes():
        data = recipe.spec.model_dump(mode="json")
        data[name] = [given] if several else given
        yield data
    other = {"data": "loss", "loss": "data"}.get(name)
    if other:
        for choice in parts_of(Spec.model_fields[other].annotation):
            yield {"network": {"kind": "mlp"}, name: given, other: {"kind": choice.kinds()[0]}}
