"""What was changed from one version of a comment to the next."""

import re
from datetime import datetime
from itertools import groupby, pairwise
from typing import NamedTuple, get_args

from webapp.comments.comparing import Change, Kind, Patience, TooDifferent, changes
from webapp.models import Comment

MOST_COMPARED = 100_000  # pairs of words of two versions: room for some hundred changed words
MOST_ON_PAGE = 500_000  # of all versions: less than a second, whatever they say


class Piece(NamedTuple):
    """Words that stayed, came or went."""

    kind: Kind
    text: str


class Step(NamedTuple):
    """A version: when it was written, and how it differs from the one before it; whether that is said of the whole only."""

    said_at: datetime
    pieces: list[Piece]
    as_a_whole: bool = False


def steps(comment: Comment) -> list[Step]:
    """All versions, the newest first; the first one is shown as it was.

    The newest are compared by words. Where two differ too much, or a page would take too long, one is shown as a whole and then the other.
    """
    said = [(version.timestamp, version.body) for version in comment.versions]
    said.append((comment.edited_at or comment.timestamp, comment.body))
    patience, later = Patience(MOST_ON_PAGE), []
    for (_, before), (moment, after) in reversed(list(pairwise(said))):
        pieces = difference(before, after, patience)
        later.append(Step(moment, whole(before, after), True) if pieces is None else Step(moment, pieces))
    return [*later, Step(said[0][0], [Piece("same", said[0][1])])]


def difference(before: str, after: str, patience: Patience) -> list[Piece] | None:
    """By words; None where that takes more patience than there is."""
    given = min(patience.left, MOST_COMPARED)
    if not given:
        return None
    patience.left -= given
    mine = Patience(given)
    try:
        found = changes(words(before), words(after), mine)
    except TooDifferent:
        return None
    patience.left += mine.left
    return pieces_of(found)


def pieces_of(found: list[Change]) -> list[Piece]:
    """Words that lie beside one another and fared alike, together; what went stands before what came."""
    pieces: list[Piece] = []
    for _, beside in groupby(found, lambda change: change[0] == "same"):
        run = list(beside)
        for kind in get_args(Kind):
            text = "".join(word for what, word in run if what == kind)
            pieces += [Piece(kind, text)] if text else []
    return pieces


def whole(before: str, after: str) -> list[Piece]:
    """The one, and then the other."""
    return [Piece("removed", before), Piece("added", after)]


def words(text: str) -> list[str]:
    """Words and the space between them, so that they join to the same text again."""
    return re.findall(r"\s+|\S+", text)
