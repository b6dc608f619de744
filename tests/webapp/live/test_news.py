"""News of topics, beside the points of trials."""

import pytest
import redis

from tests.services import running_redis
from webapp.live import streams
from webapp.live.hub import Hub
from webapp.live.standing import positions_of
from webapp.live.streams import MOST_MISSED
from webapp.models import Trial
from webapp.store import live, news


@pytest.fixture
def topic(store, trial):
    return news.experiment_topic(store.get_one(Trial, trial).experiment_id)


def told(events):
    return [(data["topic"], data["kind"], data["word"]) for kind, _, data in events if kind == "news"]


def test_a_page_hears_of_its_topics_and_of_its_trials_by_one_stream(watch, client_of_redis, trial, topic, ada):
    me = news.person_topic(ada.id)
    source = watch(f"/live/events?trials={trial}&topics={topic},{me}&after={topic}:0-0,{me}:0-0")
    news.tell(client_of_redis, topic, "comment", {"word": "first"})
    source.wait(1)
    live.publish(client_of_redis, trial, "log", {"message": "between"})
    source.wait(2)
    news.tell(client_of_redis, me, "notification", {"word": "second"})
    events = source.wait(3)
    assert [kind for kind, _, _ in events] == ["news", "log", "news"]
    assert told(events) == [(topic, "comment", "first"), (me, "notification", "second")]


def test_a_page_misses_nothing_that_was_told_after_it_was_rendered(app, watch, client_of_redis, topic):
    news.tell(client_of_redis, topic, "comment", {"word": "of before"})
    with app.app_context():
        position = positions_of([topic])
    news.tell(client_of_redis, topic, "comment", {"word": "meanwhile"})
    source = watch(f"/live/events?topics={topic}&after={position}")
    assert told(source.wait(1)) == [(topic, "comment", "meanwhile")]


def test_who_comes_again_goes_on_where_they_were(watch, client_of_redis, topic):
    source = watch(f"/live/events?topics={topic}")
    assert source.wait(1)[0][0] == "here"
    news.tell(client_of_redis, topic, "comment", {"word": "one"})
    position = source.wait(2)[1][1]
    source.leave()
    for word in ("two", "three"):
        news.tell(client_of_redis, topic, "comment", {"word": word})
    again = watch(f"/live/events?topics={topic}", last_event_id=position)
    assert [word for *_, word in told(again.wait(2))] == ["two", "three"]


def test_a_page_that_was_away_for_long_is_told_to_look_again(watch, client_of_redis, topic):
    for number in range(news.LONGEST + MOST_MISSED):
        news.tell(client_of_redis, topic, "comment", {"word": number})
    source = watch(f"/live/events?topics={topic}&after={topic}:1-1")
    assert source.wait(1)[0][::2] == ("resync", {"topic": topic})


def test_nobody_follows_what_is_of_another_person_or_of_no_experiment(app, ada, grace, stranger, topic):
    headers = {"Authorization": f"Bearer {ada.token}"}
    browser = app.test_client()
    for wanted, code in (
        (news.person_topic(grace.id), 404),
        ("experiment:99999", 404),
        ("experiment:x", 422),
        ("person:01", 422),
        ("trial:1", 422),
        (",".join(f"experiment:{number}" for number in range(1, 100)), 422),
    ):
        answer = browser.get(f"/live/events?topics={wanted}", headers=headers)
        assert (answer.status_code, wanted) == (code, wanted)
    assert stranger.get(f"/live/events?topics={topic}").status_code == 401


def test_of_several_topics_one_follows_those_that_one_may(watch, client_of_redis, topic, grace):
    hers = news.person_topic(grace.id)
    source = watch(f"/live/events?topics={hers},{topic}")
    assert [(kind, data) for kind, _, data in source.wait(2)] == [("lost", {"topic": hers}), ("here", {})]
    news.tell(client_of_redis, hers, "notification", {"word": "for Grace"})
    news.tell(client_of_redis, topic, "comment", {"word": "for all"})
    assert told(source.wait(3)) == [(topic, "comment", "for all")]


def test_every_signed_in_page_names_the_topic_of_its_person(ada, client_of_redis):
    me = news.person_topic(ada.id)
    news.tell(client_of_redis, me, "notification", {"word": "of before"})
    position = live.last_id(client_of_redis, me)
    assert f'content="{me}" data-after="{me}:{position}"' in ada.browser.get("/account").text


def test_the_reader_listens_to_one_stream_for_any_number_of_topics(hub, client_of_redis):
    viewers = [hub.join([news.person_topic(number)]) for number in range(50)]
    assert len(hub._wanted()) == 3  # the bells: its own, of the news, of who may see less
    for number in (7, 31):
        news.tell(client_of_redis, news.person_topic(number), "notification", {"word": number})
        [message] = viewers[number].take(5)
        assert message.source == news.person_topic(number)
    assert viewers[8].take(0.05) == []
    for viewer in viewers:
        hub.leave(viewer)


def test_where_redis_is_away_telling_does_nothing():
    with running_redis() as url:
        client = redis.Redis.from_url(url)
    news.tell(client, "experiment:1", "comment", {})
    news.tell(None, "experiment:1", "comment", {})
    stream = streams.Stream(Hub(client), client, ["experiment:1"], {}, single=False)
    assert list(stream.messages()) == list(streams.away())
