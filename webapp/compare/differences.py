"""Where specs differ."""

from collections.abc import Sequence
from typing import Any

from webapp.experiments.show import flat

MISSING = None


def differences(specs: Sequence[dict[str, Any]]) -> list[tuple[str, list[Any]]]:
    """(dotted path, the value in each spec) of every field that is not the same in all; None where a spec has no such field."""
    flattened = [dict(flat(spec)) for spec in specs]
    paths = dict.fromkeys(path for spec in flattened for path in spec)
    rows = [(path, [spec.get(path, MISSING) for spec in flattened]) for path in paths]
    return [(path, values) for path, values in rows if any(value != values[0] for value in values)]
