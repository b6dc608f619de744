"""From a tree to SQL. Each condition is "the id is in this set", and an index gives the set; values are bound, never text."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.orm import Session

from webapp.models import (
    Experiment,
    ResultFact,
    Share,
    SpecFact,
    Star,
    State,
    Tag,
    Trial,
    User,
    Visibility,
    Visit,
    WordFact,
    experiment_tags,
)
from webapp.models.experiment import LIVELIEST_FIRST
from webapp.models.indexing import words_of
from webapp.search.fields import Field, Source, nearest, resolve
from webapp.search.tree import And, Comparison, Node, Not, Or, Value, Words
from webapp.search.values import interval, number, wrong

ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
WORDS = (Source.TAG, Source.OWNER, Source.STATE, Source.STARRED, Source.IS, Source.VISIBILITY, Source.SHARED)
LAST_CHARACTER = "\U0010ffff"
Id = Any  # the column of experiments' ids that a condition is about
Condition = ColumnElement[bool]


class Conditions:
    """Makes conditions on a column of experiments' ids, for one person."""

    def __init__(self, session: Session, viewer: User, ids: Id) -> None:
        self.session = session
        self.viewer = viewer
        self.ids = ids

    def of(self, node: Node | None) -> Condition:
        """The condition that a tree says; raises SearchProblem."""
        if node is None:
            return true()
        if isinstance(node, Words):
            return self.words(node.value)
        if isinstance(node, Not):
            return not_(self.of(node.inner))
        if isinstance(node, And | Or):
            together, items = (and_, saying(node.items)) if isinstance(node, And) else (or_, node.items)
            return together(*[self.of(item) for item in items])
        return self.comparison(node)

    def among(self, query: Any) -> Condition:
        """Whether the id is in a set."""
        condition: Condition = self.ids.in_(query)
        return condition

    def comparison(self, node: Comparison) -> Condition:
        """A field held against values; ``!=`` is what does not match ``=``."""
        field = resolve(self.session, self.viewer, node.name, node.place)
        if node.operator == "!=":
            return not_(self.one(field, node, "=", node.values[0]))
        if node.operator == "in":
            return or_(*[self.one(field, node, "=", value) for value in node.values])
        return self.one(field, node, node.operator, node.values[0])

    def one(self, field: Field, node: Comparison, sign: str, value: Value) -> Condition:
        """A field held against one value."""
        by_source = {
            Source.SPEC: self.spec,
            Source.RESULT: self.result,
            Source.CREATED: self.moment,
            Source.UPDATED: self.moment,
            Source.TAG: self.tag,
            Source.OWNER: self.owner,
            Source.STATE: self.state,
            Source.VISIBILITY: self.visibility,
            Source.SHARED: self.shared,
            Source.STARRED: self.starred,
            Source.IS: self.kind,
        }
        if sign in ORDERED and field.source in WORDS:
            raise wrong(value, f"{node.name} is a word: it cannot be “{sign}” another. Use = or !=.")
        return by_source[field.source](field, sign, value)

    def spec(self, field: Field, sign: str, value: Value) -> Condition:
        """A field of the spec, or the title."""
        facts = select(SpecFact.experiment_id).where(SpecFact.name == field.name)
        wanted = None if field.name == "title" else number(value)
        if sign in ORDERED:
            if field.name == "title":
                raise wrong(value, f"title is a text: it cannot be “{sign}” another. Use =, != or ~.")
            if wanted is None:
                raise wrong(value, f"“{sign}” needs a number behind it; “{value.text[:40]}” is none.")
            return self.among(facts.where(ORDERED[sign](SpecFact.number, wanted)))
        text = value.text.lower()
        if sign == "~":
            return self.among(facts.where(SpecFact.text.contains(text, autoescape=True)))
        return self.among(facts.where(SpecFact.text == text if wanted is None else SpecFact.number == wanted))

    def result(self, field: Field, sign: str, value: Value) -> Condition:
        """A result."""
        wanted = number(value)
        if sign == "~" or wanted is None:
            raise wrong(value, f"{field.name} is a number: compare it with =, !=, <, <=, > or >= and a number.")
        compare = ORDERED.get(sign, operator.eq)
        facts = select(ResultFact.experiment_id).where(ResultFact.name == field.name)
        return self.among(facts.where(compare(ResultFact.number, wanted)))

    def moment(self, field: Field, sign: str, value: Value) -> Condition:
        """A day on which something happened; a day is a stretch, so that later means after its end."""
        if sign == "~":
            raise wrong(value, f"{field.name} is a day: compare it with =, !=, <, <=, > or >=.")
        column: Any = Experiment.created_at if field.source is Source.CREATED else Experiment.updated_at
        start, end = interval(value)
        inside = {
            "=": (column >= start, column < end),
            "<": (column < start,),
            "<=": (column < end,),
            ">": (column >= end,),
            ">=": (column >= start,),
        }[sign]
        if field.source is Source.UPDATED:  # the index begins with it
            inside = (Experiment.archived.in_((False, True)), *inside)
        return self.among(select(Experiment.id).where(*inside))

    def tag(self, _field: Field, sign: str, value: Value) -> Condition:
        """A tag."""
        text = value.text.lower().lstrip("#")
        fits = Tag.name.contains(text, autoescape=True) if sign == "~" else Tag.name == text
        tags = select(Tag.id).where(fits)
        return self.among(select(experiment_tags.c.experiment_id).where(experiment_tags.c.tag_id.in_(tags)))

    def owner(self, _field: Field, sign: str, value: Value) -> Condition:
        """Who submitted it."""
        text = value.text.lower()
        if text == "me" and sign == "=" and not value.quoted:
            return self.among(select(Experiment.id).where(Experiment.owner_id == self.viewer.id))
        fits = User.username.contains(text, autoescape=True) if sign == "~" else User.username == text
        return self.among(select(Experiment.id).where(Experiment.owner_id.in_(select(User.id).where(fits))))

    def starred(self, _field: Field, sign: str, value: Value) -> Condition:
        """Whether the viewer starred it."""
        if sign == "~" or value.text.lower() not in ("me", self.viewer.username):
            raise wrong(value, "Only your own stars can be searched for: starred:me.")
        return self.among(select(Star.experiment_id).where(Star.user_id == self.viewer.id))

    def kind(self, field: Field, sign: str, value: Value) -> Condition:
        """``is:starred``, ``is:mine``, and ``is:viewed``."""
        text = value.text.lower()
        if sign == "~" or text not in ("starred", "mine", "viewed"):
            raise wrong(value, f"An experiment is starred, mine or viewed; “{value.text[:40]}” is none of them.")
        if text == "viewed":
            return self.among(select(Visit.experiment_id).where(Visit.user_id == self.viewer.id))
        me = Value("me")
        return self.starred(field, sign, me) if text == "starred" else self.owner(field, sign, me)

    def state(self, _field: Field, sign: str, value: Value) -> Condition:
        """The state that the table shows: one of its trials has it, and none a livelier one."""
        text = value.text.lower()
        if sign == "~" or text not in set(State):
            near = nearest(text, list(State))
            hint = f" Did you mean {near[0]}?" if near else ""
            raise wrong(value, f"A state is one of {', '.join(State)}; “{value.text[:40]}” is none.{hint}")
        livelier = LIVELIEST_FIRST[: LIVELIEST_FIRST.index(State(text))]
        has = self.among(select(Trial.experiment_id).where(Trial.state == text))
        others = [not_(self.among(select(Trial.experiment_id).where(Trial.state == state.value))) for state in livelier]
        return and_(has, *others)

    def visibility(self, _field: Field, sign: str, value: Value) -> Condition:
        """Who sees it."""
        text = value.text.lower()
        if sign == "~" or text not in set(Visibility):
            near = nearest(text, list(Visibility))
            hint = f" Did you mean {near[0]}?" if near else ""
            raise wrong(value, f"A visibility is one of {', '.join(Visibility)}; “{value.text[:40]}” is none.{hint}")
        return self.among(select(Experiment.id).where(Experiment.visibility == text))

    def shared(self, _field: Field, sign: str, value: Value) -> Condition:
        """Whether somebody shares it with the viewer by name; with whom else it is shared is not told."""
        if sign == "~" or value.text.lower() not in ("me", self.viewer.username):
            raise wrong(value, "What is shared with you can be searched for: shared:me.")
        return self.among(select(Share.experiment_id).where(Share.user_id == self.viewer.id))

    def words(self, value: Value) -> Condition:
        """Each word begins one of the title or the description; or a tag or its owner's name begins with the text.

        ``#name`` is of tags alone.
        """
        words, text = words_of(value.text), value.text.lower()
        if text.startswith("#") and (name := text.lstrip("#")) and not value.quoted:
            return self.tagged(name)
        if not words:
            return false()
        has = [self.among(select(WordFact.experiment_id).where(beginning(WordFact.word, word))) for word in words]
        if value.quoted and len(words) > 1:
            has.append(self.phrase(value.text, words))
        people = select(User.id).where(User.username.startswith(text, autoescape=True))
        owned = select(Experiment.id).where(Experiment.owner_id.in_(people))
        return or_(and_(*has), self.tagged(text), self.among(owned))

    def tagged(self, text: str) -> Condition:
        """A tag begins so."""
        tags = select(Tag.id).where(Tag.name.startswith(text, autoescape=True))
        return self.among(select(experiment_tags.c.experiment_id).where(experiment_tags.c.tag_id.in_(tags)))

    def phrase(self, text: str, words: list[str]) -> Condition:
        """The text as it stands; looked for where its longest word is."""
        longest = select(WordFact.experiment_id).where(beginning(WordFact.word, max(words, key=len)))
        says = or_(
            Experiment.title.icontains(text, autoescape=True), Experiment.description.icontains(text, autoescape=True)
        )
        return self.among(select(Experiment.id).where(Experiment.id.in_(longest), says))


def saying(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Without signs that stand alone, as the dash of ``LeNet - deeper``, unless there is nothing else."""
    return tuple(item for item in items if not isinstance(item, Words) or words_of(item.value.text)) or items


def beginning(column: Any, word: str) -> Condition:
    """Whether a column's text begins with a word, so that an index serves."""
    return and_(column >= word, column < word + LAST_CHARACTER)
