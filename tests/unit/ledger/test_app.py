"""What the ledger's app does before it runs."""

import socket

import pytest

from ledger.app import listen


def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_headers() -> None:
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_it_listens_on_ipv6_too() -> None:
    with listen("::1", 0) as listening, socket.create_connection(listening.getsockname()[:2]):
        assert listening.family == socket.AF_INET6


def test_a_host_that_is_none_is_named_in_plain_words() -> None:
    with pytest.raises(OSError, match=r"^http no-such-host\.invalid:8080: [a-z ]+$"):
        listen("no-such-host.invalid", 8080)


def test_a_port_that_is_taken_is_named_in_plain_words() -> None:
    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(OSError, match=rf"^http 127\.0\.0\.1:{port}: address already in use$"):
            listen("127.0.0.1", port)
