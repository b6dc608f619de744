"""Reading what a request says, against a declared model; every mistake names its field."""

import re
from typing import Any, Literal, TypeVar

import orjson
from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dlcore.validation import Problem, problems
from webapp.api.problems import Refused, invalid
from webapp.datasets.limits import NAME_LONGEST
from webapp.experiments.service import TITLE_LONGEST
from webapp.ids import row_id
from webapp.layouts.service import LONGEST_FIELD, LONGEST_NAME, LONGEST_PIN, MOST_FIELDS, MOST_PINS
from webapp.models import Visibility
from webapp.tags.service import LONGEST, MOST, SCHEMA_PATTERN

UNASKED = "application/x-www-form-urlencoded"
WHOLE = re.compile(r"-?[0-9]{1,20}")
NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")  # as JSON writes it
LARGEST_NUMBER = 9e15
Model = TypeVar("Model", bound=BaseModel)
VISIBILITY = "Who sees it: private, shared, open or public; as you have set for yourself otherwise."
Height = Literal["compact", "normal", "tall"]


def words(longest: int | None = None) -> dict[str, Any]:
    """How a text's schema says what the service will say in a sentence: its length, and that it is not of blanks alone."""
    return {"minLength": 1, "pattern": r"\S", **({} if longest is None else {"maxLength": longest})}


TAG_NAME: dict[str, Any] = {"type": "string", "maxLength": LONGEST, "pattern": SCHEMA_PATTERN}
TAG_NAMES: dict[str, Any] = {"items": TAG_NAME, "maxItems": MOST}


class Body(BaseModel):
    """What a request's JSON body may hold, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ExperimentBody(Body):
    """A new experiment. ``spec`` is checked like the form."""

    title: str = Field(description="What it is called, 1 to 200 characters.", json_schema_extra=words(TITLE_LONGEST))
    description: str = Field("", description="Anything worth saying, at most 20,000 characters.")
    tags: list[str] = Field(default_factory=list, description="At most 20 words.", json_schema_extra=TAG_NAMES)
    visibility: str | None = Field(None, description=VISIBILITY, json_schema_extra={"enum": [*Visibility, None]})
    spec: dict[str, Any] = Field(
        description="The whole job as data; see /api/v1/parts for what it is made of.",
        json_schema_extra={"required": ["data", "network"]},
    )


class ExperimentPatch(Body):
    """What may be changed of an experiment; what is left out stays."""

    title: str | None = Field(None, description="Another title.", json_schema_extra=words(TITLE_LONGEST))
    description: str | None = Field(None, description="Another description.")
    tags: list[str] | None = Field(None, description="All its tags from now on.", json_schema_extra=TAG_NAMES)
    archived: bool | None = Field(None, description="Put it away, or take it out again.")
    visibility: str | None = Field(
        None,
        description=f"{VISIBILITY} For its owner and administrators.",
        json_schema_extra={"enum": [*Visibility, None]},
    )


class ImportForm(Body):
    """A log that was made by TensorBoard's writers, sent as a form."""

    title: str = Field("", description="What it is called; the name of the archive otherwise.")
    description: str = Field("", description="Anything worth saying, at most 20,000 characters.")
    tags: str = Field("", description="At most 20 words, with commas between.")
    visibility: str | None = Field(None, description=VISIBILITY)
    files: list[str] = Field(
        description="A zip or tar.gz archive, or event files, each with its folder in its file name; at most 256 MiB.",
        json_schema_extra={"items": {"type": "string", "format": "binary"}, "minItems": 1},
    )


class DatasetForm(Body):
    """A data set, sent as a form."""

    name: str = Field("", description="What it is called, at most 80 characters; the name of the file otherwise.")
    files: list[str] = Field(
        description="One file, or the two or four of an idx set; at most 1 GiB.",
        json_schema_extra={"items": {"type": "string", "format": "binary"}, "minItems": 1},
    )


class DatasetPatch(Body):
    """What may be changed of a data set."""

    name: str = Field(description="Another name, 1 to 80 characters.", json_schema_extra=words(NAME_LONGEST))


class ActionBody(Body):
    """Something done to a trial."""

    action: str = Field(
        description="What to do: pause, resume, stop, keep_best, which stops with the best weights, or test, which uses the test "
        "part of a trial that has ended, once.",
        json_schema_extra={"enum": ["pause", "resume", "stop", "keep_best", "test"]},
    )


class TrialPatch(Body):
    """What may be changed of a trial that has not ended; what is left out stays."""

    priority: str | None = Field(
        None,
        description="Who comes first among those that wait in its queue.",
        json_schema_extra={"enum": ["low", "normal", "high", None]},
    )
    queue: str | None = Field(
        None,
        description="The queue whose workers run it: cpu, gpu, or another that a worker takes trials from.",
        json_schema_extra={"minLength": 1},
    )


PINS: dict[str, Any] = {"items": {"type": "string", **words(LONGEST_PIN)}, "maxItems": MOST_PINS}
SHORT: dict[str, Any] = {"maxLength": LONGEST_FIELD}
TOOLBAR: dict[str, Any] = {
    "additionalProperties": {"type": "string", **SHORT},
    "propertyNames": SHORT,
    "maxProperties": MOST_FIELDS,
}


