"""What a forked process must not hold on to: its parent's connections.

The kernel goes on reporting the end of a connection that the parent has closed for as long as a child has it open, and the
parent's event loop can no longer say that it does not care: after Redis was away it would turn in circles and take no message.
"""

import contextlib
import os
import socket


def let_go_of_connections() -> None:
    """Put /dev/null in the place of each connection to a server that came with the fork.

    Their numbers stay taken, as objects that were inherited close them some day.
    """
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a descriptor is wanted
        for number in descriptors():
            if is_connection(number):
                os.dup2(nothing.fileno(), number, inheritable=False)


def descriptors() -> list[int]:
    """The numbers of all that this process has open."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return [int(name) for name in os.listdir(folder)]  # noqa: PTH208 - one of them is gone again already
    return []


def is_connection(number: int) -> bool:
    """Whether a descriptor is a socket that leads to an address; pairs of sockets between processes have none."""
    try:
        same = socket.socket(fileno=number)
    except OSError:
        return False
    try:
        return bool(same.getpeername())
    except OSError:
        return False
    finally:
        same.detach()
