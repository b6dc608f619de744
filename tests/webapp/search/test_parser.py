"""From text to a tree and back."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from webapp.search import parser
from webapp.search.parser import DEEPEST, MOST_CONDITIONS, parse
from webapp.search.problem import SearchProblem
from webapp.search.tokens import LONGEST, is_plain
from webapp.search.tree import And, Comparison, Node, Not, Or, Value, Words


def comparison(name: str, operator: str, *values: str) -> Comparison:
    return Comparison(name, operator, tuple(Value(value) for value in values))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  ", None),
        ("deep", Words(Value("deep"))),
        ('"deep \\"net\\""', Words(Value('deep "net"', quoted=True))),
        ("a=1", comparison("a", "=", "1")),
        ("a : b", comparison("a", "=", "b")),
        ("val/accuracy>=1e-3", comparison("val/accuracy", ">=", "1e-3")),
        ('"a b: C" > 1', comparison("a b: C", ">", "1")),
        ('"a b" not in (c)', Not(comparison("a b", "in", "c"))),
        ("tag:in", comparison("tag", "=", "in")),
        ("tag:or or tag in (and, not)", Or((comparison("tag", "=", "or"), comparison("tag", "in", "and", "not")))),
        ("a IN (b, c)", comparison("a", "in", "b", "c")),
        ("a not in (b)", Not(comparison("a", "in", "b"))),
        ("a b", And((Words(Value("a")), Words(Value("b"))))),
        ("a and b or c", Or((And((Words(Value("a")), Words(Value("b")))), Words(Value("c"))))),
        ("a and (b or c)", And((Words(Value("a")), Or((Words(Value("b")), Words(Value("c"))))))),
        ("not a b", And((Not(Words(Value("a"))), Words(Value("b"))))),
        ("created > 2026-01-31T10:30", comparison("created", ">", "2026-01-31T10:30")),
        ("what!", Words(Value("what!"))),
    ],
)
def test_what_a_text_means(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ("a and", "missing at the end", 5),
        ("or a", "“or” cannot stand here", 0),
        ("(a", "never closed", 0),
        ("a (b))", "never opened", 5),
        ("= 3", "Write a field before “=”", 0),
        ("a =", "A value is missing behind “=”", 3),
        ("a :", "A value is missing behind “:”", 3),
        ("a = = b", "A value is missing", 4),
        ('a "b', "quotation mark is never closed", 2),
        ("a, b", "A comma stands only", 1),
        ("a in b", "in parentheses", 5),
        ("a in ()", "A value is missing behind “in”", 6),
        ("a in (b c)", "A comma or the closing parenthesis", 8),
        ("()", "This parenthesis was never opened", 1),
        ("(" * (DEEPEST + 2), "within one another", DEEPEST + 1),
        ("not " * 200, "within one another", 4 * (DEEPEST + 1)),
        ("a " * (MOST_CONDITIONS + 1), "at most 50 conditions", 2 * MOST_CONDITIONS),
        (f"a in ({'b,' * 60}b)", "At most 50 values", 5),
        ("a" * (LONGEST + 1), "at most 1,000 characters", None),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, message: str, start: int | None) -> None:
    with pytest.raises(SearchProblem) as raised:
        parse(text)
    assert message in raised.value.message
    assert raised.value.start == start


plain = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(is_plain)
values = st.builds(Value, plain) | st.builds(
    Value, st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12), st.just(True)
)
names = plain | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
comparisons = st.builds(
    Comparison, names, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "~"]), st.tuples(values)
) | st.builds(Comparison, names, st.just("in"), st.lists(values, min_size=1, max_size=3).map(tuple))


def larger(smaller: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(smaller, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, smaller)


trees: st.SearchStrategy[Node] = st.recursive(st.builds(Words, values) | comparisons, larger, max_leaves=8)


@given(trees)
def test_a_tree_that_is_written_reads_as_itself(tree: Node) -> None:
    if "\x00" not in str(tree) and len(str(tree)) <= LONGEST:
        assert parse(str(tree)) == tree


@pytest.mark.parametrize("page", ["docs/search.md", "webapp/experiments/templates/experiments/_search_help.html"])
def test_the_grammar_is_the_same_wherever_it_is_told(page: str) -> None:
    def rules(text: str) -> dict[str, str]:
        found = re.findall(r"^ *(?:<\w+.*>)?(\w+) += ([^;]+) ;", html.unescape(text), re.MULTILINE)
        return {name: " ".join(rule.split()) for name, rule in found}

    told = rules((ROOT / page).read_text())
    declared = rules(str(parser.__doc__))
    assert declared.keys() == {"search", "either", "both", "single", "comparison"}
    assert {name: told.get(name) for name in declared} == declared
