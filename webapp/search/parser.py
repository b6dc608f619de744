"""From pieces to a tree, by recursive descent.

search     = [ either ] ;
either     = both , { "or" , both } ;
both       = single , { [ "and" ] , single } ;
single     = "not" , single | "(" , either , ")" | comparison | words ;
comparison = field , operator , value | field , [ "not" ] , "in" , "(" , value , { "," , value } , ")" ;
"""

from webapp.search.problem import SearchProblem
from webapp.search.tokens import Kind, Token, tokens
from webapp.search.tree import And, Comparison, Node, Not, Or, Place, Value, Words

DEEPEST = 20
MOST_CONDITIONS = 50
MOST_VALUES = 50


def parse(text: str) -> Node | None:
    """The tree; None for a search that says nothing. Raises SearchProblem."""
    reader = Reader(tokens(text))
    if reader.next.kind is Kind.END:
        return None
    node = reader.either(0)
    if reader.next.kind is not Kind.END:
        raise reader.wrong(unexpected(reader.next))
    return node


def unexpected(token: Token) -> str:
    """Why a piece cannot stand where it does."""
    if token.kind is Kind.END:
        return "Something is missing at the end."
    if token.kind is Kind.CLOSE:
        return "This parenthesis was never opened."
    if token.kind is Kind.COMMA:
        return "A comma stands only between the values of “in (…)”."
    if token.kind is Kind.OPERATOR:
        return f"Write a field before “{token.text}”, for example optimizer.lr {token.text} 0.1."
    return f"“{token.text}” cannot stand here. To look for the word itself, put it in quotation marks."


class Reader:
    """Goes through the pieces from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self.found = found
        self.position = 0
        self.conditions = 0

    @property
    def next(self) -> Token:
        """The piece that comes now."""
        return self.found[self.position]

    def take(self) -> Token:
        """The piece that comes now, and go behind it."""
        self.position += 1
        return self.found[self.position - 1]

    def takes(self, kind: Kind, text: str | None = None) -> bool:
        """Go behind the next piece if it is this one."""
        fits = self.next.kind is kind and text in (None, self.next.text)
        self.position += fits
        return fits

    def wrong(self, message: str, token: Token | None = None) -> SearchProblem:
        """The problem at a piece, the next one unless told."""
        token = token or self.next
        return SearchProblem("search", message, token.start, token.end)

    def either(self, depth: int) -> Node:
        """One or more with "or" between."""
        items = [self.both(depth)]
        while self.takes(Kind.KEYWORD, "or"):
            items.append(self.both(depth))
        return items[0] if len(items) == 1 else Or(tuple(items))

    def both(self, depth: int) -> Node:
        """One or more with "and" between, or nothing, which means the same."""
        items = [self.single(depth)]
        while self.takes(Kind.KEYWORD, "and") or self.begins_another():
            items.append(self.single(depth))
        return items[0] if len(items) == 1 else And(tuple(items))

    def begins_another(self) -> bool:
        """Whether the next piece begins a condition."""
        return self.next.kind in (Kind.WORD, Kind.QUOTED, Kind.OPEN) or (self.next.kind, self.next.text) == (
            Kind.KEYWORD,
            "not",
        )

    def single(self, depth: int) -> Node:
        """A condition, or one in parentheses or behind "not"."""
        if depth > DEEPEST:
            raise self.wrong(f"At most {DEEPEST} parentheses and “not”s may stand within one another.")
        if self.takes(Kind.KEYWORD, "not"):
            return Not(self.single(depth + 1))
        opening = self.next
        if self.takes(Kind.OPEN):
            node = self.either(depth + 1)
            if not self.takes(Kind.CLOSE):
                raise self.wrong("This parenthesis is never closed.", opening)
            return node
        return self.condition()

    def condition(self) -> Node:
        """A comparison, or words."""
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise self.wrong(f"A search has at most {MOST_CONDITIONS} conditions.")
        if self.next.kind not in (Kind.WORD, Kind.QUOTED):
            raise self.wrong(unexpected(self.next))
        word = self.take()
        if self.next.kind is Kind.OPERATOR:
            sign = self.take().text
            return self.comparison(word, sign.replace(":", "="), (self.value(sign),))
        if self.is_in(0):
            self.take()
            return self.comparison(word, "in", self.values())
        if (self.next.kind, self.next.text) == (Kind.KEYWORD, "not") and self.is_in(1):
            self.position += 2
            return Not(self.comparison(word, "in", self.values()))
        return Words(Value(word.text, word.kind is Kind.QUOTED, Place(word.start, word.end)))

    def is_in(self, ahead: int) -> bool:
        """Whether "in" comes now, or so many pieces later."""
        token = self.found[self.position + ahead]
        return (token.kind, token.text) == (Kind.KEYWORD, "in")

    def comparison(self, word: Token, operator: str, values: tuple[Value, ...]) -> Comparison:
        """A field held against values."""
        return Comparison(word.text, operator, values, Place(word.start, word.end))

    def values(self) -> tuple[Value, ...]:
        """What stands in the parentheses behind "in"."""
        opening = self.next
        if not self.takes(Kind.OPEN):
            raise self.wrong("Write the values in parentheses, with commas between: in (adam, adamw).")
        found = [self.value("in")]
        while self.takes(Kind.COMMA):
            found.append(self.value("in"))
        if len(found) > MOST_VALUES:
            raise self.wrong(f"At most {MOST_VALUES} values; these are {len(found)}.", opening)
        if not self.takes(Kind.CLOSE):
            raise self.wrong("A comma or the closing parenthesis of “in (…)” is missing.")
        return tuple(found)

    def value(self, sign: str) -> Value:
        """What a field is held against; where a value must stand, "and" is a word like others, such as a tag's name."""
        if self.next.kind not in (Kind.WORD, Kind.QUOTED, Kind.KEYWORD):
            raise self.wrong(f"A value is missing behind “{sign}”.")
        token = self.take()
        return Value(token.text, token.kind is Kind.QUOTED, Place(token.start, token.end))
