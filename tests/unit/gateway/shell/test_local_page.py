"""The server of the local page: one page, whoever asks, and nothing that it could be hurt by."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from gateway.shell import local_page
from gateway.shell.local_page import CLIENTS_MAX, HEAD_BYTES_MAX, LocalPage
from tests.integration.processes import background, eventually, free_port, is_listening

BODY = "<p>ä</p>"


async def shown() -> str:
    return BODY


@asynccontextmanager
async def serving(call: Callable[[], Awaitable[str]] = shown) -> AsyncIterator[int]:
    port = free_port()
    async with background(LocalPage(("127.0.0.1", port), call).run()):
        await eventually(lambda: is_listening(port), "the page is served")
        yield port


async def asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def told(logs: Sequence[MutableMapping[str, object]]) -> list[tuple[object, object]]:
    """Without what only who looks for it is told."""
    return [(each["event"], each.get("listen")) for each in logs if each["log_level"] != "debug"]


def request(target: str = "/", method: str = "GET", host: str = "127.0.0.1:8090") -> bytes:
    return f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


async def test_the_page_is_answered_whole_and_never_kept() -> None:
    async with serving() as port:
        head, _, body = (await asked(port, request())).partition(b"\r\n\r\n")

    lines = head.decode().split("\r\n")
    assert (lines[0], body) == ("HTTP/1.1 200 OK", BODY.encode())
    assert f"Content-Length: {len(BODY.encode())}" in lines
    assert "Cache-Control: no-store" in lines
    assert "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'" in lines


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (request("/?x=1"), "200 OK"),
        (request(host="localhost:8090"), "200 OK"),
        (request(host="[::1]:8090"), "200 OK"),
        (request(host="192.0.2.7"), "200 OK"),
        (request("/secret"), "404 Not Found"),
        (request(method="POST"), "405 Method Not Allowed"),
        (request(host="rebound.example:8090"), "421 Misdirected Request"),
        (b"GET / HTTP/1.1\r\n\r\n", "421 Misdirected Request"),
        (b"GET /\r\n\r\n", "400 Bad Request"),
        (b"\xff\x00 \x01\r\n\r\n", "400 Bad Request"),
    ],
)
async def test_what_is_asked_is_answered_with_a_word(said: bytes, status: str) -> None:
    async with serving() as port:
        answer = await asked(port, said)

    assert answer.split(b"\r\n")[0] == f"HTTP/1.1 {status}".encode()


async def test_head_is_answered_without_the_page() -> None:
    async with serving() as port:
        answer = await asked(port, request(method="HEAD"))

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n")


async def test_who_says_too_much_or_leaves_is_dropped_and_others_are_answered() -> None:
    async with serving() as port:
        assert await asked(port, b"x" * (HEAD_BYTES_MAX * 4)) == b""
        _, leaver = await asyncio.open_connection("127.0.0.1", port)
        leaver.write(b"GET")
        leaver.close()

        assert (await asked(port, request())).startswith(b"HTTP/1.1 200 OK")


async def test_who_says_nothing_is_dropped_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_page, "REQUEST_S", 0.05)
    async with serving() as port:
        assert await asked(port, b"GET / HT") == b""


async def test_connections_are_bounded() -> None:
    async with serving() as port:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CLIENTS_MAX)]
        await asyncio.sleep(0)
        assert await asked(port, request()) == b""
        for _, writer in held:
            writer.close()

        async def is_free() -> bool:
            return bool(await asked(port, request()))

        async with asyncio.timeout(30):
            while not await is_free():
                await asyncio.sleep(0.01)


async def test_a_bug_in_the_page_costs_that_answer() -> None:
    async def broken() -> str:
        raise ZeroDivisionError("bug")

    with capture_logs() as logs:
        async with serving(broken) as port:
            assert await asked(port, request()) == b""
            assert (await asked(port, request("/x"))).startswith(b"HTTP/1.1 404")

    assert told(logs) == [("local_page_answer_failed", None)]


async def test_where_the_port_is_taken_the_gateway_goes_on_without_the_page() -> None:
    async with serving() as port:
        with capture_logs() as logs:
            async with background(LocalPage(("127.0.0.1", port), shown).run()) as second:
                await eventually(lambda: told(logs) != [], "it is told")
                assert not second.done()

    assert told(logs) == [("local_page_failed", f"127.0.0.1:{port}")]


async def test_without_an_address_nothing_is_served() -> None:
    async with background(LocalPage(None, shown).run()) as serves:
        await asyncio.sleep(0)
        assert not serves.done()
