"""From the flat fields of a submitted form to the nested data of a spec, as the declarations say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dlcore.part import Part, parts_of
from dlcore.spec import Spec


class Shape(Enum):
    """What a declared field is in a form."""

    LEAF = auto()  # one input
    FLAG = auto()  # a checkbox
    NUMBERS = auto()  # numbers with commas between
    SECTION = auto()  # fields of its own
    CHOICE = auto()  # a kind, and the fields of that kind
    LIST = auto()  # any number of choices


def shape_of(info: FieldInfo) -> Shape:
    """How the field is shown and read."""
    annotation = info.annotation
    if get_origin(annotation) in (tuple, list):
        return Shape.LIST if parts_of(get_args(annotation)[0]) else Shape.NUMBERS
    if annotation is bool:
        return Shape.FLAG
    if parts_of(annotation):
        return Shape.CHOICE
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape.SECTION
    return Shape.LEAF


def part_of_kind(annotation: Any, kind: Any) -> type[Part] | None:
    """The part of a union that ``kind`` means."""
    return next((part for part in parts_of(annotation) if kind in part.kinds()), None)


def allows_empty(info: FieldInfo) -> bool:
    """Whether nothing is a value of the field."""
    return type(None) in get_args(info.annotation)


@dataclass
class Submitted:
    """What a form said: ``data`` for ``parse_spec``, and ``missing``: paths that should have come and did not."""

    data: dict[str, Any]
    missing: dict[str, str] = field(default_factory=dict)


def read_form(form: Mapping[str, str], model: type[BaseModel] = Spec, path: str = "") -> Submitted:
    """Read the fields of ``model`` below ``path``; a field that did not arrive is an error, not a default."""
    submitted = Submitted({})
    for name, info in model.model_fields.items():
        if name != "kind":
            _read_field(form, f"{path}.{name}".lstrip("."), name, info, submitted)
    return submitted


def read_part(form: Mapping[str, str], annotation: Any, path: str) -> Submitted:
    """Read the part that ``path.kind`` names."""
    kind = form.get(f"{path}.kind")
    if kind is None:
        return Submitted({}, {f"{path}.kind": "This field did not arrive. Please reload the page."})
    part = part_of_kind(annotation, kind)
    if part is None:
        return Submitted({"kind": kind[:80]})
    submitted = read_form(form, part, path)
    return Submitted({"kind": kind, **submitted.data}, submitted.missing)


def _read_field(form: Mapping[str, str], path: str, name: str, info: FieldInfo, into: Submitted) -> None:
    shape = shape_of(info)
    if shape is Shape.FLAG:
        into.data[name] = path in form
    elif shape is Shape.CHOICE:
        _take(read_part(form, info.annotation, path), name, into)
    elif shape is Shape.SECTION:
        _take(read_form(form, cast(type[BaseModel], info.annotation), path), name, into)
    elif shape is Shape.LIST:
        items = [read_part(form, get_args(info.annotation)[0], f"{path}.{n}") for n in list_positions(form, path)]
        into.data[name] = [item.data for item in items]
        for item in items:
            into.missing.update(item.missing)
    elif path not in form:
        into.missing[path] = "This field did not arrive. Please reload the page."
    else:
        text = form[path].strip()
        into.data[name] = _value(text, shape, info)


def _take(part: Submitted, name: str, into: Submitted) -> None:
    into.data[name] = part.data
    into.missing.update(part.missing)


def _value(text: str, shape: Shape, info: FieldInfo) -> Any:
    if shape is Shape.NUMBERS:
        return [word for word in re.split(r"[,;\s]+", text) if word]
    if not text and allows_empty(info):
        return None
    return text


def list_positions(form: Mapping[str, str], path: str) -> list[int]:
    """The numbers N of the fields ``path.N.kind``, in order."""
    pattern = re.compile(re.escape(path) + r"\.(\d{1,4})\.kind")
    return sorted(int(match[1]) for name in form if (match := pattern.fullmatch(name)))
