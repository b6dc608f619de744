import pytest
from kombu import Connection, Queue
from kombu.messaging import Consumer, Producer

from tests.services import running_redis
from webapp.queue import broker_url
from worker.broker import QoS


@pytest.mark.parametrize("done_with", ["ack", "reject", "requeue"])
def test_a_worker_whose_redis_went_away_is_not_taken_for_busy_for_ever(done_with):
    messages = []
    with running_redis() as url:
        connection = Connection(broker_url(url))
        channel = connection.channel()
        assert isinstance(channel.qos, QoS)
        consumer = Consumer(channel, Queue("cpu"), callbacks=[lambda _, message: messages.append(message)])
        consumer.qos(prefetch_count=1)
        consumer.consume()
        Producer(channel).publish({"trial": 1}, routing_key="cpu")
        connection.drain_events(timeout=10)
        assert not channel.qos.can_consume()
    getattr(messages[0], done_with)()
    assert channel.qos.can_consume()
