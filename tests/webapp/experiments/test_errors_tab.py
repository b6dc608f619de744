"""The errors tab: what it says before there is anything to show, and who gets the button."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import DIGITS, Person, Store
from webapp.models import Artifact, Experiment, Trial, now
from webapp.store import testing

BUTTON = "Use the test part</button>"


@pytest.fixture
def make(ada: Person, store: Store, submit: Callable[..., Experiment]) -> Callable[..., int]:
    """Makes a trial of Ada's with these columns, and a checkpoint."""

    def made(test: str = "on_request", **columns: Any) -> int:
        trial = store.get_one(Trial, submit(ada, spec={**DIGITS, "test": test}).trials[0].id)
        for name, value in columns.items():
            setattr(trial, name, value)
        rest = {"step": 1, "path": "trial-1/x/y", "media_type": "x", "size_bytes": 1, "sha256": ""}
        store.add(Artifact(trial_id=trial.id, kind="checkpoint", name="state", attempt=1, **rest))
        store.commit()
        return trial.id

    return made


def tab(person: Person, trial: int) -> str:
    return person.browser.get(f"/experiments/trials/{trial}/errors").text


def test_while_it_trains_it_says_when_the_test_part_is_used(ada: Person, make: Callable[..., int]) -> None:
    assert "once, at the end." in tab(ada, make("at_end", state="running"))
    assert "when somebody asks for it" in tab(ada, make("on_request", state="running"))


def test_the_owner_gets_the_button_and_others_are_told_who_may(
    ada: Person, grace: Person, root: Person, make: Callable[..., int]
) -> None:
    trial = make(state="completed")
    for person in (ada, root):
        assert BUTTON in tab(person, trial)
        assert "only once" in tab(person, trial)
    assert BUTTON not in tab(grace, trial)
    assert "The owner of the experiment" in tab(grace, trial)


def test_a_stopped_trial_may_still_be_tested(ada: Person, make: Callable[..., int]) -> None:
    assert BUTTON in tab(ada, make("at_end", state="cancelled"))


def test_what_was_asked_for_is_awaited(ada: Person, make: Callable[..., int]) -> None:
    asked = {"worker": testing.ASKED, "lease_until": now() + timedelta(seconds=60)}
    page = tab(ada, make(state="completed", **asked))
    assert "data-asked" in page
    assert BUTTON not in page


def test_a_reason_is_given_when_there_is_nothing_to_show(ada: Person, make: Callable[..., int]) -> None:
    assert "This trial failed" in tab(ada, make(state="failed"))
    assert "No report was kept." in tab(ada, make(state="completed", results={"test/loss": 0.3}))


def test_with_a_report_the_page_reads_it_by_the_api(ada: Person, store: Store, make: Callable[..., int]) -> None:
    trial = make(state="completed", results={"test/loss": 0.3})
    rest = {"step": 1, "path": "trial-1/x/z", "media_type": "application/json", "size_bytes": 1, "sha256": ""}
    store.add(Artifact(trial_id=trial, kind="errors", name="report", attempt=1, **rest))
    store.commit()
    assert f'data-report="/api/v1/trials/{trial}/errors"' in tab(ada, trial)


def test_a_trial_that_is_not_there_has_no_tab(ada: Person) -> None:
    assert ada.browser.get("/experiments/trials/99/errors").status_code == 404
