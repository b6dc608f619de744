"""The reference as data: families of parts, each part with its docstring and a row for each field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from dlcore.part import Part, parts_of
from dlcore.validation import limits, written
from webapp.experiments.form_data import Shape, allows_empty, shape_of
from webapp.experiments.part_to_try import fields_of_families
from webapp.experiments.spec_form import words
from webapp.parts.declared import declared_models
from webapp.parts.docstring import Block, blocks

LIMITS = ("ge", "gt", "le", "lt")


@dataclass(frozen=True, slots=True)
class Row:
    """One field. target: the anchor of what it holds, where that stands on the page."""

    name: str
    title: str
    wants: str
    target: str
    range: str
    default: str
    help: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One part, or one group of fields. usable: whether the form can begin with it."""

    anchor: str
    name: str
    kinds: tuple[str, ...]
    blocks: tuple[Block, ...]
    rows: tuple[Row, ...]
    usable: bool

    @property
    def search(self) -> str:
        """What a reader may look for it by."""
        texts = [self.name, *self.kinds, self.blocks[0].text, *(row.name for row in self.rows)]
        return " ".join(texts).lower()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A family."""

    anchor: str
    title: str
    summary: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    """The spec's own fields, then every family in the order in which a spec names them."""
    models = declared_models()
    groups = [model for model in models if not issubclass(model, Part)]
    made = [Chapter("spec", "Spec", "The whole declaration of a job as data.", tuple(map(entry, groups)))]
    families: dict[str, list[type[Part]]] = {}
    for model in models:
        if issubclass(model, Part):
            families.setdefault(model.family, []).append(model)
    for family, parts in families.items():
        ordered = sorted(parts, key=lambda part: part.name().lower())
        made.append(Chapter(family, words(family), family_summary(parts[0]), tuple(map(entry, ordered))))
    return tuple(made)


def family_summary(part: type[Part]) -> str:
    """What the class that declares the family says of it, in a sentence."""
    base = next(model for model in part.__mro__ if "family" in vars(model))
    return blocks(base.__doc__)[0].text


def entry(model: type[BaseModel]) -> Entry:
    """A part or a group of fields, as the page shows it."""
    rows = tuple(row(name, info) for name, info in model.model_fields.items() if name != "kind")
    if not issubclass(model, Part):
        return Entry(anchor_of(model), words(model.__name__), (), blocks(model.__doc__), rows, False)
    usable = model.family in fields_of_families()
    return Entry(anchor_of(model), model.name(), model.kinds(), blocks(model.__doc__), rows, usable)


def anchor_of(model: type[BaseModel]) -> str:
    """Where it stands on the page: ``optimizer-adam``, ``spec-split``."""
    if issubclass(model, Part):
        return model.anchor()
    return f"spec-{model.__name__.lower()}"


def held(info: FieldInfo) -> tuple[type[Part], ...]:
    """The parts that a field may hold."""
    annotation = info.annotation
    return parts_of(get_args(annotation)[0] if get_origin(annotation) in (tuple, list) else annotation)


def row(name: str, info: FieldInfo) -> Row:
    """A field's row."""
    inner = FieldInfo.from_annotation(get_args(info.annotation)[0]) if shape_of(info) is Shape.NUMBERS else info
    bounded = any(hasattr(rule, limit) for rule in inner.metadata for limit in LIMITS)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    reach = [limits(inner)] if bounded else []
    reach += ["log scale"] if extra.get("scale") == "log" else []
    return Row(
        name=name,
        title=info.title or words(name),
        wants=wants(info),
        target=target(info),
        range=", ".join(reach),
        default=default(info),
        help=info.description or "",
    )


def wants(info: FieldInfo) -> str:
    """What may be entered."""
    shape, annotation = shape_of(info), info.annotation
    if shape is Shape.FLAG:
        return "yes or no"
    if shape is Shape.CHOICE:
        return words(held(info)[0].family).lower()
    if shape is Shape.LIST:
        return f"list of {held(info)[0].family}"
    if shape is Shape.SECTION and isinstance(annotation, type):
        return words(annotation.__name__).lower()
    if shape is Shape.NUMBERS:
        return "whole numbers" if "int" in str(annotation) else "numbers"
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(str(choice) for choice in get_args(annotation))
    plain = {annotation, *get_args(annotation)}
    single = "text" if str in plain else "whole number" if int in plain else "number"
    return f"{single}, or empty" if allows_empty(info) else single


def target(info: FieldInfo) -> str:
    """The anchor of what the field holds."""
    shape = shape_of(info)
    if shape in (Shape.CHOICE, Shape.LIST):
        return held(info)[0].family
    if shape is Shape.SECTION and isinstance(info.annotation, type):
        return anchor_of(info.annotation)
    return ""


def default(info: FieldInfo) -> str:
    """What holds when nothing is entered."""
    if info.is_required():
        return "must be given"
    return shown(info.get_default(call_default_factory=True, validated_data={}))


def shown(value: Any) -> str:
    """A default, for people."""
    if isinstance(value, Part):
        return value.name()
    if isinstance(value, BaseModel):
        return "its defaults"
    if isinstance(value, tuple):
        return ", ".join(map(shown, value)) or "none"
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return written(value) if isinstance(value, int | float) else str(value)
