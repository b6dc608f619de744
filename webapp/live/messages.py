"""An entry of a trial's stream as a server-sent event: encoded once in a process, its bytes shared by all who watch."""

from typing import Any, NamedTuple


class Message(NamedTuple):
    """The event but for its ``id`` line and the empty line at its end, which differ from viewer to viewer."""

    trial_id: int
    id: str
    body: bytes

    def sent_as(self, event_id: str) -> bytes:
        """The whole event."""
        return b"%b\nid: %b\n\n" % (self.body, event_id.encode())


def message_of(trial_id: int, entry: Any) -> Message:
    """A message of an entry as Redis gives it; its JSON is passed on as it is, the trial's id put in front."""
    entry_id, fields = entry
    rest = fields[b"data"][1:]
    between = b"" if rest == b"}" else b","
    body = b'event: %b\ndata: {"trial":%d%b%b' % (fields[b"kind"], trial_id, between, rest)
    return Message(trial_id, entry_id.decode(), body)
