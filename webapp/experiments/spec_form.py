"""The form of a spec, generated from the declarations of its parts: a tree of sections with WTForms fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from wtforms import BooleanField, Field, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import NumberInput

from dlcore.data import Dataset
from dlcore.part import Part, parts_of
from dlcore.spec import Spec
from dlcore.validation import is_position
from webapp.experiments.form_data import Shape, part_of_kind, shape_of

Problems = Mapping[str, str]  # path -> sentence


@dataclass
class Section:
    """One part in the form: its kind, where there is a choice, its own fields, and what it holds."""

    path: str
    title: str
    form: Form
    kind: str | None = None
    choices: list[tuple[str, str]] = field(default_factory=list)
    summary: str = ""
    anchor: str = ""  # of the part on the page of all parts
    problem: str | None = None
    sections: list[Section] = field(default_factory=list)
    lists: list[ListOf] = field(default_factory=list)


@dataclass
class ListOf:
    """Any number of parts."""

    path: str
    title: str
    items: list[Section]
    choices: list[tuple[str, str]]
    problem: str | None = None


def spec_section(data: Mapping[str, Any], problems: Problems) -> Section:
    """The whole form, filled with ``data`` (as typed, or as a spec dumps itself)."""
    return model_section("", "Training", Spec, data, problems)


def section_at(path: str, kind: str, data: Mapping[str, Any]) -> Section | None:
    """The section at a path such as ``optimizer`` or ``network.layers.2``, made anew for ``kind``."""
    annotation = annotation_at(path, data)
    part = part_of_kind(annotation, kind)
    if part is None:
        return None
    return part_section(path, title_of(path), annotation, {"kind": kind, **kept_values(path, part, data)}, {})


def annotation_at(path: str, data: Mapping[str, Any]) -> Any:
    """The union that the field at ``path`` may hold, following the kinds in ``data``; None when there is none."""
    annotation: Any = Spec
    value: Any = data
    for step in path.split("."):
        if is_position(step):
            annotation = get_args(annotation)[0] if get_origin(annotation) in (tuple, list) else None
            value = value[int(step)] if isinstance(value, list) and int(step) < len(value) else {}
            continue
        model = annotation if isinstance(annotation, type) else None
        if isinstance(value, Mapping) and parts_of(annotation):
            model = part_of_kind(annotation, value.get("kind"))
        info = model.model_fields.get(step) if model and issubclass(model, BaseModel) else None
        if info is None:
            return None
        annotation = info.annotation
        value = value.get(step) if isinstance(value, Mapping) else None
    return annotation if parts_of(annotation) or get_origin(annotation) in (tuple, list) else None


def value_at(path: str, data: Any) -> Any:
    """What ``data`` holds at ``path``; None when nothing."""
    for step in path.split("."):
        if isinstance(data, list) and is_position(step):
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
    return data


def kept_values(path: str, part: type[Part], data: Mapping[str, Any]) -> dict[str, Any]:
    """What a change of kind keeps: the fields that mean the same in both, because their defaults agree."""
    before = value_at(path, data)
    if not isinstance(before, Mapping):
        return {}
    old = part_of_kind(annotation_at(path, data), before.get("kind"))
    if old is None:
        return {}
    return {
        name: before[name]
        for name, info in part.model_fields.items()
        if name != "kind"
        and name in before
        and name in old.model_fields
        and old.model_fields[name].default == info.default
    }


def part_section(path: str, title: str, annotation: Any, data: Mapping[str, Any], problems: Problems) -> Section:
    """The section of a part whose kind may be chosen."""
    parts = parts_of(annotation)
    part = part_of_kind(annotation, data.get("kind")) or parts[0]
    section = model_section(path, title, part, data, problems)
    section.kind = part.kinds()[0]
    section.choices = choices(annotation)
    section.summary = part.summary()
    section.anchor = part.anchor()
    return section


def model_section(
    path: str, title: str, model: type[BaseModel], data: Mapping[str, Any], problems: Problems
) -> Section:
    """The section of one model: leaves in a WTForms form, the rest below."""
    prefix = f"{path}." if path else ""
    leaves = {name: shown(value(name, info, data)) for name, info in model.model_fields.items() if is_leaf(name, info)}
    form = leaf_form(model)(data=leaves, prefix=prefix)
    for entry in form:
        if entry.name in problems:
            entry.errors = [problems[entry.name]]
    section = Section(path, title, form, problem=problems.get(path) if path else None)
    for name, info in model.model_fields.items():
        below, heading, content = prefix + name, info.title or words(name), value(name, info, data)
        shape = shape_of(info)
        if shape is Shape.CHOICE:
            section.sections.append(part_section(below, heading, info.annotation, as_mapping(content), problems))
        elif shape is Shape.SECTION:
            inner = cast(type[BaseModel], info.annotation)
            section.sections.append(model_section(below, heading, inner, as_mapping(content), problems))
        elif shape is Shape.LIST:
            section.lists.append(list_of(below, heading, get_args(info.annotation)[0], content, problems))
    return section


def list_of(path: str, title: str, annotation: Any, content: Any, problems: Problems) -> ListOf:
    """The sections of a list of parts."""
    items = [
        part_section(f"{path}.{index}", "", annotation, as_mapping(item), problems)
        for index, item in enumerate(content if isinstance(content, list | tuple) else [])
    ]
    return ListOf(path, title, items, choices(annotation), problems.get(path))


@lru_cache(maxsize=512)
def leaf_form(model: type[BaseModel]) -> type[Form]:
    """The WTForms form of a model's own inputs."""
    fields = {name: input_for(name, info, model) for name, info in model.model_fields.items() if is_leaf(name, info)}
    return type(f"{model.__name__}Form", (Form,), fields)


