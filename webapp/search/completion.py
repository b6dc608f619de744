"""What can be written next, where the caret stands: fields, operators, values, or a word between two conditions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from webapp import policy
from webapp.models import SpecFact, State, Tag, User, Visibility, now
from webapp.search.conditions import beginning
from webapp.search.declared import declared_fields
from webapp.search.fields import OWN, Field, Source, declared_results, full_name, known_names, resolve
from webapp.search.orders import is_number
from webapp.search.problem import SearchProblem
from webapp.search.tokens import PATTERN, Kind, Token, quoted, tokens, written

MOST = 12
OPERATORS = {
    "=": "is",
    "!=": "is not",
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "~": "contains",
    "in": "is one of: in (a, b)",
}
NAMES = (Kind.WORD, Kind.QUOTED)  # what may name a field
BETWEEN = {"and": "both must match", "or": "one of them must match"}


@dataclass(frozen=True)
class Offer:
    """Something that can be written: ``text`` takes the place of what stands there, ``detail`` explains it."""

    text: str
    detail: str = ""


@dataclass(frozen=True)
class Offers:
    """What is offered for the text between ``start`` and ``end``."""

    start: int
    end: int
    items: list[Offer]


def complete(session: Session, viewer: User, text: str, caret: int) -> Offers:
    """What can be written at the caret, of what the viewer sees. A text that makes no sense so far is offered nothing."""
    try:
        before = tokens(text[:caret])[:-1]
    except SearchProblem:
        return Offers(caret, caret, [])
    typed = before.pop() if before and before[-1].end == caret and is_unfinished(before[-1]) else None
    begun = typed.text.lower() if typed else ""
    found = list(islice(offered(session, viewer, before, begun), MOST))
    return Offers(typed.start, end_of_word(text, typed), found) if typed else Offers(caret, caret, found)


def end_of_word(text: str, typed: Token) -> int:
    """Where the word ends in which the caret stands."""
    whole = PATTERN.match(text, typed.start)
    return max(typed.end, whole.end()) if whole else typed.end


def is_unfinished(token: Token) -> bool:
    """Whether more letters could belong to a piece that ends at the caret."""
    return token.kind in (Kind.WORD, Kind.KEYWORD)


def offered(session: Session, viewer: User, before: list[Token], begun: str) -> Iterator[Offer]:
    """What fits behind these pieces and begins, or goes on, as ``begun`` says."""
    last = before[-1] if before else None
    joins = last is not None and last.kind is Kind.KEYWORD and last.text != "in" and not is_value(before)
    if last is None or last.kind is Kind.OPEN or joins:
        if (name := field_of_list(before)) is not None:
            return values(session, viewer, name, begun)
        return chain(not_in(session, viewer, before, begun), fields(session, viewer, begun))
    if last.kind is Kind.OPERATOR and len(before) > 1:
        return values(session, viewer, before[-2].text, begun)
    if last.kind is Kind.COMMA:
        return values(session, viewer, field_of_list(before) or "", begun)
    if last.kind in NAMES and not is_value(before) and (field := found(session, viewer, last.text)):
        return operators(session, field, begun)
    return between(session, viewer, before, begun)


def not_in(session: Session, viewer: User, before: list[Token], begun: str) -> Iterator[Offer]:
    """What goes on behind a field and "not"."""
    if len(before) < 2 or before[-1].text != "not" or not "in".startswith(begun):
        return
    name = before[-2]
    if name.kind in NAMES and not is_value(before[:-1]) and found(session, viewer, name.text):
        yield Offer("in", "is none of: in (a, b)")


def field_of_list(before: list[Token]) -> str | None:
    """The field of an "in (" that is open at the end of these pieces."""
    for place in range(len(before) - 1, 1, -1):
        if before[place].kind is Kind.OPEN:
            is_in = (before[place - 1].kind, before[place - 1].text) == (Kind.KEYWORD, "in")
            named = [token for token in before[: place - 1] if token.kind in NAMES]
            return named[-1].text if is_in and named else None
        if before[place].kind not in (Kind.WORD, Kind.QUOTED, Kind.COMMA):
            return None
    return None


def is_value(before: list[Token]) -> bool:
    """Whether the last piece is what a field is held against."""
    return len(before) > 1 and (before[-2].kind is Kind.OPERATOR or field_of_list(before[:-1]) is not None)


def found(session: Session, viewer: User, name: str) -> Field | None:
    """The field of this name, if there is one."""
    try:
        return resolve(session, viewer, name)
    except SearchProblem:
        return None


def matching(texts: Iterable[str], begun: str) -> list[str]:
    """Those that begin so, then those that have a part or a word that does, then those that have it anywhere."""
    ranked: list[list[str]] = [[], [], []]
    for text in texts:
        if text.startswith(begun):
            ranked[0].append(text)
        elif f".{begun}" in text or f"/{begun}" in text or f"_{begun}" in text:
            ranked[1].append(text)
        elif begun in text:
            ranked[2].append(text)
    return [text for rank in ranked for text in rank]


def fields(session: Session, viewer: User, begun: str) -> Iterator[Offer]:
    """Names of fields."""
    if begun and "not".startswith(begun):
        yield Offer("not", "what does not match the next condition")
    for name in matching(known_names(session, viewer), full_name(begun)):
        yield Offer(written(name), about(name))


def about(name: str) -> str:
    """A line on a field."""
    if name in OWN:
        return OWN[name][1]
    declared = declared_fields().get(name)
    return declared_results().get(name, "") if declared is None else declared.about


def operators(session: Session, field: Field, begun: str) -> Iterator[Offer]:
    """The operators that a field can have."""
    numbers = field.source is Source.RESULT or (field.source is Source.SPEC and is_number(session, field))
    days = field.source in (Source.CREATED, Source.UPDATED)
    for sign, meaning in OPERATORS.items():
        fits = (sign not in ("<", "<=", ">", ">=") or numbers or days) and not (sign == "~" and (numbers or days))
        if fits and sign.startswith(begun):
            yield Offer(sign, meaning)


def values(session: Session, viewer: User, name: str, begun: str) -> Iterator[Offer]:
    """Values that a field has, or can have."""
    field = found(session, viewer, name)
    if field is None or field.source is Source.RESULT:
        return
    seen = set()
    for text, detail in known_values(session, viewer, field, begun):
        if text not in seen and text.startswith(begun):
            seen.add(text)
            yield Offer(written(text) if field.name != "title" else quoted(text), detail)


def known_values(session: Session, viewer: User, field: Field, begun: str) -> Iterator[tuple[str, str]]:
    """(value, what it is), declared ones first."""
    if field.source is Source.STATE:
        yield from ((state.value, "") for state in State)
    elif field.source is Source.VISIBILITY:
        yield from ((visibility.value, "") for visibility in Visibility)
    elif field.source is Source.SHARED or field.source is Source.STARRED:
        yield "me", "you"
    elif field.source is Source.IS:
        yield from (("starred", "by you"), ("mine", "submitted by you"), ("viewed", "lately, by you"))
    elif field.source is Source.OWNER:
        yield "me", "you"
        here = User.deleted_at.is_(None)
        yield from ((name, shown) for name, shown in some(session, User.username, begun, User.name, where=here))
    elif field.source is Source.TAG:
        seen = policy.tag_seen_by(viewer)
        yield from ((name, "") for (name,) in some(session, Tag.name, begun, where=seen))
    elif field.source in (Source.CREATED, Source.UPDATED):
        day = now()
        yield from [("today", ""), ("yesterday", ""), (f"{day:%Y-%m-%d}", ""), (f"{day:%Y-%m}", "this month")]
    else:
        declared = declared_fields().get(field.name)
        yield from ((choice, "") for choice in (declared.choices if declared else ()))
        seen = policy.id_seen_by(viewer, SpecFact.experiment_id)
        used = select(SpecFact.text).where(SpecFact.name == field.name, beginning(SpecFact.text, begun), seen)
        for text in session.scalars(used.distinct().order_by(SpecFact.text).limit(MOST)):
            yield text, "in use"


def some(session: Session, column: Any, begun: str, *more: Any, where: ColumnElement[bool] | None = None) -> list[Any]:
    """Names that begin so."""
    begins = column.startswith(begun, autoescape=True)
    query = select(column, *more).where(begins, true() if where is None else where).order_by(column).limit(MOST)
    return list(session.execute(query).all())


def between(session: Session, viewer: User, before: list[Token], begun: str) -> Iterator[Offer]:
    """What joins two conditions; and fields, as "and" need not be written."""
    for word, meaning in BETWEEN.items():
        if word.startswith(begun):
            yield Offer(word, meaning)
    if begun:
        yield from fields(session, viewer, begun)
