"""The columns of the table that people choose: results and fields of the spec, with the cells of a page's rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.formatting import duration, number, percent
from webapp.models import Experiment, ResultFact, SpecFact, User
from webapp.models.indexing import as_text, kept_name, leaves
from webapp.search.fields import PARTS, Source, full_name, resolve, stored_names
from webapp.search.problem import SearchProblem

DEFAULT = ("validation/accuracy", "validation/loss", "duration_s")
MOST = 8
SHOWN_VALUES = 6
LABELS = {
    "created": "Newest",
    "updated": "Last changed",
    "title": "Title",
    "duration_s": "Duration",
    "validation/accuracy": "Val. accuracy",
    "validation/loss": "Val. loss",
    "test/accuracy": "Test accuracy",
}
SORTS = ("created", "updated", "title", *DEFAULT, "test/accuracy")
ACCURACY, R2 = "validation/accuracy", "validation/r2"
Cells = dict[tuple[int, str], str]


@dataclass(frozen=True)
class Choice:
    """A column that there is."""

    name: str
    chosen: bool


def label(name: str) -> str:
    """A column's heading."""
    return LABELS.get(name) or name.replace("validation/", "val/")


def read_columns(session: Session, viewer: User, given: Iterable[str]) -> list[str]:
    """The names of the columns, each once; the usual ones when none is given. Raises SearchProblem."""
    written = [part.strip() for text in given for part in text.split(",") if part.strip()]
    names = list(dict.fromkeys(full_name(name) for name in written))
    if len(names) > MOST:
        raise SearchProblem("columns", f"At most {MOST} columns can be chosen; these are {len(names)}.")
    for name in names:
        field = resolve(session, viewer, name, None, "columns")
        if field.source not in (Source.SPEC, Source.RESULT) or name == "title":
            raise SearchProblem("columns", f"{name} is in the table already, or is no column.")
    return names or list(DEFAULT)


def choices(session: Session, viewer: User, chosen: Sequence[str]) -> tuple[list[Choice], list[Choice]]:
    """(results, fields of the spec) that any experiment has which the viewer sees; results of the usual parts first."""
    parts = {part: rank for rank, part in enumerate(PARTS)}
    results = sorted(
        stored_names(session, viewer, ResultFact), key=lambda name: parts.get(name.partition("/")[0], len(parts))
    )
    fields = [name for name in stored_names(session, viewer, SpecFact) if name != "title"]
    missing = [name for name in chosen if name not in results and name not in fields]
    return [Choice(name, name in chosen) for name in [*results, *missing]], [
        Choice(name, name in chosen) for name in fields
    ]


def cells(session: Session, experiments: Sequence[Experiment], columns: Sequence[str]) -> Cells:
    """What stands in each chosen column of these rows, by experiment and column."""
    ids = [experiment.id for experiment in experiments]
    names = [*columns, *([R2] if ACCURACY in columns else [])]
    if not ids:
        return {}
    results = select(ResultFact.experiment_id, ResultFact.name, ResultFact.number).where(
        ResultFact.experiment_id.in_(ids), ResultFact.name.in_(names)
    )
    found = {(number, name): shown(name, value) for number, name, value in session.execute(results)}
    for experiment_id in ids:  # where numbers are predicted, R² is what accuracy is elsewhere
        if (experiment_id, R2) in found:
            found.setdefault((experiment_id, ACCURACY), f"R² {found[experiment_id, R2]}")
    for experiment in experiments:
        for name, values in fields_of(experiment.spec, columns).items():
            found[experiment.id, name] = listed(values)
    return found


def fields_of(spec: dict[str, Any], columns: Sequence[str]) -> dict[str, list[str]]:
    """The values of these fields in a spec, for people; only the sections that they are in are looked through."""
    sections = {name.partition(".")[0] for name in columns}
    values: dict[str, list[str]] = {}
    for written, value in leaves({key: inner for key, inner in spec.items() if key.lower() in sections}):
        if (name := kept_name(written)) in columns:
            values.setdefault(name, []).append(as_field(value))
    return values


def listed(values: Sequence[str]) -> str:
    """Values with commas between; of many the first."""
    return ", ".join(values[:SHOWN_VALUES]) + (", …" if len(values) > SHOWN_VALUES else "")


def shown(name: str, value: float) -> str:
    """A result for people."""
    if name == "duration_s":
        return duration(value)
    return percent(value) if name.removesuffix(".last").endswith("/accuracy") else number(value)


def as_field(value: Any) -> str:
    """A value of the spec for people."""
    return f"{value:.4g}" if isinstance(value, float) else as_text(value)
