"""One request to an address that somebody chose: to the very address that was checked, once, within bounds of time and size."""

import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from webapp.notifying.addresses import AddressProblem, Target, read, resolve

CONNECT_S = 5.0
WHOLE_S = 10.0
MOST_BYTES = 64 * 1024
EXCERPT = 1000


@dataclass(frozen=True)
class Outcome:
    """How a try went: ``status`` and ``response`` where there was an answer, ``problem`` where it was no success."""

    duration_ms: int
    status: int | None = None
    response: str | None = None
    problem: str | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], allow_private: bool) -> Outcome:
    """Send ``body``, and say how it went. Redirects are refused: they would lead past the check of the address."""
    began = time.monotonic()
    try:
        status, answer = exchange(read(url, allow_private), body, headers, allow_private)
    except AddressProblem as problem:
        return Outcome(since(began), problem=str(problem))
    except ssl.SSLError as error:
        return Outcome(since(began), problem=f"No secure connection could be made: {error.reason or error}.")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(since(began), problem=why(error, time.monotonic() - began))
    return Outcome(since(began), status, excerpt(answer), trouble(status))


def exchange(target: Target, body: bytes, headers: Mapping[str, str], allow_private: bool) -> tuple[int, bytes]:
    """The status and the beginning of the answer. Raises AddressProblem, OSError, HTTPException."""
    ends_at = time.monotonic() + WHOLE_S
    connection = http.client.HTTPConnection(target.host, target.port, timeout=CONNECT_S)
    connection.sock = connect(target, resolve(target, allow_private))
    connection.sock.settimeout(WHOLE_S)  # to answer may take longer than to connect
    with contextlib.closing(connection), cut_off(connection.sock, ends_at - time.monotonic()):
        if target.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=target.host)
        connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": target.authority, "Content-Length": str(len(body)), **headers}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read(MOST_BYTES)


def connect(target: Target, addresses: list[str]) -> socket.socket:
    """A connection to the first of them that answers; names are not looked up again. Raises OSError."""
    problem: OSError = OSError("there is no address")
    for address in addresses[:3]:
        try:
            return socket.create_connection((address, target.port), timeout=CONNECT_S)
        except OSError as error:
            problem = error
    raise problem


@contextlib.contextmanager
def cut_off(connection: socket.socket, after_s: float) -> Iterator[None]:
    """Whatever is being read or written ends after so long, even where something comes now and then."""

    same = socket.socket(fileno=os.dup(connection.fileno()))  # TLS takes the other one over

    def cut() -> None:
        with contextlib.suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(after_s, 0.1), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        same.close()


def since(began: float) -> int:
    """Milliseconds."""
    return round(1000 * (time.monotonic() - began))


def why(error: Exception, seconds: float) -> str:
    """What went wrong, as a sentence."""
    if isinstance(error, TimeoutError) or seconds >= WHOLE_S:
        return f"It did not answer within {seconds:.0f} seconds."
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused."
    return f"There was no answer: {getattr(error, 'strerror', None) or error or type(error).__name__}."[:300]


def trouble(status: int) -> str | None:
    """Why an answer is no success; None where it is one."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"It answered {status}, a redirect, which is not followed. Enter the address that it leads to."
    return f"It answered {status}."


def excerpt(answer: bytes) -> str:
    """The beginning of an answer as text that any database takes."""
    return answer[: 4 * EXCERPT].decode("utf-8", "replace").replace("\x00", "\ufffd")[:EXCERPT]
