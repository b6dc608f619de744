"""The declaration of a part, and how parts are found.

A part (an optimizer, a layer, a dataset, ...) is one class in one file: its fields carry type, range, scale and help, its
docstring says what it is, and its ``build`` makes the torch object. Form, validation, API, docs and tests come from it.

Installed packages add parts by entry points of the group ``descent.parts``. An entry's name is the part's family and kind,
``optimizer.signum``, and its value the part's module. The family is in the name because a family's base class exists only
when the families before it are complete: each is asked for its own parts at its own time.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

ENTRY_POINTS = "descent.parts"
P = TypeVar("P", bound="Part")


class Declared(BaseModel):
    """Frozen, typed data that refuses unknown keys, NaN and infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _yes_is_not_a_number(cls, data: Any) -> Any:
        """Pydantic takes ``true`` for 1; a person who wrote it meant something else."""
        if not isinstance(data, dict):
            return data
        for name, field in cls.model_fields.items():
            value = data.get(name)
            wanted = get_args(field.annotation) or (field.annotation,)
            if isinstance(value, bool) and bool not in wanted and (int in wanted or float in wanted):
                data = {**data, name: str(value).lower()}
        return data


class Part(Declared):
    """One kind of something that a spec is composed of; see the module's docstring."""

    family: ClassVar[str]
    """What it is a kind of, in the words of the spec: ``optimizer``, ``schedule``, ``layer``, ..."""

    label: ClassVar[str | None] = None
    """Its name for people, where the class name split into words is not good enough."""

    kind: str = ""

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """The values of ``kind`` that mean this part; the first is the one that is written."""
        return tuple(get_args(cls.model_fields["kind"].annotation))

    @classmethod
    def name(cls) -> str:
        """Its name for people: ``HeNormal`` is "He normal"."""
        if cls.label:
            return cls.label
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", cls.__name__).split()
        return " ".join([words[0], *(word.lower() for word in words[1:])])

    @classmethod
    def anchor(cls) -> str:
        """Where it stands among all parts: ``optimizer-adam``."""
        return f"{cls.family}-{cls.kinds()[0]}"

    @classmethod
    def summary(cls) -> str:
        """The first sentence of its docstring."""
        return (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")

    @model_validator(mode="after")
    def _write_the_first_kind(self) -> Self:
        if self.kind != self.kinds()[0]:
            object.__setattr__(self, "kind", self.kinds()[0])
        return self


def discover(package: str, base: type[P]) -> tuple[type[P], ...]:
    """Every concrete part below ``base`` in the modules of ``package``, then those that installed packages add."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{module.name}")
    announced = [entry for entry in entry_points(group=ENTRY_POINTS) if entry.name.split(".")[0] == base.family]
    for entry in announced:
        entry.load()
    found: dict[str, type[P]] = {}
    for part in _concrete(base):
        for kind in part.kinds():
            if found.setdefault(kind, part) is not part:
                raise TypeError(f"{base.family} {kind!r} is declared twice: by {found[kind]} and by {part}.")
    for entry in announced:
        if entry.name.partition(".")[2] not in found:
            raise TypeError(
                f"The entry point {entry.name!r} names no part that {entry.value} declares. Is the name right? Where the "
                f"module was imported by other code: Import dlcore.spec before {entry.value}."
            )
    return tuple(part for kind, part in sorted(found.items()) if kind == part.kinds()[0])


def any_of(package: str, base: type[P]) -> Any:
    """The discriminated union on ``kind`` of every part of a package, for a field's type."""
    parts = discover(package, base)
    if len(parts) == 1:
        return parts[0]
    return Annotated[Union[parts], Field(discriminator="kind")]  # noqa: UP007 - made from a tuple


def parts_of(union: Any) -> tuple[type[Part], ...]:
    """The parts that a field's union may hold."""
    if inspect.isclass(union):
        return (union,) if issubclass(union, Part) else ()
    return tuple(part for argument in get_args(union) for part in parts_of(argument))


def _concrete(base: type[P]) -> Iterator[type[P]]:
    for subclass in base.__subclasses__():
        if "kind" in subclass.__annotations__:
            yield subclass
        yield from _concrete(subclass)
