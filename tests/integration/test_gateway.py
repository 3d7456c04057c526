"""The gateway as a process, with a simulated reader, a real broker and a real ledger."""

import json
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from simulator.llrp.reader import SimulatedReader
from tests.integration.dock import (
    Door,
    booked,
    gateway_toml,
    ledger_toml,
    marks,
)
from tests.integration.processes import command, eventually, free_port, mosquitto, running


@dataclass
class Dock:
    """A folder with the gateway's settings, and the far end that it reads."""

    folder: Path
    broker: int
    config: Path
    door: Door

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    @contextmanager
    def gateway(self) -> Iterator["subprocess.Popen[bytes]"]:
        with running(command("gateway", "run", "--config", self.config), self.log) as process:
            yield process

    @contextmanager
    def ledger(self) -> Iterator["subprocess.Popen[bytes]"]:
        config = ledger_toml(self.folder, self.broker)
        log = self.folder / "ledger.log"
        with running(command("ledger", "serve", "--config", config), log) as process:
            yield process

    async def reading(self) -> None:
        """The gateway hears its reader."""
        await self.door.watched(self.log)

    def reads_in_ring(self) -> int:
        segments = self.folder.glob("gateway/ring/*")
        return sum(segment.read_bytes().count(b'"epc"') for segment in segments)

    async def settled(self, count: int) -> None:
        await eventually(lambda: marks(self.folder) == (count, count), f"{count} events settled")


@pytest.fixture
async def dock(tmp_path: Path) -> AsyncIterator[Dock]:
    broker = free_port()
    async with SimulatedReader("dock-1") as reader:
        config = gateway_toml(tmp_path, broker, reader.port, absent=free_port())
        yield Dock(tmp_path, broker, config, Door(reader))


async def test_a_pallet_is_in_the_books_and_the_gateway_knows_it(dock: Dock) -> None:
    with mosquitto(dock.folder, dock.broker), dock.ledger(), dock.gateway():
        await dock.reading()
        crossing = await dock.door.pass_through()
        await dock.settled(1)

    assert [verdict for _, verdict in booked(dock.folder)] == ["booked"]
    assert len(crossing.readable) == 7
    log = dock.log.read_text()
    assert log.count("device_up") == 1
    assert log.count("device_lost") == 1  # dock-2 was never there: said once, tried for ever
    assert "connection refused" in log
    assert "Traceback" not in log


async def test_without_a_broker_movements_wait_and_are_sent_in_order(dock: Dock) -> None:
    with dock.gateway():
        await dock.reading()
        for number in range(1, 4):
            await dock.door.pass_through("in" if number != 2 else "out")
            await eventually(lambda n=number: marks(dock.folder) == (n, 0), f"{number} made")  # type: ignore[misc]
        with mosquitto(dock.folder, dock.broker), dock.ledger():
            await dock.settled(3)
            log = dock.log.read_text()

    assert len(booked(dock.folder)) == 3
    assert log.count("broker_lost") == 1
    assert log.count("broker_back") == 1


async def test_a_broker_wiped_after_the_last_puback_loses_nothing(dock: Dock) -> None:
    """EDGE: all is booked without a new event."""
    with dock.gateway():
        await dock.reading()
        with mosquitto(dock.folder, dock.broker) as port:
            taken = _Hearer(port, "readpoint/v1/+/+/event")
            await dock.door.pass_through()
            await eventually(lambda: len(taken.payloads) == 1, "the broker has the event")
            taken.stop()
        assert marks(dock.folder) == (1, 0)
        with mosquitto(dock.folder, dock.broker), dock.ledger():
            await dock.settled(1)

    assert len(booked(dock.folder)) == 1


