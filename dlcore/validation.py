"""What is wrong with a spec, as sentences for people, each with the path of its field. Imports no torch."""

import difflib
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from dlcore.describe import describe
from dlcore.errors import SpecError
from dlcore.part import parts_of
from dlcore.spec import Spec

LONGEST_SHOWN = 60
LONGEST_POSITION = 9


@dataclass(frozen=True, slots=True)
class Problem:
    """path: dotted, without the kinds of unions, e.g. ``network.layers.2.filters``; message: a sentence."""

    path: str
    message: str


class SpecInvalid(ValueError):
    """A spec that cannot be; ``problems`` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


def parse_spec(data: Any) -> Spec:
    """The spec that ``data`` describes, its parts fitting each other. Raises SpecInvalid."""
    if not isinstance(data, dict):
        raise SpecInvalid([Problem("", "A spec is a mapping with at least the keys data and network.")])
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        raise SpecInvalid(problems(error, Spec)) from error
    except RecursionError as error:
        raise SpecInvalid([Problem("", "The spec is nested too deeply.")]) from error
    try:
        describe(spec)
    except SpecError as error:
        raise SpecInvalid([Problem(error.path, str(error))]) from error
    return spec


def problems(error: ValidationError, root: type[BaseModel]) -> list[Problem]:
    """Pydantic's errors as sentences, one for each field, in order."""
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        path, info, model = locate(item["loc"], root)
        if item["type"] == "union_tag_invalid" or (
            item["type"] == "union_tag_not_found" and isinstance(item["input"], dict)
        ):
            path = f"{path}.kind"
        found.setdefault(path, Problem(path, sentence(item, path, info, model)))
    return list(found.values())


def locate(loc: tuple[int | str, ...], root: type[BaseModel]) -> tuple[str, FieldInfo | None, Any]:
    """(dotted path without the unions' tags, the field's declaration, what holds the field)."""
    steps: list[str] = []
    annotation: Any = root
    info: FieldInfo | None = None
    model: Any = root
    for step in loc:
        tagged = next((part for part in parts_of(annotation) if step in part.kinds()), None) if annotation else None
        if isinstance(step, int):
            arguments = get_args(annotation)
            annotation = arguments[0] if arguments else None
            info = FieldInfo.from_annotation(annotation) if arguments and not parts_of(annotation) else None
        elif tagged is not None and not (annotation is tagged and step in tagged.model_fields):
            annotation = model = tagged
            continue
        else:
            model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
            info = model.model_fields.get(step) if model else None
            annotation = info.annotation if info else None
        steps.append(str(step)[:LONGEST_SHOWN])
    return ".".join(steps), info, model


def sentence(item: Any, path: str, info: FieldInfo | None, model: Any) -> str:
    """One error, for people."""
    kind, context, entered = item["type"], item.get("ctx", {}), shown(item.get("input"))
    name = title_of(path, info)
    if kind == "extra_forbidden":
        return unknown_key(path.split(".")[-1], model)
    if kind == "missing":
        return f"{name} is required."
    if kind in ("union_tag_invalid", "literal_error") or kind == "union_tag_not_found":
        return wrong_choice(kind, name, item, context)
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than") and info:
        return f"{name} must be {limits(info)}; you entered {entered}."
    if kind in ("int_parsing", "int_type", "int_from_float", "int_parsing_size"):
        return f"{name} must be a whole number{within(info)}; you entered {entered}."
    if kind in ("float_parsing", "float_type", "finite_number"):
        return f"{name} must be a number{within(info)}; you entered {entered}."
    if kind in ("bool_parsing", "bool_type"):
        return f"{name} must be true or false; you entered {entered}."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{name} must have fields of its own, such as {{kind: ...}}; you entered {entered}."
    if kind in ("tuple_type", "list_type"):
        return f"{name} must be a list; you entered {entered}."
    if kind == "string_type":
        return f"{name} must be text; you entered {entered}."
    if kind == "too_long":
        return (
            f"{name} may have at most {context['max_length']:,} entries; you gave {context['actual_length'] or 'more'}."
        )
    if kind == "value_error":
        return str(context["error"])
    return f"{name}: {item['msg']}."


def title_of(path: str, info: FieldInfo | None) -> str:
    """What the field is called."""
    last = path.split(".")[-1] if path else "the spec"
    if info and info.title and not is_position(last):
        return info.title
    if is_position(last):
        return f"Entry {int(last) + 1} of {path.rsplit('.', 1)[0]}"
    return last.replace("_", " ").capitalize()


def is_position(step: str) -> bool:
    """Whether a step of a path is a place in a list; “²” is a digit as well, and no number."""
    return step.isascii() and step.isdecimal() and len(step) <= LONGEST_POSITION


def limits(info: FieldInfo) -> str:
    """The range of a field: "between 1e-8 and 10"."""
    bound = {name: getattr(m, name) for m in info.metadata for name in ("ge", "gt", "le", "lt") if hasattr(m, name)}
    low = written(bound["ge"]) if "ge" in bound else f"more than {written(bound['gt'])}" if "gt" in bound else None
    high = written(bound["le"]) if "le" in bound else f"less than {written(bound['lt'])}" if "lt" in bound else None
    if "ge" in bound and "le" in bound:
        return f"between {written(bound['ge'])} and {written(bound['le'])}"
    if "ge" in bound and high:
        return f"at least {low} and {high}"
    if low is None:
        return f"at most {high}" if "le" in bound else str(high)
    return f"at least {low}" if "ge" in bound and not high else " and ".join(filter(None, (low, high)))


def written(value: float) -> str:
    """A limit as people write it: 1e-8, 10, 65,536."""
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}".replace("e-0", "e-").replace("e+0", "e")


def within(info: FieldInfo | None) -> str:
    """The range behind "must be a number"."""
    if info is None or not any(hasattr(m, name) for m in info.metadata for name in ("ge", "gt", "le", "lt")):
        return ""
    return f" {limits(info)}"


def unknown_key(key: str, model: Any) -> str:
    """There is no such field; perhaps another was meant."""
    known = list(model.model_fields) if model else []
    near = difflib.get_close_matches(key, known, 1)
    hint = f" Did you mean {near[0]}?" if near else f" Known are {', '.join(known)}." if known else ""
    return f"There is no field {key!r} here.{hint}"


def wrong_choice(kind: str, name: str, item: Any, context: Any) -> str:
    """A kind, or a choice, that is not offered."""
    entered = context.get("tag") if kind == "union_tag_invalid" else item.get("input")
    offered = str(context.get("expected_tags") or context.get("expected") or "").replace("'", "").replace(" or ", ", ")
    if kind == "union_tag_not_found":
        return (
            "A kind is required."
            if isinstance(entered, dict)
            else f"{name} must be {{kind: ...}}; you entered {shown(entered)}."
        )
    near = difflib.get_close_matches(str(entered), offered.split(", "), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name} must be one of {offered}; you entered {shown(entered)}.{hint}"


def shown(value: Any) -> str:
    """What was entered, cut short."""
    text = "nothing" if value is None or value == "" else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
