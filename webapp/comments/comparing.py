"""How one row of words becomes another with the fewest taken away and put in, as long as there is patience.

    after d edits, for each diagonal k = x - y:
        x = the further of: a word put in, from k + 1; a word taken away, from k - 1
        while old[x] == new[x - k]: x = x + 1

It takes long where the two differ much, and not where they are long. Source: Myers, 1986, "An O(ND) Difference Algorithm
and Its Variations", Algorithmica 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["same", "removed", "added"]
Change = tuple[Kind, str]
Reached = dict[int, int]


class TooDifferent(Exception):
    """There was no more patience."""


@dataclass
class Patience:
    """How many more pairs of words may be compared."""

    left: int

    def spend(self, pairs: int) -> None:
        """Raises TooDifferent."""
        self.left -= pairs
        if self.left < 0:
            raise TooDifferent


def changes(old: Sequence[str], new: Sequence[str], patience: Patience) -> list[Change]:
    """Each word of the two, in order, with what became of it. Raises TooDifferent."""
    rounds = paths(old, new, patience)
    found: list[Change] = []
    x, k = len(old), len(old) - len(new)
    for edits in range(len(rounds) - 1, 0, -1):
        is_added, start = edit(rounds[edits - 1], edits, k)
        found += [("same", word) for word in reversed(old[start:x])]
        found.append(("added", new[start - k - 1]) if is_added else ("removed", old[start - 1]))
        x, k = (start, k + 1) if is_added else (start - 1, k - 1)
    found += [("same", word) for word in reversed(old[:x])]
    return found[::-1]


def paths(old: Sequence[str], new: Sequence[str], patience: Patience) -> list[Reached]:
    """How far into ``old`` each diagonal leads after no edit, one, two and so on, until both are at their ends."""
    rounds: list[Reached] = []
    while True:
        edits, reached = len(rounds), Reached()
        for k in range(-edits, edits + 1, 2):
            x = edit(rounds[-1], edits, k)[1] if rounds else 0
            patience.spend(1)
            while x < len(old) and x - k < len(new) and old[x] == new[x - k]:
                patience.spend(1)
                x += 1
            reached[k] = x
            if x >= len(old) and x - k >= len(new):
                return [*rounds, reached]
        rounds.append(reached)


def edit(reached: Reached, edits: int, k: int) -> tuple[bool, int]:
    """Whether the last of so many edits that lead to a diagonal puts a word in, and how far into ``old`` it leads."""
    if k == -edits or (k != edits and reached[k - 1] < reached[k + 1]):
        return True, reached[k + 1]
    return False, reached[k - 1] + 1