async def test_a_killed_gateway_is_offline_and_finds_its_open_pass_again(dock: Dock) -> None:
    with mosquitto(dock.folder, dock.broker) as port, dock.ledger():
        with dock.gateway() as gateway:
            await dock.reading()
            states = _Hearer(port, "readpoint/v1/+/+/state")
            await eventually(lambda: states.said("status") == ["online"], "online")
            await dock.door.pass_through()  # its last reads are less than idle_s ago
            await eventually(lambda: dock.reads_in_ring() > 700, "reads are in the ring")
            gateway.send_signal(signal.SIGKILL)
            gateway.wait()
            await eventually(lambda: states.said("status")[-1] == "offline", "offline by will")
        with dock.gateway():
            await dock.settled(1)
            await eventually(lambda: states.said("status")[-1] == "online", "online again")
        states.stop()

    assert len(booked(dock.folder)) == 1


async def test_sigterm_ends_it_in_order(dock: Dock) -> None:
    with mosquitto(dock.folder, dock.broker) as port, dock.ledger(), dock.gateway() as gateway:
        await dock.reading()
        states = _Hearer(port, "readpoint/v1/+/+/state")
        await dock.door.pass_through()
        await eventually(lambda: marks(dock.folder)[0] == 1, "made")
        gateway.terminate()
        await eventually(lambda: gateway.poll() is not None, "it ended")
        await eventually(lambda: states.said("status")[-1] == "offline", "it said goodbye")
        states.stop()

    assert gateway.returncode == 0
    assert marks(dock.folder)[0] == 1
    assert "Traceback" not in dock.log.read_text()


async def test_birth_tells_what_there_is(dock: Dock) -> None:
    with mosquitto(dock.folder, dock.broker) as port, dock.gateway():
        await dock.reading()
        births = _Hearer(port, "readpoint/v1/test/dock-gw/birth")
        await eventually(lambda: len(births.payloads) == 1, "a birth")
        births.stop()

    birth = json.loads(births.payloads[0])
    assert (birth["made"], birth["settled"], birth["first_kept"]) == (0, 0, 1)
    assert [device["name"] for device in birth["devices"]] == ["dock-1", "dock-2"]
    assert [point["mode"] for point in birth["read_points"]] == ["live"]
    assert len(birth["config_hash"]) == 64


async def test_a_second_gateway_on_one_folder_is_refused(dock: Dock) -> None:
    with dock.gateway():
        await dock.reading()
        second = _run("run", "--config", str(dock.config))

    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"{dock.folder}/gateway: another readpoint-gateway runs on this folder\n"
    )


def test_a_bad_configuration_is_told_line_by_line_and_nothing_starts(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text('[gateway]\nid = "a"\nsit = "b"\n[mqtt]\nprot = 1\n')

    for verb in ("check", "run"):
        refused = _run(verb, "--config", str(config))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.splitlines() == [
            f"{config}: line 1: gateway.site: missing",
            f'{config}: line 3: gateway.sit: unknown key; did you mean "site"?',
            f'{config}: line 5: mqtt.prot: unknown key; did you mean "port"?',
        ]
    assert list(tmp_path.iterdir()) == [config]


def test_a_good_configuration_is_said_to_be(tmp_path: Path) -> None:
    config = gateway_toml(tmp_path, 1883, 5084, 5085)
    checked = _run("check", "--config", str(config))

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == f"{config}: good: 2 readers, 1 read points\n"


def test_wrong_usage_is_exit_code_2() -> None:
    assert _run("run").returncode == 2
    assert _run("fly").returncode == 2


def test_an_outbox_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    config = gateway_toml(tmp_path, free_port(), free_port(), free_port())
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "outbox.sqlite").write_bytes(b"no database at all" * 100)
    refused = _run("run", "--config", str(config))

    assert refused.returncode == 1
    assert refused.stderr == "readpoint-gateway: file is not a database\n"


class _Hearer:
    """A subscriber that keeps what it hears."""

    def __init__(self, port: int, topic: str) -> None:
        self.payloads: list[bytes] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self._client.on_message = lambda _, __, message: self.payloads.append(
            bytes(message.payload)
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def said(self, key: str) -> list[object]:
        return [json.loads(payload)[key] for payload in self.payloads]

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command("gateway", *arguments), capture_output=True, text=True, timeout=60, check=False
    )
