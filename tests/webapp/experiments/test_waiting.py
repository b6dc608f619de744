from collections.abc import Callable

import pytest

from tests.conftest import DIGITS, Person, Store
from webapp.experiments.waiting import sentence
from webapp.models import Experiment, User
from webapp.store import turns
from webapp.store.turns import Waiting


@pytest.mark.parametrize(
    ("stands", "own", "others"),
    [
        (Waiting("cpu", 1, 1, 0, 4, False), "Place 1 of 1 in the queue.", "Place 1 of 1 in the queue."),
        (
            Waiting("cpu", 4, 12, 2, 2, True),
            "Place 4 of 12 in the queue. 2 of yours are running, which is your limit.",
            "Place 4 of 12 in the queue. 2 of its owner's trials are running, which is their limit.",
        ),
        (
            Waiting("gpu", 2, 3, 1, 2, True),
            "Place 2 of 3 in the queue for workers with a GPU. 1 of yours is running; your limit is 2 at the same time, "
            "and others of yours are before it.",
            "Place 2 of 3 in the queue for workers with a GPU. 1 of its owner's trials is running; their limit is 2 at the "
            "same time, and others of its owner's trials are before it.",
        ),
    ],
)
def test_why_a_trial_waits_is_a_sentence(stands: Waiting, own: str, others: str) -> None:
    assert sentence(stands, is_own=True) == own
    assert sentence(stands, is_own=False) == others


def test_page_and_api_say_why_a_trial_waits(
    ada: Person, grace: Person, submit: Callable[..., Experiment], store: Store
) -> None:
    experiment = submit(ada, spec=DIGITS | {"trials": 2})
    store.get_one(User, ada.id).most_running = 1
    store.commit()
    assert turns.take(store, "cpu", "w", 60, 16) == (experiment.trials[0].id, 1)
    page = f"/experiments/{experiment.id}"
    said = "Place 1 of 1 in the queue. 1 of yours is running, which is your limit."
    assert said in ada.browser.get(f"{page}?trial=2").text
    assert ada.browser.get(f"{page}/waiting?trial=2").text == said
    assert ada.browser.get(f"{page}/waiting?trial=1").text == ""
    assert "which is their limit" in grace.browser.get(f"{page}?trial=2").text
    assert ada.api("GET", f"/trials/{experiment.trials[1].id}").json["waiting"] == said
    assert ada.api("GET", f"/trials/{experiment.trials[0].id}").json["waiting"] is None
