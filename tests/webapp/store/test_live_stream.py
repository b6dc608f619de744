import numpy as np

from dlcore.events import Scalars
from webapp.store import live


def test_messages_come_back_in_order_behind_a_position(client_of_redis):
    ids = [live.publish(client_of_redis, 7, "log", {"message": str(number)}) for number in range(5)]
    assert live.last_id(client_of_redis, 7) == ids[-1]
    assert [entry[2]["message"] for entry in live.entries(client_of_redis, 7)] == list("01234")
    assert [entry[2]["message"] for entry in live.entries(client_of_redis, 7, after=ids[1], until=ids[3])] == ["2", "3"]
    assert live.entries(client_of_redis, 8) == []


def test_nan_and_infinities_travel_by_name(client_of_redis):
    values = np.array([1.5, np.nan, np.inf, -np.inf])
    scalars = [Scalars("train/loss", np.arange(4), values, np.arange(4) / 1000)]
    live.publish(client_of_redis, 7, "points", live.points_payload(3, scalars, {"step": 4}))
    (_, kind, payload) = live.entries(client_of_redis, 7)[0]
    assert (kind, payload["attempt"], payload["progress"]) == ("points", 3, {"step": 4})
    assert payload["curves"]["train/loss"] == [
        [0, 1, 2, 3],
        [1.5, "NaN", "Infinity", "-Infinity"],
        [0.0, 0.001, 0.002, 0.003],
    ]


def test_a_stream_stays_short_and_a_position_that_was_trimmed_is_known(client_of_redis):
    first = live.publish(client_of_redis, 7, "log", {"message": "first"})
    second = live.publish(client_of_redis, 7, "log", {"message": "second"})
    assert live.is_gapless(client_of_redis, 7, first)
    assert live.is_gapless(client_of_redis, 7, "0-0")
    for _ in range(live.LONGEST + 300):
        newest = live.publish(client_of_redis, 7, "log", {})
    assert client_of_redis.xlen("trial:7:live") < live.LONGEST + 200
    assert not live.is_gapless(client_of_redis, 7, first)
    assert not live.is_gapless(client_of_redis, 7, second)
    assert not live.is_gapless(client_of_redis, 7, "0-0")
    assert live.is_gapless(client_of_redis, 7, newest)


def test_an_empty_stream_lacks_nothing_but_a_position_in_it_is_gone(client_of_redis):
    assert live.is_gapless(client_of_redis, 7, "0-0")
    assert not live.is_gapless(client_of_redis, 7, "1700-0")
