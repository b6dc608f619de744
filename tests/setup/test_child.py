"""A process that the supervisor looks after."""

import os
import signal
from pathlib import Path

from tests.waiting import wait_until
from webapp.supervisor.process import LARGEST_LOG, Child

CHATTY = "trap 'echo more' USR1; head -c 6000000 /dev/zero; echo ready; while :; do sleep 0.05; done"


def test_a_log_that_grows_long_begins_anew_under_the_process_and_its_past_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "chatty.log"
    child = Child("chatty", ["sh", "-c", CHATTY], dict(os.environ), log, tmp_path)
    child.start()
    try:
        wait_until(lambda: log.read_bytes().endswith(b"ready\n"), "six million bytes")
        child.bound_log()
        assert log.read_bytes() == b""
        child.signal(signal.SIGUSR1)
        wait_until(lambda: log.read_bytes() == b"more\n", "the next line")
        child.bound_log()
    finally:
        child.stop(0.1)
    assert log.with_suffix(".log.1").stat().st_size > LARGEST_LOG
    assert log.read_bytes() == b"more\n"
