"""What was changed from one version of a comment to the next."""

import re
from datetime import datetime
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal, NamedTuple

from webapp.models import Comment

MOST_WORDS = 2_000


class Piece(NamedTuple):
    """Words that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


class Step(NamedTuple):
    """A version: when it was written, and how it differs from the one before it."""

    said_at: datetime
    pieces: list[Piece]


def steps(comment: Comment) -> list[Step]:
    """All versions, the newest first; the first one is shown as it was."""
    said = [(version.timestamp, version.body) for version in comment.versions]
    said.append((comment.edited_at or comment.timestamp, comment.body))
    first = Step(said[0][0], [Piece("same", said[0][1])])
    later = [Step(moment, difference(before, after)) for (_, before), (moment, after) in pairwise(said)]
    return [first, *later][::-1]


def difference(before: str, after: str) -> list[Piece]:
    """By words; where there are very many, the one as a whole and then the other."""
    old, new = words(before), words(after)
    if len(old) + len(new) > MOST_WORDS:
        return [Piece("removed", before), Piece("added", after)]
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += [Piece("removed", "".join(old[a:b]))] if b > a else []
        pieces += [Piece("added", "".join(new[c:d]))] if d > c else []
    return pieces


def words(text: str) -> list[str]:
    """Words and the space between them, so that they join to the same text again."""
    return re.findall(r"\s+|\S+", text)
