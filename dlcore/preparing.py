"""Preparing the data while saying how far a download is."""

from __future__ import annotations

import threading
from collections.abc import Generator
from queue import Empty, SimpleQueue

from dlcore.data.prepare import Parts, prepare
from dlcore.data.progress import listening
from dlcore.events import Text, Waiting
from dlcore.spec import Spec

WAITING_EVERY_S = 0.25


def prepared(spec: Spec) -> Generator[Text | Waiting, None, Parts]:
    """The parts of the data; what has to be fetched first is told meanwhile. Raises what ``prepare`` raises.

    The work is done in a thread of its own, so that whoever reads the events can stop a long download.
    """
    said: SimpleQueue[str | Parts | BaseException] = SimpleQueue()

    def work() -> None:
        try:
            with listening(lambda done, total: said.put(sentence(done, total))):
                said.put(prepare(spec.data, spec.seed))
        except BaseException as error:  # raised where the events are read
            said.put(error)

    threading.Thread(target=work, name="prepare", daemon=True).start()
    while True:
        try:
            found = said.get(timeout=WAITING_EVERY_S)
        except Empty:
            yield Waiting()
            continue
        if isinstance(found, BaseException):
            raise found
        if not isinstance(found, str):
            return found
        yield Text(found)


def sentence(done: int, total: int | None) -> str:
    """How far a download is: Downloading the data: 31.5 of 163.0 MB (19%)."""
    if not total:
        return f"Downloading the data: {done / 1e6:.1f} MB."
    return f"Downloading the data: {done / 1e6:.1f} of {total / 1e6:.1f} MB ({done / total:.0%})."
