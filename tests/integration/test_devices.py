"""readpoint-gateway devices: what mDNS finds, and which configured readers answer."""

import asyncio
import json
import socket
from pathlib import Path

from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from tests.integration.processes import free_port
from tests.integration.tag_box import box

NOBODY = "no reader answered within 0.2 s (mDNS, _llrp._tcp.local.)\n"


async def test_a_reader_that_announces_itself_is_found(tmp_path: Path) -> None:
    desk = box(tmp_path)
    service = AsyncServiceInfo(
        "_llrp._tcp.local.",
        "Readpoint test reader._llrp._tcp.local.",
        addresses=[socket.inet_aton("127.0.0.1")],
        port=5084,
        properties={"model": "T1"},
        server="readpoint-test-reader.local.",
    )
    announcing = AsyncZeroconf()
    try:
        await announcing.async_register_service(service)
        child = desk.start("devices", "--seconds", "2", "--json")
        code, out, error = await asyncio.to_thread(child.ended)
    finally:
        await announcing.async_close()

    assert (code, error) == (0, "")
    (found,) = [each for each in json.loads(out)["found"] if each["told"] == {"model": "T1"}]
    assert found == {
        "name": "Readpoint test reader",
        "host": "readpoint-test-reader.local",
        "port": 5084,
        "addresses": ["127.0.0.1"],
        "told": {"model": "T1"},
    }


def test_a_reader_that_refuses_is_told_with_the_switch_to_look_at(tmp_path: Path) -> None:
    desk = box(tmp_path)
    port = free_port()
    desk.config.write_text(
        desk.settings.replace('host = "192.0.2.1"', f'host = "127.0.0.1"\nport = {port}')
    )

    code, out, error = desk.run("devices", "--seconds", "0.2")

    assert (code, error) == (0, "")
    assert out == (
        f"{NOBODY}desk-1: 127.0.0.1:{port}: connection refused: the reader does not speak LLRP now;"
        ' an Impinj R700 or R720 does when "RFID interface" on its web page is set to "LLRP"'
        ' instead of "Impinj IoT Device Interface"\n'
    )


def test_a_reader_that_takes_the_connection_answers(tmp_path: Path) -> None:
    desk = box(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        desk.config.write_text(
            desk.settings.replace('host = "192.0.2.1"', f'host = "127.0.0.1"\nport = {port}')
        )
        assert desk.run("devices", "--seconds", "0.2") == (
            0,
            f"{NOBODY}desk-1: 127.0.0.1:{port}: answers\n",
            "",
        )


def test_a_daemon_is_asked_for_its_readers_since_they_serve_one_client(tmp_path: Path) -> None:
    desk = box(tmp_path)
    with desk.daemon():
        assert desk.run("devices", "--seconds", "0.2") == (
            0,
            f"{NOBODY}desk-1: 192.0.2.1:5084: answers\n",
            "",
        )


def test_a_time_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    for seconds in ("0", "-1", "nan", "x", "61"):
        assert box(tmp_path).run("devices", "--seconds", seconds)[0] == 2
