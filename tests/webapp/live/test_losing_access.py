"""Streams that are open when their viewer may see something no longer."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from webapp.live import streams
from webapp.models import ApiToken, Experiment, Trial, db
from webapp.store import live, news


@pytest.fixture
def experiment(store: Any, trial: int, grace: Any) -> Experiment:
    """The one that the trial is of: Grace's, while Ada watches."""
    found: Experiment = store.get_one(Experiment, store.get_one(Trial, trial).experiment_id)
    found.owner_id = grace.id
    store.commit()
    return found


def manage(person: Any, method: str, experiment: Experiment, what: str, body: dict[str, Any] | None = None) -> None:
    answer = person.api(method, f"/experiments/{experiment.id}{what}", **({"json": body} if body else {}))
    assert answer.status_code < 300, answer.text


def test_a_stream_ends_at_once_where_its_viewer_may_see_nothing_of_it_any_more(
    watch: Callable[..., Any], client_of_redis: Any, trial: int, experiment: Experiment, root: Any
) -> None:
    topic = news.experiment_topic(experiment.id)
    source = watch(f"/live/events?trials={trial}&topics={topic}&after={topic}:0-0")
    live.publish(client_of_redis, trial, "log", {"message": "seen"})
    source.wait(1)
    manage(root, "PUT", experiment, "/visibility", {"visibility": "private"})
    lost = source.wait(3)[1:]
    assert [(kind, data) for kind, _, data in lost] == [("lost", {"trial": trial}), ("lost", {"topic": topic})]
    live.publish(client_of_redis, trial, "log", {"message": "hidden"})
    news.tell(client_of_redis, topic, "comment", {"word": "hidden"})
    assert source.ended.wait(3)


def test_a_stream_goes_on_with_what_is_still_to_be_seen(
    watch: Callable[..., Any],
    client_of_redis: Any,
    trial: int,
    experiment: Experiment,
    root: Any,
    ada: Any,
    submit: Any,
) -> None:
    mine = submit(ada).trials[0].id
    source = watch(f"/live/events?trials={trial},{mine}")
    live.publish(client_of_redis, mine, "log", {"message": "one"})
    source.wait(1)
    manage(root, "DELETE", experiment, "")
    assert source.wait(2)[1][0] == "lost"
    live.publish(client_of_redis, trial, "log", {"message": "hidden"})
    live.publish(client_of_redis, mine, "log", {"message": "two"})
    assert source.wait(3)[2][2]["message"] == "two"


def test_who_keeps_sight_of_it_hears_nothing_of_the_doubt(
    watch: Callable[..., Any], client_of_redis: Any, trial: int, experiment: Experiment, root: Any, ada: Any
) -> None:
    source = watch(f"/live/events?trials={trial}")
    live.publish(client_of_redis, trial, "log", {"message": "one"})
    source.wait(1)
    manage(root, "PUT", experiment, "/shares", {"username": ada.username})
    manage(root, "PUT", experiment, "/visibility", {"visibility": "shared"})
    live.publish(client_of_redis, trial, "log", {"message": "two"})
    assert [data["message"] for _, _, data in source.wait(2)] == ["one", "two"]
    manage(root, "DELETE", experiment, f"/shares/{ada.id}")
    assert source.wait(3)[2][0] == "lost"


@pytest.mark.parametrize("what", ["experiment", "token"])
def test_what_nobody_told_is_found_out_all_the_same(
    watch: Callable[..., Any],
    client_of_redis: Any,
    trial: int,
    experiment: Experiment,
    store: Any,
    ada: Any,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "LOOK_AGAIN_S", 0.1)
    source = watch(f"/live/events?trials={trial}")
    live.publish(client_of_redis, trial, "log", {"message": "one"})
    source.wait(1)
    if what == "experiment":
        store.get_one(Experiment, experiment.id).visibility = "private"
    else:
        store.delete(store.scalars(select(ApiToken).where(ApiToken.user_id == ada.id)).one())
    store.commit()
    assert source.wait(2)[1][0] == "lost"
    assert source.ended.wait(3)


def test_who_is_logged_out_hears_of_that_before_all_that_is_lost_by_it(
    watch: Callable[..., Any], trial: int, experiment: Experiment, store: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK_AGAIN_S", 0.1)
    own, topic = news.person_topic(ada.id), news.experiment_topic(experiment.id)
    source = watch(f"/live/events?trials={trial}&topics={own},{topic}")
    source.wait(1)
    store.delete(store.scalars(select(ApiToken).where(ApiToken.user_id == ada.id)).one())
    store.commit()
    assert [data for kind, _, data in source.wait(4) if kind == "lost"] == [
        {"topic": own},
        {"trial": trial},
        {"topic": topic},
    ]


def test_no_message_costs_a_query(watch: Callable[..., Any], client_of_redis: Any, trial: int, app: Any) -> None:
    source = watch(f"/live/events?trials={trial}")
    live.publish(client_of_redis, trial, "log", {"message": "0"})
    source.wait(1)
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, query, *_: asked.append(query))
    for number in range(20):
        live.publish(client_of_redis, trial, "log", {"message": str(number)})
    source.wait(21)
    assert asked == []
