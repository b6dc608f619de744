"""An entry of a trial's or a topic's stream as a server-sent event: encoded once in a process, its bytes shared by all who watch."""

from typing import Any, NamedTuple

from webapp.store.live import Source


class Message(NamedTuple):
    """The event but for its ``id`` line and the empty line at its end, which differ from viewer to viewer."""

    source: Source
    id: str
    body: bytes

    def sent_as(self, event_id: str) -> bytes:
        """The whole event."""
        return b"%b\nid: %b\n\n" % (self.body, event_id.encode())


def message_of(source: Source, entry: Any) -> Message:
    """A message of an entry as Redis gives it; its JSON is passed on as it is, the trial's id or the topic put in front."""
    entry_id, fields = entry
    rest = fields[b"data"][1:]
    between = b"" if rest == b"}" else b","
    head = b'"trial":%d' % source if isinstance(source, int) else b'"topic":"%b"' % source.encode()
    body = b"event: %b\ndata: {%b%b%b" % (fields[b"kind"], head, between, rest)
    return Message(source, entry_id.decode(), body)
