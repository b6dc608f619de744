"""The table: its columns, orders and pages are in its address; what is wrong is said beside the box."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from tests.conftest import DIGITS, Person, Store
from tests.making import points
from webapp.models import CurveChunk, Experiment, Trial
from webapp.store import curves

Submit = Callable[..., Experiment]
FRAGMENT = {"HX-Request": "true", "HX-Target": "experiments-table"}


def titles(page: str) -> list[str]:
    return re.findall(r'class="fw-semibold" href="/experiments/\d+">([^<]*)<', page)


def give_results(store: Store, experiment: Experiment, **results: float) -> None:
    store.get_one(Trial, experiment.trials[0].id).results = {
        name.replace("__", "/"): value for name, value in results.items()
    }
    store.commit()


def test_columns_are_what_the_address_says(ada: Person, store: Store, submit: Submit) -> None:
    made = submit(ada, "One", {**DIGITS, "network": {"kind": "mlp", "hidden": [300, 100, 100]}, "batch_size": 32})
    give_results(store, made, validation__accuracy=0.975, validation__loss=0.25, duration_s=3.0, test__loss=0.5)
    usual = ada.browser.get("/experiments").text
    assert ">97.50%<" in usual
    assert ">0.25<" in usual
    assert ">3.0 s<" in usual
    chosen = ada.browser.get("/experiments?columns=network.hidden&columns=batch_size,test/loss").text
    assert ">300, 100, 100<" in chosen
    assert ">32<" in chosen
    assert ">0.5<" in chosen
    assert ">97.50%<" not in chosen


def test_where_numbers_are_predicted_the_usual_column_has_r2(ada: Person, store: Store, submit: Submit) -> None:
    give_results(store, submit(ada), validation__r2=0.625)
    assert ">R² 0.625<" in ada.browser.get("/experiments").text


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("colour", "no field “colour”"),
        ("tag", "is in the table already"),
        (",".join(f"x{n}" for n in range(9)), "At most 8"),
    ],
)
def test_columns_that_cannot_be_are_told(ada: Person, submit: Submit, columns: str, words: str) -> None:
    submit(ada)
    answer = ada.browser.get(f"/experiments?columns={columns}")
    assert answer.status_code == 422
    assert words in unescape(answer.text)


@pytest.mark.parametrize(
    ("sort", "direction"), [("validation/loss", "ascending"), ("-validation/loss", "descending"), ("", "descending")]
)
def test_the_sorted_heading_says_its_direction(ada: Person, submit: Submit, sort: str, direction: str) -> None:
    submit(ada)
    assert re.findall(r'aria-sort="(\w+)"', ada.browser.get(f"/experiments?sort={sort}").text) == [direction]


def test_headings_sort_and_turn_round_and_keep_the_rest(ada: Person, submit: Submit) -> None:
    for title, lr in (("small", 0.01), ("large", 0.5)):
        submit(ada, title, {**DIGITS, "optimizer": {"kind": "sgd", "lr": lr}})
    address = "/experiments?search=owner:me&columns=optimizer.lr"
    for expected in (["small", "large"], ["large", "small"]):
        page = ada.browser.get(address).text
        address = unescape(re.search(r'href="([^"]+)" title="Sort by optimizer.lr"', page)[1])  # type: ignore[index]
        assert "search=owner:me" in address.replace("%3A", ":")
        page = ada.browser.get(address).text
        assert titles(page) == expected
        assert "columns=optimizer.lr" in address


def test_the_next_page_keeps_the_search(ada: Person, submit: Submit) -> None:
    for number in range(27):
        submit(ada, f"Number {number}")
    first = ada.browser.get("/experiments?search=number").text
    assert "27 experiments match" in " ".join(first.split())
    following = unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])  # type: ignore[index]
    second = ada.browser.get(following).text
    assert (len(titles(first)), titles(second)) == (25, ["Number 1", "Number 0"])
    assert "First page" in second


def test_a_mistake_keeps_the_search_and_marks_the_place(ada: Person, submit: Submit) -> None:
    submit(ada)
    answer = ada.browser.get("/experiments?search=tag:a+and+optimiser.kind+=+adam")
    assert answer.status_code == 422
    assert 'value="tag:a and optimiser.kind = adam"' in answer.text
    assert "tag:a and <mark>optimiser.kind</mark> = adam" in answer.text
    assert "Did you mean optimizer.kind?" in answer.text


def test_a_mistake_while_typing_leaves_the_table_alone(ada: Person, submit: Submit) -> None:
    submit(ada)
    answer = ada.browser.get("/experiments?search=tag:", headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#search-problem"
    assert "A value is missing" in answer.text
    assert "<table" not in answer.text
    mended = ada.browser.get("/experiments?search=state:queued&sort=created", headers=FRAGMENT)
    assert "HX-Retarget" not in mended.headers
    assert mended.headers["HX-Replace-Url"] == "/experiments?search=state:queued"
    assert '<div id="search-problem" class="search-problem" role="status" hx-swap-oob="true"></div>' in mended.text


def test_nothing_that_matches_says_what_was_searched_and_the_way_back(ada: Person, submit: Submit) -> None:
    submit(ada)
    page = ada.browser.get("/experiments?search=optimizer.lr+>+5&columns=seed").text
    assert "<code>optimizer.lr &gt; 5</code>" in page
    assert 'href="/experiments?columns=seed">Clear the search' in page
    assert "Nothing is archived" in ada.browser.get("/experiments?archived=1").text


def test_what_is_done_with_ticked_rows_comes_back_to_the_same_table(ada: Person, submit: Submit) -> None:
    said = {"search": "tag:x", "sort": "title", "columns": "seed", "action": "archive", "ids": [submit(ada).id]}
    answer = ada.browser.post("/experiments/bulk", data=said)
    assert answer.location == "/experiments?search=tag:x&sort=title&columns=seed"


def test_the_columns_to_choose_from_are_those_that_experiments_have(ada: Person, store: Store, submit: Submit) -> None:
    give_results(store, submit(ada), validation__brier=0.2)
    page = ada.browser.get("/experiments/columns?columns=seed").text
    assert 'value="validation/brier">' in page
    assert 'value="seed" checked>' in page
    assert "network.hidden" not in page


def test_sparklines_of_ended_trials_are_remembered(ada: Person, store: Store, submit: Submit) -> None:
    trial = store.get_one(Trial, submit(ada).trials[0].id)
    trial.state, trial.attempt = "running", 1
    store.commit()
    curves.append(store, trial.id, 1, [points("train/loss", 1, 3, [3, 2, float("nan")])])
    store.commit()
    path = f"/experiments/sparklines?trials={trial.id},999,nonsense"
    assert ada.browser.get(path).json == {str(trial.id): [3.0, 2.0]}
    ended = store.get_one(Trial, trial.id)
    ended.state, ended.ended_at = "completed", ended.created_at
    store.commit()
    ada.browser.get(path)
    store.query(CurveChunk).delete()
    store.commit()
    assert ada.browser.get(path).json == {str(trial.id): [3.0, 2.0]}


def test_completions_are_served(ada: Person) -> None:
    answer = ada.browser.get("/experiments/completions?text=optimizer.kind+=+lio").json
    assert answer == {"start": 17, "end": 20, "items": [{"text": "lion", "detail": ""}]}


def test_the_api_names_the_field_and_the_place(ada: Person) -> None:
    answer = ada.api("GET", "/experiments", query_string={"search": "tag:a optimiser.kind = adam"})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    (error,) = answer.json["errors"]
    assert (error["field"], error["pointer"]) == ("search", "#/search")
    assert error["detail"].endswith("(at character 7)")


def test_the_apis_document_tells_of_search_and_sort(ada: Person) -> None:
    described = ada.api("GET", "/openapi.json").json["paths"]["/api/v1/experiments"]["get"]["parameters"]
    assert {"search", "sort", "cursor", "limit", "archived"} == {parameter["name"] for parameter in described}
