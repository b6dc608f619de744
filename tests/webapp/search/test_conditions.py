"""What searches find, on both databases."""

from collections.abc import Callable

import pytest

from tests.conftest import Person
from tests.webapp.search.conftest import Find
from webapp.models import Experiment
from webapp.search.problem import SearchProblem

Submit = Callable[..., Experiment]
pytestmark = pytest.mark.usefixtures("three")
A, B, C = "A careful start", "B bolder", "C of Grace"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", [A, B, C]),
        ("optimizer.kind = adam", [A, B]),
        ("OPTIMIZER.kind=Adam", [A, B]),
        ("optimizer.kind != adam", [C]),
        ("optimizer.kind in (adam, sgd) and optimizer.lr < 0.05", [A, C]),
        ("optimizer.kind not in (adam, lion)", [C]),
        ("optimizer.lr = 1e-3", [A]),
        ("optimizer.lr = 0.001", [A]),
        ("optimizer.lr >= .01", [B, C]),
        ("optimizer.kind ~ da", [A, B]),
        ("network.hidden = 64", [C]),
        ("network.hidden > 300", []),
        ("regularisation.kind = clip_norm", [B]),
        ("not regularisation.kind = l2", [A, C]),
        ("channels_last = true", [C]),
        ("weight_average = none", [A, B, C]),
        ("data.train_size != none", []),
    ],
)
def test_fields_of_the_spec(find: Find, search: str, expected: list[str]) -> None:
    assert find(search) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("val/accuracy > 0.9", [B]),
        ("validation/accuracy > 90%", [B]),
        ("val/accuracy <= 0.85", [A]),
        ("val/accuracy.last < 0.81", [A]),
        ("not val/accuracy > 0.9", [A, C]),
        ("steps in (10, 20)", [A, B]),
        ("duration = 3.5", [A]),
        ("test/accuracy > 0", []),
    ],
)
def test_results(find: Find, search: str, expected: list[str]) -> None:
    assert find(search) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("tag:baseline", [A, B]),
        ("tag != baseline", [C]),
        ("tag ~ sweep", [B]),
        ("tag:nothing", []),
        ("owner:me", [A, B]),
        ("owner = GRACE", [C]),
        ("owner != me", [C]),
        ("state:failed", [C]),
        ("state in (failed, completed)", [A, B, C]),
        ("created > 2026-01-05", [B, C]),
        ("created >= 2026-01-05", [A, B, C]),
        ("created = 2026-02-01", [B, C]),
        ("created = 2026-02", [B, C]),
        ("created < 2026", []),
        ("created <= 2026-02-01T00:00", [A, B]),
        ("created < today and updated = today", [A, B, C]),
        ('title = "b bolder"', [B]),
        ("title ~ arefu", [A]),
    ],
)
def test_what_the_language_names_itself(find: Find, search: str, expected: list[str]) -> None:
    assert find(search) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("bold", [B]),
        ("LEARN rate", [B]),
        ("rate learning", [B]),
        ('"learning rate"', [B]),
        ('"rate learning"', []),
        ("100%", [B]),
        ("things", [B]),
        ("lr-sw", [B]),
        ("gra", [C]),
        ("--", []),
        ("-- !!!", []),
        ("not --", [A, B, C]),
        ("careful - start", [A]),
        ("-- or bold", [B]),
        ("bold or careful", [A, B]),
        ("(bold or careful) not tag:lr-sweep", [A]),
        ("not not bold", [B]),
    ],
)
def test_words_and_how_conditions_go_together(find: Find, search: str, expected: list[str]) -> None:
    assert find(search) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("#Baseline", [A, B]),
        ("#lr", [B]),
        ("not #baseline", [C, "Without the baseline tag"]),
        ("baseline", [A, B, "Without the baseline tag"]),
        ('"#baseline"', ["Without the baseline tag"]),
    ],
)
def test_a_name_behind_a_hash_is_of_tags_alone(
    find: Find, add: Callable[..., Experiment], search: str, expected: list[str]
) -> None:
    add("Without the baseline tag")
    assert find(search) == expected


@pytest.mark.parametrize("name", ["in", "or", "and", "not"])
def test_the_links_of_tags_that_are_keywords_lead_to_them(ada: Person, submit: Submit, name: str) -> None:
    submit(ada, "Carries it", tags=[name])
    page = ada.browser.get("/experiments").text
    assert f'href="/experiments?search=tag:{name}"' in page
    found = ada.browser.get(f"/experiments?search=tag:{name}")
    assert (found.status_code, "Carries it" in found.text) == (200, True)


@pytest.mark.parametrize("search", ['"über allem"', '"ÜBER ALLEM"', "über", '"größte ÉLAN"', "title ~ Über"])
def test_letters_of_every_alphabet_are_found_in_any_case(
    find: Find, add: Callable[..., Experiment], search: str
) -> None:
    add("Über allem", description="Der GRÖSSTE, der größte élan")
    assert find(search) == ["Über allem"]


@pytest.mark.parametrize(
    "word",
    ["'; DROP TABLE users; --", "%", "_", "\\", "%' OR 1=1 --", "${x}", "ʼ", "😀", "x" * 900, '"' + "%" * 90 + '"'],
)
@pytest.mark.parametrize("field", ["", "title ~ ", "tag ~ ", "owner ~ ", "data.kind ~ ", "data.kind = "])
def test_no_text_is_more_than_a_text(find: Find, field: str, word: str) -> None:
    quoted = word if word.startswith('"') else '"' + word.replace("\\", "\\\\") + '"'
    found = find(f"{field}{quoted}")
    assert found in ([], [B])
    assert find("") == [A, B, C]


@pytest.mark.parametrize(
    ("search", "message", "start", "end"),
    [
        ("optimiser.kind = adam", "no field “optimiser.kind”. Did you mean optimizer.kind", 0, 14),
        ("bold lr > 1", "no field “lr”. Did you mean optimizer.lr", 5, 7),
        ("accuracy > 1", "Did you mean validation/accuracy", 0, 8),
        ("description ~ x", "Write the words alone", 0, 11),
        ("zzzzzzzzz = 1", "the box offers what there is", 0, 9),
        ("optimizer.kind < adam", "“<” needs a number behind it; “adam” is none", 17, 21),
        ("title > 5", "title is a text: it cannot be “>” another", 8, 9),
        ("val/accuracy = high", "validation/accuracy is a number", 15, 19),
        ("val/accuracy ~ 9", "validation/accuracy is a number", 15, 16),
        ("state:runing", "Did you mean running?", 6, 12),
        ("tag < b", "tag is a word", 6, 7),
        ("created > yesterdy", "“yesterdy” is no day", 10, 18),
        ("created > 2026-02-30", "no 2026-02-30 in the calendar", 10, 20),
        ("created = 9999", "no 9999 in the calendar", 10, 14),
        ("created ~ 2026", "created is a day", 10, 14),
        ("optimizer.lr > 1e999", "too large", 15, 20),
        ("a\x00b", "NUL", 1, 2),
    ],
)
def test_a_mistake_is_told_with_its_place(find: Find, search: str, message: str, start: int, end: int) -> None:
    with pytest.raises(SearchProblem) as raised:
        find(search)
    assert message in raised.value.message
    assert (raised.value.field, raised.value.start, raised.value.end) == ("search", start, end)
