import multiprocessing
import os
import select
import socket

import pytest

from worker.inheritance import descriptors, is_connection, let_go_of_connections

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="epoll is Linux's")
FORK = multiprocessing.get_context("fork")


def stay(let_go, is_there, may_end) -> None:
    if let_go:
        let_go_of_connections()
    is_there.set()
    may_end.wait(20)


@pytest.mark.parametrize("let_go", [True, False])
def test_a_connection_that_a_forked_process_let_go_of_is_over_when_its_owner_closes_it(tmp_path, let_go):
    with socket.socket(socket.AF_UNIX) as server, select.epoll() as loop:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(tmp_path / "s"))
        other_end, _ = server.accept()
        loop.register(client.fileno(), select.EPOLLIN)
        is_there, may_end = FORK.Event(), FORK.Event()
        child = FORK.Process(target=stay, args=(let_go, is_there, may_end))
        child.start()
        assert is_there.wait(20)
        other_end.shutdown(socket.SHUT_RDWR)
        other_end.close()
        client.close()
        is_reported = bool(loop.poll(0))
        may_end.set()
        child.join(20)
    assert is_reported is not let_go


def test_pairs_and_pipes_are_no_connections_and_their_numbers_stay_open():
    left, right = socket.socketpair()
    reading, writing = os.pipe()
    with left, right:
        assert not any(map(is_connection, (left.fileno(), reading, writing)))
        assert {left.fileno(), right.fileno(), reading, writing} <= set(descriptors())
    os.close(reading)
    os.close(writing)
