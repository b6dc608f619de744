"""How a worker takes it that Redis is away when it wants to say that a message is done with."""

import contextlib

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """Who can say so to nobody may take another message all the same.

    Otherwise a worker whose children all come to an end while Redis is away counts its messages as taken for ever, and takes no
    other. A message whose end Redis was not told of comes again after the visibility timeout, which the trial's claim makes harmless.
    """

    def ack(self, delivery_tag: str) -> None:
        """The message was dealt with."""
        with contextlib.suppress(*redis.Transport.connection_errors):
            super().ack(delivery_tag)
            return
        virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """The message was not; where it should wait again and Redis is away, the keeper promises its trial again."""
        with contextlib.suppress(*redis.Transport.connection_errors):
            super().reject(delivery_tag, requeue=requeue)
            return
        virtual.QoS.ack(self, delivery_tag)


redis.Channel.QoS = QoS
