"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable

PATIENCE = 4  # a busy machine is no failure; waiting longer costs only what would fail
LONGEST_S = 120.0  # less than a test may take


def wait_until(condition: Callable[[], object], what: str, timeout_s: float = 10.0, every_s: float = 0.01) -> None:
    """Return as soon as ``condition()`` holds; fail when it does not within ``PATIENCE`` times ``timeout_s``."""
    patience_s = min(PATIENCE * timeout_s, max(LONGEST_S, timeout_s))
    until = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"waited {patience_s:g} s in vain for {what}")
        time.sleep(every_s)
