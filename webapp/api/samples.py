"""An example of whatever a schema describes: the one by its name, what the schema says of itself, or else these words."""

from collections.abc import Mapping
from typing import Any, Final

from webapp.api.examples import EXAMPLES
from webapp.api.sample_words import NAMES, WORDS

MOMENT: Final = "2026-11-28T17:00:00+00:00"
PLAIN: Final[Mapping[str, Any]] = {
    "string": "words", "integer": 1, "number": 0.5, "boolean": True, "null": None, "array": [], "object": {},
}  # fmt: skip
KINDS: Final = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}


def sample_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str = "") -> Any:
    """An example that the schema accepts. ``place``: the name of its schema and field, such as ``TagResource.name``."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return EXAMPLES[name] if name in EXAMPLES else sample_of(schemas[name], schemas, name)
    said = schema.get("examples") or schema.get("enum")
    if said:
        return said[0]
    for known in (place, field_of(place)):
        if known in WORDS and fits(WORDS[known], schema):
            return WORDS[known]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return sample_of(next((one for one in choices if one.get("type") != "null"), choices[0]), schemas, place)
    return made_of(schema, schemas, place)


def made_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str) -> Any:
    """An example by the schema's type."""
    if schema.get("format") == "date-time":
        return MOMENT
    if "properties" in schema:
        return {name: sample_of(one, schemas, f"{place}.{name}") for name, one in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict):
        return {NAMES.get(field_of(place), "train/loss"): sample_of(schema["additionalProperties"], schemas)}
    if "items" in schema:
        return [sample_of(schema["items"], schemas)]
    kind = schema.get("type", "object")
    return None if isinstance(kind, list) and "null" in kind else PLAIN[kind]


def field_of(place: str) -> str:
    """Its last word."""
    return place.rpartition(".")[2]


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value is of the schema's type, as far as that is no other schema."""
    if "anyOf" in schema:
        return any(fits(value, one) for one in schema["anyOf"])
    if schema.get("format") == "date-time":
        return False
    if isinstance(value, list):
        return schema.get("type") == "array" and all(fits(one, schema["items"]) for one in value)
    return (KINDS[type(value)] if value is not None else "null") == schema.get("type")
