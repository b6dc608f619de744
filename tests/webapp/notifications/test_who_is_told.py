"""Who is told what: by the pages' own ways, and a worker's round."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Person, Store
from tests.webapp.notifications.conftest import say, told
from webapp import policy
from webapp.models import Experiment, Happening, Notification, State, Trial
from webapp.store import leases

Submit = Callable[..., Experiment]
Rounds = Callable[[], None]


def end_trial(maker: sessionmaker[Session], trial_id: int, state: State, **values: object) -> None:
    with maker() as session:
        attempt = leases.claim(session, trial_id, "somewhere", 60)
        assert attempt is not None
        leases.finish(session, trial_id, attempt, state, **values)
        session.commit()


def test_a_comment_tells_the_owner_who_wrote_in_its_thread_and_who_is_mentioned_but_not_its_author(
    ada: Person, grace: Person, person: Callable[..., Person], submit: Submit, rounds: Rounds
) -> None:
    linus, mallory = person("linus"), person("mallory")
    experiment = submit(ada, "LeNet").id
    first = say(grace, experiment, "A first word")
    say(linus, experiment, "What does @mallory think? @linus @nobody `@grace`")
    rounds()
    assert told(ada) == [("comment", "linus commented on “LeNet”"), ("comment", "grace commented on “LeNet”")]
    assert told(mallory) == [("mention", "linus mentioned you in “LeNet”")]
    assert told(linus) == told(grace) == []
    say(mallory, experiment, "@ada, all is well", parent=first)
    say(linus, experiment, "It is", parent=first)
    rounds()
    assert told(ada)[:2] == [("comment", "linus commented on “LeNet”"), ("mention", "mallory mentioned you in “LeNet”")]
    assert [kind for kind, _ in told(grace)] == ["comment", "comment"]
    assert [kind for kind, _ in told(mallory)] == ["comment", "mention"]


def test_a_comment_on_ones_own_that_mentions_one_comes_by_the_ways_of_both(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds
) -> None:
    experiment = submit(ada, "LeNet").id
    for channels in ({"mention": [], "comment": ["page"]}, {"mention": ["mail"], "comment": ["page"]}):
        ada.api("PATCH", "/notifications/preferences", json={"channels": channels})
        say(grace, experiment, "@ada, look")
        rounds()
    assert [kind for kind, _ in told(ada)] == ["mention", "comment"]
    ada.api("PATCH", "/notifications/preferences", json={"channels": {"mention": [], "comment": []}})
    say(grace, experiment, "@ada, look again")
    rounds()
    assert len(told(ada)) == 2


def test_an_edit_tells_only_those_whom_it_mentions_anew(
    ada: Person, grace: Person, person: Callable[..., Person], submit: Submit, rounds: Rounds
) -> None:
    linus = person("linus")
    comment = say(grace, submit(ada, "LeNet").id, "@ada")
    rounds()
    grace.browser.post(f"/comments/{comment}/edit", data={"body": "@ada and @linus", "tags": ""})
    rounds()
    assert [kind for kind, _ in told(ada)] == ["mention"]
    assert [kind for kind, _ in told(linus)] == ["mention"]


@pytest.mark.parametrize(
    ("state", "failure", "expected"),
    [
        (State.COMPLETED, None, ("ended", "Trial 1 of “LeNet” is completed")),
        (State.CANCELLED, None, ("ended", "Trial 1 of “LeNet” was stopped")),
        (State.FAILED, "There is no memory left.", ("failed", "Trial 1 of “LeNet” failed")),
        (State.FAILED, "The loss became nan at step 7, so …", ("diverged", "Trial 1 of “LeNet” diverged")),
    ],
)
def test_the_end_of_a_trial_tells_its_owner_how(
    ada: Person,
    grace: Person,
    submit: Submit,
    maker: sessionmaker[Session],
    rounds: Rounds,
    state: State,
    failure: str | None,
    expected: tuple[str, str],
) -> None:
    trial_id = submit(ada, "LeNet").trials[0].id
    end_trial(maker, trial_id, state, failure=failure)
    rounds()
    assert told(ada) == [expected]
    (one,) = ada.api("GET", "/notifications").json["notifications"]
    assert one["details"] == (failure or "")
    assert one["url"] == f"/experiments/{one['experiment']}?trial=1"
    assert told(grace) == []


def test_a_trial_that_goes_back_to_the_queue_or_is_paused_tells_nobody(
    ada: Person, submit: Submit, maker: sessionmaker[Session], store: Store
) -> None:
    trial_id = submit(ada).trials[0].id
    end_trial(maker, trial_id, State.QUEUED)
    end_trial(maker, trial_id, State.PAUSED)
    assert store.scalars(select(Happening)).all() == []


def test_what_is_rolled_back_has_told_nobody(
    ada: Person, submit: Submit, maker: sessionmaker[Session], store: Store, rounds: Rounds
) -> None:
    trial_id = submit(ada).trials[0].id
    with maker() as session:
        attempt = leases.claim(session, trial_id, "somewhere", 60)
        assert attempt
        leases.finish(session, trial_id, attempt, State.COMPLETED)
        session.flush()
        session.rollback()
    rounds()
    assert store.get_one(Trial, trial_id).state == "running"
    assert told(ada) == []


def test_who_watches_hears_of_everything_and_who_muted_of_nothing(
    ada: Person, grace: Person, submit: Submit, maker: sessionmaker[Session], rounds: Rounds
) -> None:
    experiment = submit(ada, "LeNet")
    assert grace.browser.post(f"/experiments/{experiment.id}/watching", data={"watching": "watch"}).status_code == 302
    assert ada.api("PUT", f"/experiments/{experiment.id}/watching", json={"watching": "mute"}).status_code == 200
    assert "Watching" in grace.browser.get(f"/experiments/{experiment.id}").text
    say(grace, experiment.id, "@ada, do you hear me?")
    end_trial(maker, experiment.trials[0].id, State.COMPLETED)
    rounds()
    assert told(ada) == []
    assert told(grace) == [("ended", "Trial 1 of “LeNet” is completed")]
    grace.api("PUT", f"/experiments/{experiment.id}/watching", json={"watching": "involved"})
    ada.api("PUT", f"/experiments/{experiment.id}/watching", json={"watching": "involved"})
    assert grace.api("GET", f"/experiments/{experiment.id}/watching").json == {"watching": "involved"}


def test_what_one_may_no_longer_see_is_neither_shown_nor_counted(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(ada, submit(ada, "Secret plan").id, "@grace")
    rounds()
    assert told(grace) != []
    (one,) = grace.api("GET", "/notifications").json["notifications"]
    monkeypatch.setattr(policy, "seen_by", lambda user: Experiment.owner_id == user.id)
    assert "Secret plan" not in grace.browser.get("/notifications").text
    assert grace.api("GET", "/notifications").json == {"notifications": [], "next_cursor": None, "unread": 0}
    assert grace.browser.post(f"/notifications/{one['id']}/read").status_code == 404
    monkeypatch.undo()
    assert "Secret plan" in grace.browser.get("/notifications").text


def test_who_may_not_see_an_experiment_is_told_nothing_of_it(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "may_see", lambda user, experiment: experiment.owner_id == user.id)
    say(ada, submit(ada, "Secret plan").id, "@grace")
    rounds()
    assert store.scalars(select(Notification)).all() == []


def test_words_that_a_moderator_hid_are_not_told(
    ada: Person, grace: Person, root: Person, submit: Submit, rounds: Rounds
) -> None:
    comment = say(grace, submit(ada, "LeNet").id, "@ada, something ugly")
    rounds()
    assert "something ugly" in ada.browser.get("/notifications").text
    root.browser.post(f"/comments/{comment}/disable")
    assert "something ugly" not in ada.browser.get("/notifications").text
    root.browser.post(f"/comments/{comment}/restore")
    assert "something ugly" in ada.browser.get("/notifications").text


def test_of_a_comment_that_was_deleted_nobody_is_told(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds
) -> None:
    experiment = submit(ada).id
    early, late = say(grace, experiment, "Too early"), say(grace, experiment, "Too late")
    grace.browser.post(f"/comments/{early}/delete")
    rounds()
    assert len(told(ada)) == 1
    grace.browser.post(f"/comments/{late}/delete")
    assert told(ada) == []
    assert ada.api("GET", "/notifications").json["unread"] == 0


def test_a_deleted_experiment_takes_what_was_told_of_it_along(
    ada: Person, grace: Person, submit: Submit, rounds: Rounds, store: Store
) -> None:
    experiment = submit(ada).id
    say(grace, experiment, "Told")
    rounds()
    say(grace, experiment, "Not yet told")
    assert ada.api("DELETE", f"/experiments/{experiment}").status_code == 204
    rounds()
    assert store.scalars(select(Notification)).all() == []
    assert store.scalars(select(Happening)).all() == []
