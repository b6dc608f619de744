"""The fields that a spec can have by its declaration: dotted names, with what each may hold. Made from the JSON schema."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dlcore.spec import Spec

DEEPEST = 5  # layers hold layers; deeper ones are found by what is in the database


@dataclass
class Declared:
    """A field: what parts say of it, the texts it may hold where they are few, whether it is a number."""

    title: str = ""
    helps: set[str] = field(default_factory=set)
    choices: list[str] = field(default_factory=list)
    is_number: bool = False
    scale: str = ""  # linear or log, where it is a number

    @property
    def about(self) -> str:
        """A line for people: the help where all parts give the same, else the title."""
        return (next(iter(self.helps)) if len(self.helps) == 1 else "") or self.title


@lru_cache(maxsize=1)
def declared_fields() -> dict[str, Declared]:
    """All of them by name."""
    schema = Spec.model_json_schema()
    found: dict[str, Declared] = {}
    for name, leaf in walk(schema, schema["$defs"], "", ()):
        note(found.setdefault(name, Declared()), leaf)
    return found


def walk(
    node: dict[str, Any], definitions: dict[str, Any], name: str, inside: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, schema) of the leaves below ``node``; a list's items stand under the list's own name."""
    if reference := node.get("$ref"):
        if inside.count(reference) < 2 and name.count(".") < DEEPEST:
            yield from walk(definitions[reference.rpartition("/")[2]], definitions, name, (*inside, reference))
        return
    inner = [*node.get("oneOf", ()), *node.get("anyOf", ()), *node.get("prefixItems", ())]
    if isinstance(node.get("items"), dict):
        inner.append(node["items"])
    for each in inner:
        told: dict[str, Any] = {
            key: node[key] for key in ("title", "description", "scale") if key in node and "$ref" not in each
        }
        yield from walk({**told, **each}, definitions, name, inside)
    for key, each in node.get("properties", {}).items():
        yield from walk(each, definitions, f"{name}.{key}" if name else key, inside)
    if name and node.get("type") not in (None, "object", "array"):
        yield name, node


def note(into: Declared, leaf: dict[str, Any]) -> None:
    """Add what one place says of a field; many parts may have a field of the same name."""
    into.title = into.title or leaf.get("title", "")
    into.helps.add(leaf.get("description", ""))
    into.is_number |= leaf["type"] in ("number", "integer")
    into.scale = into.scale or leaf.get("scale", "")
    words = [leaf["const"]] if "const" in leaf else leaf.get("enum", [])[: 1 if leaf.get("title") == "Kind" else None]
    words += {"boolean": ["true", "false"], "null": ["none"]}.get(leaf["type"], [])
    into.choices += [str(word) for word in words if str(word) not in into.choices]
