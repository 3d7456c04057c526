"""The daemon's socket, and clients of all kinds."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from drivers.base import GpiChange
from gateway.shell import local
from gateway.shell.ask import NoAnswer, daemon
from gateway.shell.local import CLIENTS_MAX, REQUEST_BYTES_MAX, Local, Refused
from gateway.shell.tap import Tap, nowhere
from tests.integration.processes import eventually
from wire.json import JsonObject, JsonValue

GPI = GpiChange("dock-1", 1_000_000, 1, high=True)


async def echo(request: JsonObject) -> JsonValue:
    return {"said": request["text"]}


async def refuse(request: JsonObject) -> JsonValue:
    raise Refused("not today")


async def fail(request: JsonObject) -> JsonValue:
    raise ZeroDivisionError("a bug")


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Local]:
    handlers = {"echo": echo, "refuse": refuse, "fail": fail}
    place = Local(folder / "gw.sock", Tap(nowhere), handlers)
    await place.open()
    try:
        yield place
    finally:
        await place.close()


async def answers(place: Local, request: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(place.path))
    writer.write(request)
    answer = await reader.read()
    await left(writer)
    return answer


async def left(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (b'{"do":"echo","text":"hi"}\n', {"ok": {"said": "hi"}}),
        (b'{"do":"refuse"}\n', {"error": "not today"}),
        (b'{"do":"fly"}\n', {"error": "'fly': nothing that this gateway does"}),
        (b'{"do":7}\n', {"error": "'7': nothing that this gateway does"}),
        (b"[]\n", {"error": "no request: list: expected an object"}),
        (b"\xff\n", {"error": "no request: not UTF-8 at byte 0"}),
        (b"x" * 9000 + b"\n", {"error": f"a request of more than {REQUEST_BYTES_MAX} bytes"}),
    ],
)
async def test_a_request_has_one_answer(
    tmp_path: Path, request_: bytes, answer: dict[str, object]
) -> None:
    async with listening(tmp_path) as place:
        assert json.loads(await answers(place, request_)) == answer


async def test_a_bug_in_an_answer_costs_that_answer_alone(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with listening(tmp_path) as place:
            assert await answers(place, b'{"do":"fail"}\n') == b""
            assert await answers(place, b'{"do":"refuse"}\n') == b'{"error":"not today"}\n'

    assert [each["event"] for each in logs] == ["local_answer_failed"]


async def test_more_clients_than_there_is_room_for_are_told(tmp_path: Path) -> None:
    async with listening(tmp_path) as place:
        waiting = [await asyncio.open_unix_connection(str(place.path)) for _ in range(CLIENTS_MAX)]
        for _, writer in waiting:
            writer.write(b'{"do":"record"}\n')
        await eventually(lambda: len(place.tap._listeners) == CLIENTS_MAX, "all record")
        answer = await answers(place, b'{"do":"refuse"}\n')
        for _, writer in waiting:
            await left(writer)

    busy = f"{CLIENTS_MAX} commands are busy with this gateway: try again later"
    assert json.loads(answer) == {"error": busy}


async def test_a_client_that_asks_nothing_is_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "REQUEST_S", 0.01)
    async with listening(tmp_path) as place:
        assert json.loads(await answers(place, b"")) == {"error": "no request within 0.01 s"}


async def test_a_client_that_does_not_read_is_dropped_and_nobody_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "ANSWER_S", 0.05)
    async with listening(tmp_path) as place:
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.connect(str(place.path))
            deaf.sendall(b'{"do":"record"}\n')
            await eventually(lambda: bool(place.tap._listeners), "the deaf one listens")
            await place.tap.emit([GPI] * 10_000)
            await eventually(lambda: not place.tap._listeners, "the deaf one was dropped")
        assert await answers(place, b'{"do":"refuse"}\n') == b'{"error":"not today"}\n'


async def test_what_came_too_fast_for_a_recording_is_counted_at_its_end(tmp_path: Path) -> None:
    enough = asyncio.Event()
    async with listening(tmp_path) as place, daemon(place.path) as asked:
        assert asked is not None
        await asked.ask({"do": "record"})
        place.tap._listeners[0].waiting_max = 2
        await place.tap.emit([GPI] * 5)
        enough.set()
        got = [each async for each in asked.lines(enough)]

    line = b'{"t":1.0,"reader":"dock-1","gpi":1,"state":true}\n'
    assert b"".join(lines for lines, _ in got) == line * 2
    assert sum(dropped for _, dropped in got) == 3


async def test_where_no_daemon_listens_there_is_none_to_ask(tmp_path: Path) -> None:
    async with daemon(tmp_path / "no.sock") as nobody:
        assert nobody is None


async def test_a_daemon_that_goes_without_an_answer_is_told(tmp_path: Path) -> None:
    async def rude(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    path = tmp_path / "gw.sock"
    server = await asyncio.start_unix_server(rude, str(path))
    async with daemon(path) as asked:
        assert asked is not None
        with pytest.raises(NoAnswer) as why:
            await asked.ask({"do": "record"})
    server.close()

    assert str(why.value) in (
        f"{path}: the gateway went away without an answer",
        f"{path}: [Errno 32] Broken pipe",
        f"{path}: [Errno 104] Connection reset by peer",
    )


async def test_a_place_that_another_process_listens_at_is_left_to_it(tmp_path: Path) -> None:
    async with listening(tmp_path) as place:
        second = Local(place.path, Tap(nowhere), {})
        with pytest.raises(OSError, match="another process listens here"):
            await second.open()
        assert await answers(place, b'{"do":"refuse"}\n') == b'{"error":"not today"}\n'
