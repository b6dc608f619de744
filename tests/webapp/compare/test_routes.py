"""What the address of a comparison may say, and what is answered."""

import re

import pytest
from flask import Flask

from tests.conftest import Person, Store
from webapp.models import Experiment, Trial, db

SPEC = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "optimizer": {"kind": "sgd", "lr": 0.1}}


@pytest.fixture
def reader(app: Flask, ada: Person) -> Person:
    """Somebody with three experiments; the last has three trials, of which two have ended."""
    with app.app_context():
        for number in range(3):
            spec = {**SPEC, "optimizer": {"kind": "sgd", "lr": 0.1 / 10**number}}
            experiment = Experiment(owner_id=ada.id, title=f"Softmax number {number + 1}", spec=spec)
            experiment.trials = [Trial(number=1, seed=0)]
            db.session.add(experiment)
            db.session.flush()
        for number, accuracy in ((1, 0.8), (2, 0.9)):
            results = {"validation/accuracy": {"last": accuracy, "best": accuracy}, "duration_s": 2.0}
            if number > 1:
                experiment.trials.append(Trial(number=number, seed=number))
            experiment.trials[number - 1].results = results
        experiment.trials.append(Trial(number=3, seed=3))
        db.session.commit()
    return ada


def get(reader: Person, path: str) -> str:
    return reader.browser.get(path).text


def test_strangers_are_asked_to_log_in(app: Flask) -> None:
    answer = app.test_client().get("/compare?ids=1,2")
    assert answer.status_code == 302
    assert "/login" in answer.location


def test_two_experiments_are_shown_with_their_differences_only(reader: Person) -> None:
    page = get(reader, "/compare?ids=2,1")
    assert page.index("Softmax number 2") < page.index("Softmax number 1")
    assert "optimizer.lr" in page
    equal = page.index("<code>network.kind</code>")
    assert page.rindex("<tr", 0, equal) == page.rindex('<tr data-usual="softmax" data-equal hidden>', 0, equal)


def test_every_field_of_the_specs_can_be_grouped_by_and_those_that_differ_come_first(reader: Person) -> None:
    page = get(reader, "/compare?ids=1,2")
    choices = re.findall('<option value="([^"]*)"', page.partition("data-group-by")[2].partition("</select>")[0])
    assert choices == ["", "optimizer.lr", "data.kind", "network.kind", "optimizer.kind"]


def test_fields_outside_of_lists_are_offered_first_to_group_by(reader: Person, store: Store) -> None:
    layers = [{"kind": "conv", "filters": filters} for filters in range(70)]
    store.get_one(Experiment, 1).spec = {**SPEC, "network": {"layers": layers}, "epochs": 7}
    store.commit()
    page = get(reader, "/compare?ids=1,2")
    assert page.index('<option value="epochs">') < page.index('<option value="network.layers.0.kind">')
    assert '<option value="network.layers.69.filters">' in page


def test_each_column_of_numbers_says_which_way_is_better(reader: Person) -> None:
    page = get(reader, "/compare?ids=1,2")
    assert 'data-metric="validation/accuracy" data-which="best" data-better="higher"' in page
    assert 'data-metric="validation/loss" data-which="last" data-better="lower"' in page


def test_the_mean_of_several_trials_has_its_deviation(reader: Person) -> None:
    page = get(reader, "/compare?ids=3,1")
    assert "mean of 3 trials" in page
    assert '85.00% <span class="deviation">± 7.1%</span>' in page


def test_the_trials_of_an_experiment_have_a_table_with_their_mean(reader: Person) -> None:
    table = get(reader, "/experiments/3/trials")
    assert table.count("<tr data-row=") == 3
    assert "80.00%" in table
    assert '85.00% <span class="deviation">± 7.1%</span>' in table.partition("<tfoot>")[2]
    assert reader.browser.get("/experiments/77/trials").status_code == 404


def test_only_an_experiment_of_several_trials_has_a_tab_for_them(reader: Person) -> None:
    assert 'data-tab="trials"' in get(reader, "/experiments/3")
    assert 'data-tab="trials"' not in get(reader, "/experiments/1")


def test_without_ids_there_is_a_list_to_choose_from(reader: Person) -> None:
    assert get(reader, "/compare").count('name="pick"') == 3


def test_one_experiment_is_ticked_in_the_list(reader: Person) -> None:
    assert 'value="3" checked' in get(reader, "/compare?ids=3")


def test_the_list_leads_to_an_address_that_can_be_sent_to_others(reader: Person) -> None:
    answer = reader.browser.get("/compare?pick=3&pick=1")
    assert answer.status_code == 302
    assert answer.location in ("/compare?ids=3,1", "/compare?ids=3%2C1")


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ("1,77", "There is no experiment 77: deleted, or not shared with you."),
        ("1,x", "“x” is not the number of an experiment."),
        ("1,-2", "“-2” is not the number of an experiment."),
        ("1,99999999999999999999", "is not the number of an experiment."),
        (",".join(map(str, range(1, 52))), "At most 50 experiments can be compared at once; you chose 51."),
    ],
)
def test_ids_that_cannot_be_compared_get_a_plain_sentence(reader: Person, ids: str, sentence: str) -> None:
    answer = reader.browser.get("/compare", query_string={"ids": ids})
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_the_same_experiment_twice_is_one(reader: Person) -> None:
    assert "Choose 2 to 50 experiments" in get(reader, "/compare?ids=1,1")
