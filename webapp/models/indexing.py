"""Keeps what experiments are searched and sorted by true: every flush that makes or changes an experiment, or the results of
a trial, writes their rows in the same transaction. So results change through ``Trial.results`` and by no other statement.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, event, insert, inspect, select
from sqlalchemy.orm import Session

from dlcore.scores import HIGHER_IS_BETTER
from webapp.models.experiment import Experiment
from webapp.models.facts import NAME_LONGEST, TEXT_LONGEST, WORD_LONGEST, ResultFact, SpecFact, WordFact
from webapp.models.trial import Trial

SUMMED = ("duration_s", "steps")  # how much all trials together took
MOST_VALUES = 100
NOTHING = "none"


def spec_facts(title: str, spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a spec, without the experiment's id: values in lists stand under the list's name, each once."""
    found: dict[str, dict[str, float | None]] = {"title": {title.lower()[:TEXT_LONGEST]: None}}
    for name, value in leaves(spec):
        values = found.setdefault(kept_name(name), {})
        if len(values) < MOST_VALUES:
            values.setdefault(as_text(value), as_number(value))
    return [
        {"name": name, "position": position, "text": text, "number": number}
        for name, values in found.items()
        for position, (text, number) in enumerate(values.items())
    ]


def kept_name(name: str) -> str:
    """A field's name as it stands in the rows: lower case, as a search may be written in any."""
    return name.lower()[:NAME_LONGEST]


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted name, value) of everything that is neither a mapping nor a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def as_text(value: Any) -> str:
    """A value in the words of a search: ``adam``, ``0.05``, ``true``, ``none``."""
    return NOTHING if value is None else str(value).lower()[:TEXT_LONGEST].replace("\x00", "")


def as_number(value: Any) -> float | None:
    """The number that a value is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else None


def result_facts(results: Iterable[dict[str, Any]]) -> dict[str, float]:
    """The results of trials together: of a metric the best that any trial reached, and the best of the last values."""
    values: dict[str, list[float]] = {}
    for of_trial in results:
        for name, value in of_trial.items():
            measured = {name: value}
            if isinstance(value, dict):
                measured = {name: value.get("best"), f"{name}.last": value.get("last")}
            for key, number in measured.items():
                if (known := as_number(number)) is not None:
                    values.setdefault(kept_name(key), []).append(known)
    return {name: together(name)(numbers) for name, numbers in values.items()}


def together(name: str) -> Any:
    """How a result of several trials becomes one."""
    if name in SUMMED:
        return sum
    return max if is_better_higher(name) else min


def is_better_higher(name: str) -> bool:
    """Whether a result is better the higher it is."""
    return name.removesuffix(".last").rpartition("/")[2] in HIGHER_IS_BETTER


def words_of(*texts: str) -> list[str]:
    """The different words, lower case, in order."""
    found = (word[:WORD_LONGEST] for text in texts for word in re.findall(r"[^\W_]+", text.lower()))
    return list(dict.fromkeys(found))


@event.listens_for(Session, "after_flush")
def follow(session: Session, _context: Any) -> None:
    """Write the rows of what this flush made or changed."""
    new = set(session.new)
    changed = [each for each in (*new, *session.dirty) if isinstance(each, Experiment | Trial)]
    described = [each for each in changed if isinstance(each, Experiment) and differs(each, "title", "spec")]
    worded = [each for each in changed if isinstance(each, Experiment) and differs(each, "title", "description")]
    measured = [each for each in changed if isinstance(each, Trial) and differs(each, "results")]
    rewrite(
        session,
        SpecFact,
        {each.id: spec_facts(each.title, each.spec) for each in described},
    )
    rewrite(
        session,
        WordFact,
        {each.id: [{"word": word} for word in words_of(each.title, each.description)] for each in worded},
    )
    if ids := sorted({each.experiment_id for each in measured if each.results or each not in new}):
        rewrite_results(session, ids)


def differs(row: Experiment | Trial, *columns: str) -> bool:
    """Whether one of these columns is written by this flush."""
    attributes: Any = inspect(row)
    return any(attributes.attrs[column].history.has_changes() for column in columns)


def rewrite(session: Session, model: Any, rows: dict[int, list[dict[str, Any]]]) -> None:
    """Put these rows in the place of those there are, by experiment."""
    if not rows:
        return
    session.execute(delete(model).where(model.experiment_id.in_(list(rows))).execution_options(**QUIETLY))
    if new := [{"experiment_id": number, **row} for number, each in rows.items() for row in each]:
        session.execute(insert(model.__table__), new)


QUIETLY = {"synchronize_session": False}


def rewrite_results(session: Session, ids: list[int]) -> None:
    """Put the trials' results together again; two trials of one experiment that end at once wait for each other."""
    session.execute(
        select(Experiment.id).where(Experiment.id.in_(ids)).order_by(Experiment.id).with_for_update(key_share=True)
    )
    of_trials: dict[int, list[dict[str, Any]]] = {number: [] for number in ids}
    for experiment_id, results in session.execute(
        select(Trial.experiment_id, Trial.results).where(Trial.experiment_id.in_(ids))
    ):
        of_trials[experiment_id].append(results)
    rows = {
        number: [{"name": name, "number": value} for name, value in result_facts(results).items()]
        for number, results in of_trials.items()
    }
    rewrite(session, ResultFact, rows)