def input_for(name: str, info: FieldInfo, model: type[BaseModel]) -> Field:
    """One input, with the limits that the declaration sets."""
    label, help = info.title or words(name), info.description or ""
    if shape_of(info) is Shape.FLAG:
        return BooleanField(label, description=help)
    if get_origin(info.annotation) is Literal:
        return SelectField(label, choices=[SelectChoice(str(v)) for v in get_args(info.annotation)], description=help)
    if shape_of(info) is Shape.NUMBERS or {str} & {info.annotation, *get_args(info.annotation)}:
        offered = {"list": f"uploads-{model.kinds()[0]}"} if issubclass(model, Dataset) and name == "path" else {}
        return StringField(label, description=help, render_kw={"autocomplete": "off", **offered})
    limits = {f: getattr(m, a) for m in info.metadata for a, f in (("ge", "min"), ("le", "max")) if hasattr(m, a)}
    whole = int in {info.annotation, *get_args(info.annotation)}
    optional = {"placeholder": "empty"} if type(None) in get_args(info.annotation) else {}
    attributes = {**limits, **optional, "autocomplete": "off", "inputmode": "numeric" if whole else "decimal"}
    widget = NumberInput(step="1" if whole else "any")
    return StringField(label, description=help, widget=widget, render_kw=attributes)


def is_leaf(name: str, info: FieldInfo) -> bool:
    """Whether the field is one input."""
    return name != "kind" and shape_of(info) in (Shape.LEAF, Shape.FLAG, Shape.NUMBERS)


def choices(annotation: Any) -> list[tuple[str, str]]:
    """(kind, name for people) of every part of a union, in the order of their names."""
    return sorted(((part.kinds()[0], part.name()) for part in parts_of(annotation)), key=lambda pair: pair[1].lower())


def value(name: str, info: FieldInfo, data: Mapping[str, Any]) -> Any:
    """What stands in ``data``, or the default."""
    if name in data:
        return data[name]
    default = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, BaseModel):
        return default.model_dump(mode="json")
    if isinstance(default, tuple):
        return [item.model_dump(mode="json") if isinstance(item, BaseModel) else item for item in default]
    return None if info.is_required() else default


def shown(content: Any) -> Any:
    """A value as it stands in an input."""
    if content is None:
        return ""
    if isinstance(content, list | tuple):
        return ", ".join(str(item) for item in content)
    return content


def as_mapping(content: Any) -> Mapping[str, Any]:
    """``content`` when it has fields, else nothing."""
    return content if isinstance(content, Mapping) else {}


def words(name: str) -> str:
    """``batch_size`` -> "Batch size"."""
    return name.replace("_", " ").capitalize()


def title_of(path: str) -> str:
    """The heading of the section at ``path``."""
    last = path.split(".")[-1]
    return "" if is_position(last) else words(last)