class LayoutBody(Body):
    """A new layout of chart pages."""

    name: str = Field(description="What it is called, 1 to 60 characters.", json_schema_extra=words(LONGEST_NAME))
    pins: list[str] = Field(
        default_factory=list,
        description="Pinned charts in their order, each by its first curve key or its prefix; at most 50.",
        json_schema_extra=PINS,
    )
    toolbar: dict[str, str] = Field(
        default_factory=dict,
        description="Fields of the charts' toolbar and their values, as the page writes them.",
        json_schema_extra=TOOLBAR,
    )
    columns: int = Field(0, ge=0, le=4, description="Charts beside each other; 0: as many as fit.")
    height: Height = Field("normal", description="How tall charts are.")
    default: bool = Field(False, description="Whether pages open with it.")


class LayoutPatch(Body):
    """What may be changed of a layout; what is left out stays."""

    name: str | None = Field(None, description="Another name.", json_schema_extra=words(LONGEST_NAME))
    pins: list[str] | None = Field(None, description="All its pinned charts from now on.", json_schema_extra=PINS)
    toolbar: dict[str, str] | None = Field(
        None, description="All its fields of the toolbar from now on.", json_schema_extra=TOOLBAR
    )
    columns: int | None = Field(None, ge=0, le=4, description="Charts beside each other; 0: as many as fit.")
    height: Height | None = Field(None, description="How tall charts are.")
    default: bool | None = Field(None, description="true: pages open with it, and no longer with another.")


def read_body(model: type[Model]) -> Model:
    """The request's JSON as ``model``; raises Refused (422) that names the field, or 415 where it says to be something else."""
    check_media_type()
    try:
        data = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise invalid([Problem("body", f"The body must be JSON: {error}.")]) from error
    if path := path_of_nul(data):
        raise invalid([Problem(path, "Text cannot hold the character NUL.")])
    if not isinstance(data, dict):
        raise invalid([Problem("body", f"The body must be a JSON object with {', '.join(model.model_fields)}.")])
    try:
        return model.model_validate(
            {name: value if name == "spec" else with_whole(value) for name, value in data.items()}
        )
    except ValidationError as error:
        raise invalid(problems(error, model)) from error


def with_whole(value: Any) -> Any:
    """Numbers such as 8.0, which are whole in JSON Schema, as Python's whole numbers; of a spec the parts themselves decide."""
    if isinstance(value, list):
        return [with_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: with_whole(one) for name, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def check_media_type() -> None:
    """Raises Refused (415) for a body that says to be no JSON; of one that says nothing JSON is expected.

    curl, and Python's urllib, say of any body that it is a form unless they are told otherwise.
    """
    if request.mimetype not in ("", UNASKED) and not request.is_json:
        raise Refused(
            415, f"The body must be sent as Content-Type: application/json; yours says {request.mimetype[:80]}."
        )


def path_of_nul(data: Any) -> str:
    """Where in a body a text holds NUL, which PostgreSQL does not take; empty where none does."""
    waiting = [("", data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str) and "\x00" in value:
            return path or "body"
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in inner:
            if "\x00" in str(key):
                return path or "body"
            waiting.append((f"{path}.{key}".lstrip("."), one))
    return ""


def read_count(name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query string; raises Refused (422)."""
    text = request.args.get(name)
    if text is None:
        return default
    if not WHOLE.fullmatch(text):
        raise invalid([Problem(name, f"{name} must be a whole number; you sent “{text[:40]}”.")])
    value = int(text)
    if not low <= value <= high:
        raise invalid([Problem(name, f"{name} must be between {low:,} and {high:,}; you sent {value:,}.")])
    return value


def read_ids(name: str, most: int) -> list[int]:
    """1 to ``most`` ids of the query string, each once; raises Refused (422)."""
    found: list[int] = []
    for word in request.args.get(name, "").split(","):
        try:
            found.append(row_id(word))
        except ValueError as error:
            told = f"{name} must be ids with commas between, such as 12,13; “{word[:40]}” is none."
            raise invalid([Problem(name, told)]) from error
    if len(ids := list(dict.fromkeys(found))) > most:
        raise invalid([Problem(name, f"{name} must be 1 to {most} ids; these are {len(ids):,}.")])
    return ids


def read_number(name: str) -> float | None:
    """A number of the query string, or None; raises Refused (422)."""
    text = request.args.get(name)
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        raise invalid([Problem(name, f"{name} must be a number; you sent “{text[:40]}”.")])
    value = float(text)
    if abs(value) > LARGEST_NUMBER:
        raise invalid(
            [Problem(name, f"{name} must be between -{LARGEST_NUMBER:g} and {LARGEST_NUMBER:g}; you sent {value:g}.")]
        )
    return value


def read_word(name: str, *words: str) -> str:
    """One of these words of the query string, the first when none is given; raises Refused (422)."""
    text = request.args.get(name, words[0])
    if text not in words:
        raise invalid(
            [Problem(name, f"{name} must be {', '.join(words[:-1])} or {words[-1]}; you sent “{text[:40]}”.")]
        )
    return text
