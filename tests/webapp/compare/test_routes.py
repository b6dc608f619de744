"""What the address of a comparison may say, and what is answered."""

import pytest
from flask import Flask

from webapp.app import create_app
from webapp.models import Experiment, Trial, User, db
from webapp.settings import Settings

SPEC = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}, "optimizer": {"kind": "sgd", "lr": 0.1}}


@pytest.fixture
def app(tmp_path) -> Flask:
    app = create_app(Settings(DESCENT_VAR=tmp_path), TESTING=True, WTF_CSRF_ENABLED=False, LOGIN_DISABLED=True)
    with app.app_context():
        db.create_all()
        owner = User(username="ada", email="ada@example.org")
        for number in range(3):
            spec = {**SPEC, "optimizer": {"kind": "sgd", "lr": 0.1 / 10**number}}
            experiment = Experiment(owner=owner, title=f"Softmax number {number + 1}", spec=spec)
            experiment.trials = [Trial(number=1, seed=0)]
            db.session.add(experiment)
        db.session.commit()
    return app


def test_strangers_are_asked_to_log_in(app):
    app.config["LOGIN_DISABLED"] = False
    answer = app.test_client().get("/compare?ids=1,2")
    assert answer.status_code == 302
    assert "/login" in answer.location


def test_two_experiments_are_shown_with_their_differences_only(app):
    page = app.test_client().get("/compare?ids=2,1").get_data(as_text=True)
    assert page.index("Softmax number 2") < page.index("Softmax number 1")
    assert "optimizer.lr" in page
    assert "<code>network.kind</code>" not in page


def test_without_ids_there_is_a_list_to_choose_from(app):
    answer = app.test_client().get("/compare")
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count('name="pick"') == 3


def test_one_experiment_is_ticked_in_the_list(app):
    page = app.test_client().get("/compare?ids=3").get_data(as_text=True)
    assert 'value="3" checked' in page


def test_the_list_leads_to_an_address_that_can_be_sent_to_others(app):
    answer = app.test_client().get("/compare?pick=3&pick=1")
    assert answer.status_code == 302
    assert answer.location in ("/compare?ids=3,1", "/compare?ids=3%2C1")


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ("1,77", "There is no experiment 77."),
        ("1,x", "“x” is not the number of an experiment."),
        ("1,-2", "“-2” is not the number of an experiment."),
        ("1,99999999999999999999", "is not the number of an experiment."),
        (",".join(map(str, range(1, 22))), "At most 20 experiments can be compared at once; you chose 21."),
    ],
)
def test_ids_that_cannot_be_compared_get_a_plain_sentence(app, ids, sentence):
    answer = app.test_client().get("/compare", query_string={"ids": ids})
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_the_same_experiment_twice_is_one(app):
    page = app.test_client().get("/compare?ids=1,1").get_data(as_text=True)
    assert "Choose 2 to 20 experiments" in page
