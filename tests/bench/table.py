"""A table of measurements."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of (what, median, minimum, maximum, remark)."""

    title: str
    unit: str
    rows: list[tuple[str, float, float, float, str]] = field(default_factory=list)

    def add(self, what: str, figures: Sequence[float], remark: str = "") -> None:
        """A row of some runs' figures."""
        self.rows.append((what, statistics.median(figures), min(figures), max(figures), remark))

    def markdown(self) -> str:
        """As the page has it."""
        lines = [
            f"## {self.title}",
            "",
            f"| what | median ({self.unit}) | min | max | |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [
            f"| {what} | {m:,.4g} | {low:,.4g} | {high:,.4g} | {remark} |" for what, m, low, high, remark in self.rows
        ]
        return "\n".join(lines) + "\n"
