"""A search's text in pieces."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from webapp.search.problem import SearchProblem

LONGEST = 1000
KEYWORDS = frozenset({"and", "or", "not", "in"})
PATTERN = re.compile(
    r"""
    (?P<SPACE>\s+)
  | (?P<QUOTED>"(?:[^"\\]|\\.)*")
  | (?P<OPERATOR><=|>=|!=|[=<>~:])
  | (?P<OPEN>\()
  | (?P<CLOSE>\))
  | (?P<COMMA>,)
  | (?P<WORD>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?![^\s()"=<>~:,]) | (?:[^\s()"=<>~:,!]|!(?!=))+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Kind(Enum):
    """What a piece is."""

    WORD = auto()
    KEYWORD = auto()
    QUOTED = auto()
    OPERATOR = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    END = auto()


@dataclass(frozen=True)
class Token:
    """A piece: ``text`` is what it says, without quotes; ``start`` and ``end`` where it stands."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The pieces, and one that marks the end. Raises SearchProblem."""
    if len(text) > LONGEST:
        raise SearchProblem("search", f"A search has at most {LONGEST:,} characters; this one has {len(text):,}.")
    if "\x00" in text:
        place = text.index("\x00")
        raise SearchProblem("search", "A search cannot hold the character NUL.", place, place + 1)
    found, place = [], 0
    while place < len(text):
        match = PATTERN.match(text, place)
        if match is None:  # all but an opening quote is a piece
            raise SearchProblem("search", "This quotation mark is never closed.", place, len(text))
        if match.lastgroup != "SPACE":
            found.append(token(match))
        place = match.end()
    return [*found, Token(Kind.END, "", len(text), len(text))]


def token(match: re.Match[str]) -> Token:
    """One piece."""
    text, kind = match.group(), Kind[str(match.lastgroup)]
    if kind is Kind.QUOTED:
        text = re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    elif kind is Kind.WORD and text.lower() in KEYWORDS:
        kind, text = Kind.KEYWORD, text.lower()
    return Token(kind, text, match.start(), match.end())


def is_plain(text: str) -> bool:
    """Whether a text is one word that needs no quotes."""
    match = PATTERN.fullmatch(text)
    return match is not None and match.lastgroup == "WORD" and text.lower() not in KEYWORDS


def quoted(text: str) -> str:
    """A text in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def written(text: str) -> str:
    """A text as it stands in a search, with quotes where it needs them."""
    return text if is_plain(text) else quoted(text)
