"""A browser's EventSource, for tests."""

import threading
from typing import Any

import orjson
from flask import Flask

from tests.waiting import wait_until


class Source:
    """Reads an event stream in a thread: ``events`` are (kind, id, data), ``comments`` the heartbeats."""

    def __init__(self, app: Flask, address: str, token: str, last_event_id: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self.events: list[tuple[str, str | None, Any]] = []
        self.comments = 0
        self.retry: int | None = None
        self.ended = threading.Event()
        self._leave = threading.Event()
        self.answer = app.test_client().get(address, headers=headers, buffered=False)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        pending = b""
        for block in self.answer.response:
            pending += block
            while b"\n\n" in pending:
                message, pending = pending.split(b"\n\n", 1)
                self._take(message.decode())
            if self._leave.is_set():
                break
        self.answer.response.close()
        self.ended.set()

    def _take(self, message: str) -> None:
        fields: dict[str, str] = {}
        for line in message.splitlines():
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.strip()
            else:
                self.comments += 1
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "data" in fields:
            self.events.append((fields.get("event", "message"), fields.get("id"), orjson.loads(fields["data"])))

    def wait(self, count: int, timeout_s: float = 10) -> list[tuple[str, str | None, Any]]:
        """The events, once there are so many."""
        wait_until(lambda: len(self.events) >= count, f"{count} events, of which came {len(self.events)}", timeout_s)
        return self.events

    def leave(self) -> None:
        """Go away with the next message or heartbeat."""
        self._leave.set()
